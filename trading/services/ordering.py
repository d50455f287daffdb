"""Orders of a step: on paper named and stored, then placed, then booked, in one transaction; live, sent.

What differs between paper and live is who takes the order; how it is asked for, named and recorded does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final
from uuid import UUID

from orchestrator.core.errors import WrongState
from orchestrator.core.json import JsonObject
from trading.domain.live import LiveReason
from trading.domain.money import ONE, ZERO, usdc
from trading.domain.orders import OrderRequest
from trading.domain.vocabulary import Mode, OrderStatus, OrderType
from trading.models import Order, StrategyRun
from trading.queries.tapes import moment_of
from trading.services.killing import SENTENCE, hold_gate
from trading.services.live.sending import place_live
from trading.services.order_rows import order_row
from trading.services.sessions import Work, require_unfinished, store, working_on

_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is no order: what is wrong with it, and why."""

    reason: str
    sentence: str


Ask = OrderRequest | Fault
"""What a row asks for. Its ``client_order_id`` is the row's own, from ``name_of``."""


def name_of(key: str, index: int) -> str:
    """The name of a row's order: the same whenever the step is done again."""
    name = f"{key}/{index}"
    return name if len(name) <= _LONGEST else f"{sha256(key.encode()).hexdigest()}/{index}"


def place_orders(
    execution_id: UUID, node_id: str, asks: list[Ask], *, live: bool = False
) -> list[JsonObject]:
    """Place each order, in their order, once: one that is stored is told as it stands.

    ``live``: at the exchange, where the run is a live one. An order that is refused is a row with its reason,
    not an error. Raises WrongState for a run that no stream has begun, whose orders no market would meet,
    and for one that is over.
    """
    run = StrategyRun.objects.filter(execution_id=execution_id).first()
    if run is None:
        raise WrongState("No stream of markets began this run, so there is no book to trade against.")
    if run.mode != Mode.LIVE:
        return _place_on_paper(run.pk, node_id, asks)
    if not live:
        fault = Fault(LiveReason.PAPER_IN_LIVE.value, "This run trades live, and this step only on paper.")
        return [_told(fault, {}) for _ in asks]
    requests = [each for each in asks if isinstance(each, OrderRequest) and not _fault(each)]
    place_live(run, node_id, requests)
    names = [each.client_order_id for each in requests]
    known = {row.client_order_id: row for row in Order.objects.filter(client_order_id__in=names)}
    return [_told(each, known) for each in asks]


def _place_on_paper(run_id: UUID, node_id: str, asks: list[Ask]) -> list[JsonObject]:
    """A backtest goes on while the kill switch is pulled: nothing of it is of today."""
    with working_on(run_id) as work:
        names = [each.client_order_id for each in asks if isinstance(each, OrderRequest)]
        known = {row.client_order_id: row for row in Order.objects.filter(client_order_id__in=names)}
        stopped = work.run.mode != Mode.BACKTEST and hold_gate() is not None
        fresh = [
            each
            for each in asks
            if isinstance(each, OrderRequest) and each.client_order_id not in known and not _fault(each)
        ]
        Order.objects.bulk_create([_row(work, node_id, each, stopped=stopped) for each in fresh])
        for each in fresh if not stopped else ():
            work.session.events += work.replay.broker.place(each, work.replay.broker.at)
        if fresh:
            require_unfinished(work.run.execution_id)
            store(work)
            known = {row.client_order_id: row for row in Order.objects.filter(client_order_id__in=names)}
        return [_told(each, known) for each in asks]


def _fault(request: OrderRequest) -> Fault | None:
    """What no row of the table can hold, nor any market take."""
    quantity = request.size if request.size is not None else request.amount
    if (request.size is None) == (request.amount is None):
        return Fault("bad_size", "An order has either a size in tokens or an amount in USDC.")
    if quantity is None or quantity <= ZERO or quantity != usdc(quantity) or quantity >= Decimal(10**15):
        return Fault("bad_size", f"{quantity} is not a quantity above zero with six decimals at most.")
    if request.price is None:
        if request.type is OrderType.LIMIT:
            return Fault("bad_price", "A limit order needs a price.")
    elif not ZERO < request.price < ONE or request.price != usdc(request.price):
        return Fault(
            "bad_price", f"{request.price:f} is not a price between 0 and 1 with six decimals at most."
        )
    return None


def _row(work: Work, node_id: str, request: OrderRequest, *, stopped: bool) -> Order:
    instrument = work.replay.broker.instruments.get(request.token)
    return order_row(
        request,
        run=work.run,
        portfolio=work.portfolio,
        node_id=node_id,
        market=instrument.market if instrument else "",
        placed_at=moment_of(work.replay.broker.at),
        reason=LiveReason.KILL_SWITCH.value if stopped else "",
        sentence=SENTENCE if stopped else "",
    )


def _told(ask: Ask, known: dict[str, Order]) -> JsonObject:
    fault = ask if isinstance(ask, Fault) else _fault(ask)
    if fault is not None:
        return {"status": OrderStatus.REJECTED.value, "reason": fault.reason, "message": fault.sentence}
    assert isinstance(ask, OrderRequest)
    row = known[ask.client_order_id]
    return {
        "status": row.status,
        "reason": row.reason_code,
        "message": row.reason,
        "client_order_id": row.client_order_id,
        "side": row.side,
        "type": row.type,
        "price": _text(row.price),
        "size": _text(row.size),
        "amount": _text(row.amount),
        "filled_size": _text(row.filled_size),
        "filled_amount": _text(row.filled_amount),
        "average_price": _text(usdc(row.filled_amount / row.filled_size)) if row.filled_size else None,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize() + ZERO, "f")
