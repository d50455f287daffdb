"""Live trading: the account at the exchange behind a portfolio, and what is known of each order there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField
from orchestrator.core.fields import IdField, JsonField
from trading.models.portfolios import Portfolio
from trading.models.runs import Order

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class LiveAccountQuerySet(models.QuerySet["LiveAccount"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of one's own portfolios and nobody else's, not even for administrators."""
        return self.filter(portfolio__owner_id=user.pk) if user.pk else self.none()


class LiveAccount(models.Model):
    """A wallet at Polymarket. Its secrets are opened in workers only, and shown to nobody.

    ``funder`` holds the money; it signs itself (``signature_type`` 0) or another wallet does for it. ``held``
    and ``differences`` are what the exchange said last, and where that is not what the books say.
    """

    id = IdField()
    portfolio = models.OneToOneField(Portfolio, on_delete=models.CASCADE, related_name="account")
    funder = models.CharField(max_length=42)
    signature_type = models.PositiveSmallIntegerField(default=0)
    private_key = EncryptedField()
    api_key = EncryptedField()
    api_secret = EncryptedField()
    api_passphrase = EncryptedField()
    last_four = models.CharField(max_length=4)
    """Of the API key."""
    updated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=utc_now)
    compared_at = models.DateTimeField(null=True, blank=True)
    differences = JsonField(default=list)
    """``{kind, token, ours, theirs}``, as texts."""
    fault = models.CharField(max_length=500, blank=True)
    """Why it could not be compared the last time; empty: it could."""
    due_at = models.DateTimeField(null=True, blank=True)

    objects = LiveAccountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="live_account_due", condition=Q(due_at__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(name="live_account_signs", condition=Q(signature_type__in=[0, 1, 2, 3])),
            models.CheckConstraint(
                name="live_account_has_a_wallet", condition=Q(funder__regex=r"^0x[0-9a-fA-F]{40}$")
            ),
        ]

    def __str__(self) -> str:
        return self.funder


class LiveOrder(models.Model):
    """What an order's row does not say: whether it was sent, and what is still to be found out.

    ``sent_at`` is stored, with the id that the exchange will know it by, before the exchange hears of it: an
    order without it was never sent. ``due_at`` is when the exchange is asked next; empty: all is known.
    """

    id = IdField()
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="live")
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=500, blank=True)
    """What went wrong the last time that it was looked at, or what could not be booked."""

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="live_order_due", condition=Q(due_at__isnull=False))]
        constraints = [
            models.CheckConstraint(
                name="live_order_answered_after_sent",
                condition=Q(answered_at__isnull=True) | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}"
