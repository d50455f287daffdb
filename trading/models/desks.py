"""Where a person trades by hand: how far a tape was read for a portfolio, and what its broker knows there."""

from __future__ import annotations

from django.db import models

from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from trading.models.portfolios import Portfolio
from trading.models.tapes import Tape


class Desk(models.Model):
    """One a portfolio. ``position`` counts the messages of the tape that its orders have met.

    ``broker`` and ``books`` are as their domain stores them: the orders that stand, and the books of the
    tokens that were traded, less what was taken from them.
    """

    id = IdField()
    portfolio = models.OneToOneField(Portfolio, on_delete=models.CASCADE, related_name="desk")
    tape = models.ForeignKey(Tape, on_delete=models.PROTECT, related_name="desks")
    position = models.PositiveBigIntegerField(default=0)
    broker = JsonField(default=dict)
    books = JsonField(default=list)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.portfolio_id} at {self.position}"
