"""Locks, the kill switch and accounts, as the API shows and takes them."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from trading.models import KillSwitch, LiveAccount, LiveApproval

MONEY: Final = {"max_digits": 24, "decimal_places": 6}
APPROVE: Final = OpenApiExample(
    "Up to 100 USDC",
    value={"most_notional": "100", "comment": "Backtests and a month on paper looked at."},
    request_only=True,
)
PULL: Final = OpenApiExample("Stop", value={"reason": "The prices look wrong."}, request_only=True)
CONNECT: Final = OpenApiExample(
    "A wallet that signs for itself",
    value={
        "funder": "0x0000000000000000000000000000000000000000",
        "signature_type": 0,
        "private_key": "0x…",
        "api_key": "…",
        "api_secret": "…",
        "api_passphrase": "…",
    },
    request_only=True,
)

PAYOUT: Final = OpenApiExample(
    "What was redeemed",
    value={"token": "71321045679252212594626385532706912750332728571942532289631379312455583992563"},
    request_only=True,
)


class LiveApprovalSerializer(serializers.ModelSerializer[LiveApproval]):
    approved_by = serializers.UUIDField(source="approved_by_id", allow_null=True)
    revoked_by = serializers.UUIDField(source="revoked_by_id", allow_null=True)

    class Meta:
        model = LiveApproval
        fields = (
            "id", "version_number", "most_notional", "comment", "approved_by", "created_at", "revoked_at",
            "revoked_by", "revoked_comment",
        )  # fmt: skip


class LocksSerializer(serializers.Serializer[Any]):
    """The three locks, and what is at stake. Live orders go out while ``is_open``."""

    is_open = serializers.BooleanField()
    server = serializers.BooleanField(help_text="Whether LIVE_TRADING is set on this server")
    approval = LiveApprovalSerializer(allow_null=True)
    published_version = serializers.IntegerField(source="published.number", allow_null=True, default=None)
    fits = serializers.BooleanField(help_text="The approval is of the published version's graph")
    stake = serializers.DecimalField(**MONEY, help_text="USDC at stake live")  # type: ignore[arg-type]
    left = serializers.DecimalField(**MONEY, help_text="USDC that may still be put at stake")  # type: ignore[arg-type]
    is_pulled = serializers.SerializerMethodField(help_text="Whether the kill switch is pulled")

    def get_is_pulled(self, locks: Any) -> bool:
        return locks.switch is not None


class ApproveLiveSerializer(serializers.Serializer[Any]):
    most_notional = serializers.DecimalField(**MONEY, help_text="USDC at stake at most")  # type: ignore[arg-type]
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
    version = serializers.IntegerField(required=False, min_value=1, help_text="Else the published one")


class RevokeSerializer(serializers.Serializer[Any]):
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class KillSwitchSerializer(serializers.ModelSerializer[KillSwitch]):
    pulled_by = serializers.UUIDField(source="pulled_by_id", allow_null=True)
    released_by = serializers.UUIDField(source="released_by_id", allow_null=True)

    class Meta:
        model = KillSwitch
        fields = ("id", "pulled_by", "reason", "pulled_at", "released_by", "released_at")


class SwitchStateSerializer(serializers.Serializer[Any]):
    is_pulled = serializers.BooleanField()
    switch = KillSwitchSerializer(allow_null=True)
    open_orders = serializers.IntegerField(help_text="Live orders that the exchange may still fill")


class PullSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2_000)


class LiveAccountSerializer(serializers.ModelSerializer[LiveAccount]):
    """Without what is secret: ``last_four`` is what is told of the API key."""

    portfolio = serializers.UUIDField(source="portfolio_id")

    class Meta:
        model = LiveAccount
        fields = (
            "portfolio", "funder", "signature_type", "last_four", "updated_at", "compared_at", "differences",
            "fault",
        )  # fmt: skip


class ConnectSerializer(serializers.Serializer[Any]):
    funder = serializers.CharField(max_length=42, help_text="The address that holds the money")
    signature_type = serializers.ChoiceField(
        choices=[(0, "EOA"), (1, "proxy"), (2, "safe"), (3, "contract")], default=0
    )
    private_key = serializers.CharField(max_length=66, write_only=True)
    api_key = serializers.CharField(max_length=500, write_only=True)
    api_secret = serializers.CharField(max_length=500, write_only=True)
    api_passphrase = serializers.CharField(max_length=500, write_only=True)


class PayoutSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=100, help_text="The outcome that was held")
