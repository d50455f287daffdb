"""Portfolios and their books: entries whose postings add up to zero, and the sums kept beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField
from trading.domain.vocabulary import Account, EntryKind, Mode

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PortfolioQuerySet(models.QuerySet["Portfolio"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own; all of them for an admin."""
        if not isinstance(user, User):
            return self.none()
        return self if user.is_admin else self.filter(owner=user)


class Portfolio(models.Model):
    """``cash`` is what is there, ``reserved`` the part of it that open orders may need. In USDC.

    ``realised_pnl`` is before fees. ``revision`` rises with every change, so that whoever keeps the books in
    memory knows that somebody else wrote in them.
    """

    id = IdField()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="portfolios")
    name = models.CharField(max_length=200)
    mode = models.CharField(max_length=10)
    cash = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    reserved = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    realised_pnl = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    fees_paid = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    revision = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "mode", "-id"], name="portfolio_by_owner")]
        constraints = [
            models.CheckConstraint(
                name="portfolio_mode_known", condition=Q(mode__in=[each.value for each in Mode])
            ),
            models.CheckConstraint(
                name="portfolio_owes_nothing",
                condition=Q(cash__gte=0, reserved__gte=0, reserved__lte=models.F("cash")),
            ),
            models.UniqueConstraint(
                fields=["owner", "mode", "name"],
                name="portfolio_name_once",
                condition=~Q(mode=Mode.BACKTEST.value),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """Tokens of one outcome that are held. ``cost`` is what was paid for those still there."""

    id = IdField()
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="positions")
    token = models.CharField(max_length=100)
    market = models.CharField(max_length=100)
    size = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    reserved = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    cost = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    realised_pnl = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    mark = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["token"]
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "token"], name="position_once"),
            models.CheckConstraint(
                name="position_is_not_short",
                condition=Q(size__gte=0, cost__gte=0, reserved__gte=0, reserved__lte=models.F("size")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.size} of {self.token}"


class LedgerEntry(models.Model):
    """One booking, never changed. ``reference`` says what it books, and there is one entry for it."""

    id = IdField()
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10)
    reference = models.CharField(max_length=200)
    booked_at = models.DateTimeField()
    memo = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["portfolio", "-id"], name="ledger_newest")]
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "kind", "reference"], name="ledger_entry_once"),
            models.CheckConstraint(
                name="ledger_kind_known", condition=Q(kind__in=[each.value for each in EntryKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Posting(models.Model):
    """One side of an entry. The database refuses an entry whose amounts do not add up to zero.

    ``size`` are the tokens that came into a position, or, negative, went out of it.
    """

    id = IdField()
    entry = models.ForeignKey(LedgerEntry, on_delete=models.CASCADE, related_name="postings")
    account = models.CharField(max_length=10)
    token = models.CharField(max_length=100, blank=True)
    amount = models.DecimalField(max_digits=24, decimal_places=6)
    size = models.DecimalField(max_digits=24, decimal_places=6, default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="posting_account_known", condition=Q(account__in=[each.value for each in Account])
            ),
            models.CheckConstraint(
                name="posting_of_positions_names_one",
                condition=Q(account=Account.POSITION.value) ^ Q(token=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"
