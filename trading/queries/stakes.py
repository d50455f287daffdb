"""What live orders may cost, and what a workflow has at stake; an order and its market as the domain asks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Sum

from trading.domain.live import may_cost
from trading.domain.money import ZERO, usdc
from trading.domain.orders import Instrument, OrderRequest
from trading.domain.vocabulary import FINAL_ORDERS, OrderType, Side, TimeInForce
from trading.models import Market, Order, Position
from trading.queries.tapes import EPOCH

_FINAL: Final = [each.value for each in FINAL_ORDERS]


def still_costs(order: Order) -> Decimal:
    """The most that what is left of a purchase can cost, with fees."""
    request, instrument = request_of(order), instrument_of(order.token)
    whole = may_cost(request, instrument) if instrument is not None else ZERO
    if order.size is not None:
        share = (order.size - order.filled_size) / order.size
    else:
        amount = order.amount or ZERO
        share = max(amount - order.filled_amount, ZERO) / amount
    return usdc(whole * share)


def at_stake(workflow_id: UUID) -> Decimal:
    """USDC that a workflow has at stake live: what its open purchases may cost, and what its tokens did."""
    orders = Order.objects.filter(run__workflow=workflow_id, run__mode="live", side=Side.BUY.value)
    still_open = sum((still_costs(each) for each in orders.exclude(status__in=_FINAL)), ZERO)
    held = Position.objects.filter(
        portfolio__strategy_runs__in=list(orders.values_list("run_id", flat=True).distinct()),
    ).distinct()
    cost = Position.objects.filter(pk__in=held.values("pk")).aggregate(total=Sum("cost"))["total"]
    return still_open + (cost or ZERO)


def request_of(order: Order) -> OrderRequest:
    """An order's row, as the domain asks for it."""
    return OrderRequest(
        client_order_id=order.client_order_id,
        token=order.token,
        side=Side(order.side),
        type=OrderType(order.type),
        size=order.size,
        amount=order.amount,
        price=order.price,
        time_in_force=TimeInForce(order.time_in_force),
        expires_at=None if order.expires_at is None else milliseconds(order.expires_at),
    )


def market_of(token: str) -> Market | None:
    return Market.objects.filter(outcomes__contains=[{"token": token}]).first()


def instrument_of(token: str) -> Instrument | None:
    """A token's market, as it was last read."""
    market = market_of(token)
    if market is None:
        return None
    return Instrument(
        token=token,
        market=market.condition_id,
        tick=market.tick_size,
        minimum_size=market.minimum_size,
        fees=market.fees,
        closed=market.is_closed or not market.accepts_orders,
    )


def milliseconds(moment: datetime) -> int:
    return round((moment - EPOCH).total_seconds() * 1_000)
