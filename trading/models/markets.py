"""Markets as they were last read. Public knowledge: the same for everybody."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from trading.domain.fees import FeeSchedule


class Market(models.Model):
    """One question with its outcomes. ``outcomes`` is a list of ``{name, token, price}``, prices as text.

    A generated market exists only here, for tapes that were made up.
    """

    id = IdField()
    condition_id = models.CharField(max_length=100, unique=True)
    gamma_id = models.CharField(max_length=50, blank=True)
    slug = models.CharField(max_length=300, blank=True)
    question = models.TextField()
    category = models.CharField(max_length=100, blank=True)
    event_title = models.TextField(blank=True)
    outcomes = JsonField(default=list)
    tick_size = models.DecimalField(max_digits=8, decimal_places=6)
    minimum_size = models.DecimalField(max_digits=20, decimal_places=6)
    fee_bps = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    fee_schedule = JsonField(null=True, blank=True)
    """As its domain stores it; without one ``fee_bps`` says all."""
    is_negative_risk = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_closed = models.BooleanField(default=False)
    accepts_orders = models.BooleanField(default=True)
    is_generated = models.BooleanField(default=False)
    winner = models.CharField(max_length=100, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    volume = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    liquidity = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    fetched_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-volume", "-id"]
        indexes = [
            models.Index(fields=["-volume", "-id"], name="market_by_volume"),
            models.Index(fields=["category", "-volume", "-id"], name="market_by_category"),
            models.Index(fields=["ends_at", "-id"], name="market_by_end"),
            models.Index(fields=["-fetched_at"], name="market_last_fetched", condition=Q(is_generated=False)),
            models.Index(fields=["-volume", "-id"], name="market_generated", condition=Q(is_generated=True)),
            GinIndex(SearchVector("question", "event_title", config="english"), name="market_search"),
            GinIndex(fields=["outcomes"], name="market_outcomes", opclasses=["jsonb_path_ops"]),
        ]
        constraints = [
            models.CheckConstraint(name="market_has_a_tick", condition=Q(tick_size__gt=0, tick_size__lt=1)),
            models.CheckConstraint(name="market_has_a_minimum", condition=Q(minimum_size__gte=0)),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def fees(self) -> FeeSchedule:
        if self.fee_schedule:
            return FeeSchedule.restore(self.fee_schedule)
        return FeeSchedule.bps(self.fee_bps)
