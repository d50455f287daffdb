"""Markets as the API shows them. Prices and sizes are decimal strings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orchestrator.trading.domain.vocabulary import Side
from orchestrator.trading.models import Market
from orchestrator.trading.queries.market_pages import Told, outcomes_of


class OutcomeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    token = serializers.CharField()
    price = serializers.DecimalField(max_digits=8, decimal_places=6, allow_null=True)
    is_winner = serializers.BooleanField()


class MarketSerializer(serializers.ModelSerializer[Market]):
    outcomes = serializers.SerializerMethodField()

    class Meta:
        model = Market
        fields = (
            "id", "condition_id", "slug", "question", "category", "event_title", "outcomes", "tick_size",
            "minimum_size", "fee_bps", "is_active", "is_closed", "accepts_orders", "is_generated", "winner",
            "ends_at", "volume", "liquidity", "fetched_at",
        )  # fmt: skip

    @extend_schema_field(OutcomeSerializer(many=True))
    def get_outcomes(self, market: Market) -> list[dict[str, Any]]:
        return list(OutcomeSerializer(outcomes_of(market), many=True).data)


class LevelSerializer(serializers.Serializer[Any]):
    price = serializers.CharField()
    size = serializers.CharField()


class MarketBookSerializer(serializers.Serializer[Any]):
    """What a tape has of an outcome at its end; bids and asks are the best ten of each."""

    token = serializers.CharField(source="outcome.token")
    outcome = serializers.CharField(source="outcome.name")
    at = serializers.IntegerField(source="book.at", default=None, help_text="Milliseconds since 1970, UTC")
    void = serializers.CharField(
        source="book.void", default="no book has come yet", help_text="Why nothing is known"
    )
    winner = serializers.CharField()
    bids = serializers.SerializerMethodField()
    asks = serializers.SerializerMethodField()

    @extend_schema_field(LevelSerializer(many=True))
    def get_bids(self, told: Told) -> list[dict[str, str]]:
        return _levels(told, Side.BUY)

    @extend_schema_field(LevelSerializer(many=True))
    def get_asks(self, told: Told) -> list[dict[str, str]]:
        return _levels(told, Side.SELL)


def _levels(told: Told, side: Side) -> list[dict[str, str]]:
    found = [] if told.book is None else list(told.book.levels(side))[:10]
    return [{"price": str(level.price), "size": str(level.size)} for level in found]
