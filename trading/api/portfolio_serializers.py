"""Portfolios, their positions, orders, fills and bookings as the API shows and takes them.

Money, prices and sizes are decimal strings, to the last digit that is booked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from trading.domain.vocabulary import (
    Account,
    EntryKind,
    Mode,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from trading.models import Fill, LedgerEntry, Order, Portfolio, Posting
from trading.services.portfolios import STARTING_CASH

MODES = [each.value for each in Mode]
SIDES = [each.value for each in Side]
ORDER_TYPES = [each.value for each in OrderType]
TIMES_IN_FORCE = [each.value for each in TimeInForce]
ORDER_STATUSES = [each.value for each in OrderStatus]
ENTRY_KINDS = [each.value for each in EntryKind]
ACCOUNTS = [each.value for each in Account]


def _money(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=24, decimal_places=6, **options)


class PortfolioSerializer(serializers.ModelSerializer[Portfolio]):
    owner = serializers.UUIDField(source="owner_id")
    mode = serializers.ChoiceField(choices=MODES)
    equity = serializers.SerializerMethodField(help_text="Cash and what the positions are worth")

    class Meta:
        model = Portfolio
        fields = (
            "id", "name", "owner", "mode", "cash", "reserved", "equity", "realised_pnl", "fees_paid",
            "created_at", "updated_at",
        )  # fmt: skip

    def get_equity(self, portfolio: Any) -> str:
        return str(portfolio.cash + portfolio.held)


class NewPortfolioSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    cash = _money(default=STARTING_CASH, min_value=Decimal(0))


class MoneySerializer(serializers.Serializer[Any]):
    amount = _money(help_text="USDC")
    memo = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class HeldSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(source="position.token")
    market = serializers.CharField(source="position.market")
    question = serializers.CharField(source="market.question", default="")
    outcome = serializers.CharField(source="outcome.name", default="")
    size = _money(source="position.size")
    reserved = _money(source="position.reserved", help_text="Tokens that open orders offer")
    cost = _money(source="position.cost")
    average_price = serializers.DecimalField(
        source="average", max_digits=24, decimal_places=6, allow_null=True
    )
    mark = serializers.DecimalField(source="position.mark", max_digits=8, decimal_places=6, allow_null=True)
    value = _money()
    unrealised = _money()
    realised = _money(source="position.realised_pnl")


class OrderSerializer(serializers.ModelSerializer[Order]):
    portfolio = serializers.UUIDField(source="portfolio_id")
    run = serializers.UUIDField(source="run_id", allow_null=True, help_text="null: placed by hand")
    side = serializers.ChoiceField(choices=SIDES)
    type = serializers.ChoiceField(choices=ORDER_TYPES)
    time_in_force = serializers.ChoiceField(choices=TIMES_IN_FORCE)
    status = serializers.ChoiceField(choices=ORDER_STATUSES)

    class Meta:
        model = Order
        fields = (
            "id", "portfolio", "run", "client_order_id", "node_id", "token", "market", "side", "type",
            "time_in_force", "expires_at", "price", "size", "amount", "filled_size", "filled_amount",
            "status", "reason", "reason_code", "placed_at", "created_at", "updated_at",
        )  # fmt: skip


class AskedSerializer(serializers.Serializer[Any]):
    """What an order asks for. A market order to buy goes by ``amount`` (USDC), all others by ``size``."""

    portfolio = serializers.UUIDField()
    tape = serializers.UUIDField(help_text="Whose newest book it meets")
    token = serializers.CharField(max_length=100)
    side = serializers.ChoiceField(choices=SIDES)
    type = serializers.ChoiceField(choices=ORDER_TYPES, default=OrderType.LIMIT.value)
    price = serializers.DecimalField(
        max_digits=8, decimal_places=6, required=False, allow_null=True, default=None
    )
    size = _money(required=False, allow_null=True, default=None)
    amount = _money(required=False, allow_null=True, default=None)
    time_in_force = serializers.ChoiceField(choices=TIMES_IN_FORCE, default=TimeInForce.GTC.value)
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="Market time, of GTD orders"
    )


class NewOrderSerializer(AskedSerializer):
    client_order_id = serializers.CharField(
        max_length=100, help_text="Yours; sent again with it, the order that it placed is given"
    )


class PartSerializer(serializers.Serializer[Any]):
    price = _money()
    size = _money()
    fee = _money()


class PreviewSerializer(serializers.Serializer[Any]):
    fills = PartSerializer(many=True, help_text="What the book gives at once")
    filled_size = _money(source="size")
    average_price = _money(source="average", allow_null=True)
    notional = _money()
    fee = _money()
    best_price = _money(source="best", allow_null=True, help_text="What stands against it")
    impact = _money(allow_null=True, help_text="How much worse it is filled than at that price, as a share")
    cash_free = _money(source="free")
    cash_after = _money()
    rests = _money(help_text="Tokens that would wait in the book")
    reserved = _money(help_text="USDC kept for them")
    refusal = serializers.CharField(help_text="Empty for an order that would be taken")
    field = serializers.CharField(help_text="What the refusal is about")
    blocked = serializers.CharField(help_text="Why no order is taken at the moment")


class FillSerializer(serializers.ModelSerializer[Fill]):
    order = serializers.UUIDField(source="order_id")
    token = serializers.CharField(source="order.token")
    side = serializers.ChoiceField(source="order.side", choices=SIDES)

    class Meta:
        model = Fill
        fields = ("id", "order", "token", "side", "price", "size", "fee", "is_maker", "is_final", "filled_at")


class PostingSerializer(serializers.ModelSerializer[Posting]):
    account = serializers.ChoiceField(choices=ACCOUNTS)

    class Meta:
        model = Posting
        fields = ("account", "token", "amount", "size")


class EntrySerializer(serializers.ModelSerializer[LedgerEntry]):
    kind = serializers.ChoiceField(choices=ENTRY_KINDS)
    postings = PostingSerializer(many=True, help_text="Their amounts add up to zero")

    class Meta:
        model = LedgerEntry
        fields = ("id", "kind", "reference", "booked_at", "memo", "created_at", "postings")
