"""``paper-order``: places an order for each row, against the tape that the run reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from pydantic import Field

from orchestrator.core.json import JsonObject
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.expressions import EvaluationError, compile_expression
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, StepError, Succeeded
from trading.domain.orders import OrderRequest
from trading.domain.vocabulary import OrderType, Side, TimeInForce
from trading.nodes.rows import (
    CATEGORY,
    Row,
    counted,
    exact_of,
    holds_for,
    rows_for,
    scope_of,
    window_of,
)
from trading.nodes.threads import in_thread
from trading.queries.tapes import EPOCH
from trading.services.ordering import Ask, Fault, name_of, place_orders

_AMOUNTS = ("size", "amount", "price", "expires_after_seconds")
_PER_ROW = frozenset({"side", "token", "when", *_AMOUNTS})
MOST_ORDERS = 200
MOST_LIVE = 20
"""Each is a call of its own to the exchange."""


class OrderConfig(NodeConfig):
    side: Any = Field(default="buy", description='buy or sell; may be {"=": expression over item}')
    type: Literal["limit", "market"] = Field(default="market", description="How it is filled")
    size: Any = Field(default=None, description="Tokens; a number, a text or an expression over item")
    amount: Any = Field(default=None, description="Instead, of a market order to buy: USDC to spend")
    price: Any = Field(default=None, description="The limit; of a market order the worst price it takes")
    time_in_force: Literal["gtc", "gtd", "fok", "fak"] | None = Field(
        default=None, description="Limit: gtc, or gtd with an expiry. Market: fak, or fok for all or nothing"
    )
    expires_after_seconds: Any = Field(default=None, description="Of a gtd order, in market time")
    token: Any = Field(default=None, description="The outcome to trade; without, the row's own")
    when: str | None = Field(
        default=None,
        max_length=2_000,
        description="Expression over item: an order only where it holds",
        json_schema_extra={"format": "expression"},
    )
    items: Any = Field(default=None, description="Rows; without, those of the node before")


async def place_on_paper(step: StepContext) -> Outcome:
    return await _place(step, live=False)


async def place_live(step: StepContext) -> Outcome:
    """In a live run at the exchange; on paper or in a backtest as ``paper-order`` does.

    Done again after a crash, it sends what was never sent, and looks up what was.
    """
    return await _place(step, live=True)


async def _place(step: StepContext, *, live: bool) -> Outcome:
    """Output: ``{window, items: [the order of each row], count, placed, rejected, skipped}``.

    A row's order that is refused, or that says nothing sensible, is an item with ``status: rejected``, its
    ``reason`` in a word and a ``message``; the others are placed all the same.
    """
    config: OrderConfig = step.config
    rows = rows_for(step, config.items)
    chosen = [row for row in rows if _is_wanted(step, config, row)]
    most = MOST_LIVE if live else MOST_ORDERS
    if len(chosen) > most:
        message = f"{len(chosen):,} rows ask for an order; one step places at most {most}."
        raise StepError("too_many_orders", message, retryable=False)
    asks = [_ask(step, config, row, index) for index, row in enumerate(chosen)]
    told: list[JsonObject] = []
    if asks:
        told = await in_thread(partial(place_orders, step.execution_id, step.node_id, asks, live=live))
    items = [_item(row, answer) for row, answer in zip(chosen, told, strict=True)]
    rejected = sum(item["status"] == "rejected" for item in items)
    return Succeeded(
        counted(
            items,
            window=window_of(step),
            placed=len(items) - rejected,
            rejected=rejected,
            skipped=len(rows) - len(chosen),
        )
    )


def _is_wanted(step: StepContext, config: OrderConfig, row: Row) -> bool:
    if row.get("risk") == "refused":
        return False
    return holds_for(step, config.when, row)


def _item(row: Row, answer: JsonObject) -> JsonObject:
    told = {name: row[name] for name in ("token", "market", "question", "outcome") if name in row}
    return {**told, **answer}


def _ask(step: StepContext, config: OrderConfig, row: Row, index: int) -> Ask:
    try:
        return _request(step, config, row, index)
    except (ValueError, EvaluationError) as error:
        return Fault("bad_order", f"{error}")


def _request(step: StepContext, config: OrderConfig, row: Row, index: int) -> OrderRequest:
    order_type = OrderType(config.type)
    numbers = {name: _number(step, name, getattr(config, name), row) for name in _AMOUNTS}
    if row.get("risk") in ("passed", "reduced") and row.get("size") is not None:
        numbers |= {"size": exact_of(step, {"=": "item.size"}, row), "amount": None}
    seconds = numbers.pop("expires_after_seconds")
    usual = TimeInForce.FAK if order_type is OrderType.MARKET else TimeInForce.GTC
    in_force = TimeInForce(config.time_in_force) if config.time_in_force else usual
    expires_at = None
    if seconds is not None:
        expires_at = _end_of_window(row) + int(seconds * 1_000)
        in_force = TimeInForce.GTD if config.time_in_force is None else in_force
    token = _value(step, config.token, row) if config.token is not None else row.get("token")
    if not isinstance(token, str) or not token:
        raise ValueError("The row names no token, and “token” is not given.")
    return OrderRequest(
        client_order_id=name_of(step.idempotency_key, index),
        token=token,
        side=Side(str(_value(step, config.side, row)).lower()),
        type=order_type,
        time_in_force=in_force,
        expires_at=expires_at,
        **numbers,
    )


def _number(step: StepContext, name: str, value: Any, row: Row) -> Decimal | None:
    try:
        return exact_of(step, value, row)
    except ValueError as error:
        raise ValueError(f"{name}: {error}.") from error


def _value(step: StepContext, value: Any, row: Row) -> Any:
    if not isinstance(value, Mapping):
        return value
    return compile_expression(str(value.get("=", ""))).evaluate(scope_of(step, row), now=step.now)


def _end_of_window(row: Row) -> int:
    return (datetime.fromisoformat(str(row["at"])) - EPOCH) // timedelta(milliseconds=1)


def _expressions(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in sorted(_PER_ROW):
        value = config.get(name)
        source = value.get("=") if isinstance(value, Mapping) else value if name == "when" else None
        if isinstance(source, str) and source:
            yield name, source


PAPER_ORDER = NodeType(
    name="paper-order",
    title="Paper order",
    description="Places an order for each row on paper: filled from the tape's book, never sent anywhere.",
    category=CATEGORY,
    icon="file-plus",
    config=OrderConfig,
    effect=Effect.IDEMPOTENT,
    serial=True,
    run=place_on_paper,
    raw_fields=_PER_ROW,
    expressions=_expressions,
    expression_names=frozenset({"item"}),
)

LIVE_ORDER = NodeType(
    name="live-order",
    title="Live order",
    description="Sends an order for each row to Polymarket, with real money, where all three locks are open; "
    "in backtests and on paper it is filled from the tape.",
    category=CATEGORY,
    icon="zap",
    config=OrderConfig,
    effect=Effect.ONCE,
    serial=True,
    run=place_live,
    reconcile=place_live,
    raw_fields=_PER_ROW,
    expressions=_expressions,
    expression_names=frozenset({"item"}),
)
