"""Markets as the API shows them. Prices and sizes are decimal strings."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from trading.domain.markets import Market as Found
from trading.domain.money import CENT_OF_A_CENT
from trading.domain.vocabulary import Side
from trading.models import Market
from trading.queries.market_pages import Told, outcomes_of
from trading.services.exploring import Findings

_WINNER: Final = "The token that pays 1 USDC; `split` where each pays half; empty while that is not known"


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
        extra_kwargs = {"winner": {"help_text": _WINNER}}

    @extend_schema_field(OutcomeSerializer(many=True))
    def get_outcomes(self, market: Market) -> list[dict[str, Any]]:
        """By hand: a serializer for each row of a list takes longer than the rest of it."""
        return [
            {
                "name": each.name,
                "token": each.token,
                "price": None if each.price is None else format(each.price.quantize(CENT_OF_A_CENT), "f"),
                "is_winner": each.is_winner,
            }
            for each in outcomes_of(market)
        ]


class FoundSerializer(serializers.Serializer[Any]):
    """A market as the exchange tells it; ``id`` is empty where it is not known here."""

    id = serializers.SerializerMethodField()
    condition_id = serializers.CharField()
    slug = serializers.CharField()
    question = serializers.CharField()
    category = serializers.CharField()
    outcomes = serializers.SerializerMethodField()
    is_closed = serializers.BooleanField(source="closed")
    accepts_orders = serializers.BooleanField(source="is_tradable")
    ends_at = serializers.DateTimeField(source="end_at", allow_null=True)
    volume = serializers.CharField()
    liquidity = serializers.CharField()

    @extend_schema_field(OpenApiTypes.UUID)
    def get_id(self, market: Found) -> str | None:
        known = self.context["known"].get(market.condition_id)
        return None if known is None else str(known.pk)

    @extend_schema_field(OutcomeSerializer(many=True))
    def get_outcomes(self, market: Found) -> list[dict[str, Any]]:
        winner = market.resolution.winner
        return [
            {
                "name": each.name,
                "token": each.token,
                "price": None if each.price is None else str(each.price),
                "is_winner": bool(winner) and winner == each.token,
            }
            for each in market.outcomes
        ]


class FindingsSerializer(serializers.Serializer[Any]):
    """``faulty`` counts entries of the exchange that could not be read; ``next`` is empty at the end."""

    results = serializers.SerializerMethodField()
    next = serializers.CharField()
    faulty = serializers.IntegerField()

    @extend_schema_field(FoundSerializer(many=True))
    def get_results(self, found: Findings) -> list[dict[str, Any]]:
        return list(FoundSerializer(found.markets, many=True, context={"known": found.known}).data)


class AddMarketSerializer(serializers.Serializer[Any]):
    market = serializers.CharField(max_length=300, help_text="Its condition id, slug, address or a token")


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
    winner = serializers.CharField(help_text=_WINNER)
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
