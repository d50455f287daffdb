"""What is stored of an order that a strategy asks for, on paper or live."""

from __future__ import annotations

from datetime import datetime

from orchestrator.core.ids import new_id
from trading.domain.orders import OrderRequest
from trading.domain.vocabulary import OrderStatus
from trading.models import Order, Portfolio, StrategyRun
from trading.queries.tapes import moment_of


def order_row(
    request: OrderRequest,
    *,
    run: StrategyRun,
    portfolio: Portfolio,
    node_id: str,
    market: str,
    placed_at: datetime,
    reason: str = "",
    sentence: str = "",
) -> Order:
    """Not stored yet. With a reason it is rejected, else it is pending."""
    return Order(
        id=new_id(),
        portfolio=portfolio,
        run=run,
        client_order_id=request.client_order_id,
        node_id=node_id,
        window=max(run.window - 1, 0),
        token=request.token[:100],
        market=market,
        side=request.side.value,
        type=request.type.value,
        time_in_force=request.time_in_force.value,
        expires_at=None if request.expires_at is None else moment_of(request.expires_at),
        price=request.price,
        size=request.size,
        amount=request.amount,
        status=(OrderStatus.REJECTED if reason else OrderStatus.PENDING).value,
        reason_code=reason,
        reason=sentence,
        placed_at=placed_at,
    )
