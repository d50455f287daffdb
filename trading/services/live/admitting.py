"""Live orders are admitted: every lock asked, money and cap reckoned, the order stored, in one transaction.

Nobody outside has heard of an order then. One that is refused is a row with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from trading.domain.live import LiveReason, check_live_terms, may_cost
from trading.domain.money import ZERO
from trading.domain.orders import Instrument, OrderRequest, Reason, Refused, check_terms
from trading.domain.vocabulary import Side
from trading.models import (
    KillSwitch,
    LiveAccount,
    LiveApproval,
    LiveOrder,
    Order,
    Portfolio,
    Position,
    StrategyRun,
)
from trading.queries import stakes
from trading.queries.stakes import instrument_of, market_of, milliseconds
from trading.services.killing import SENTENCE, hold_gate
from trading.services.live import booking
from trading.services.locks import Locked, open_locks
from trading.services.order_rows import order_row
from trading.services.sessions import require_unfinished


@dataclass(slots=True)
class _Desk:
    """What an order is held against, all of it locked."""

    run: StrategyRun
    portfolio: Portfolio
    switch: KillSwitch | None
    approval: LiveApproval | None
    shut: Locked | None
    has_account: bool


def admit(run_id: UUID, node_id: str, requests: list[OrderRequest]) -> None:
    """Store each order that is not there yet, pending or refused. Safe to repeat.

    Raises WrongState for a run that is over.
    """
    with transaction.atomic():
        switch = hold_gate()
        run = StrategyRun.objects.select_for_update(of=("self",)).get(pk=run_id)
        require_unfinished(run.execution_id)
        portfolio = Portfolio.objects.select_for_update().get(pk=run.portfolio_id)
        names = [each.client_order_id for each in requests]
        known = set(Order.objects.filter(client_order_id__in=names).values_list("client_order_id", flat=True))
        desk = _desk(run, portfolio, switch)
        for each in requests:
            if each.client_order_id not in known:
                _store(desk, node_id, each)
        booking.reckon_reserves(portfolio)


def _desk(run: StrategyRun, portfolio: Portfolio, switch: KillSwitch | None) -> _Desk:
    approval, shut = None, None
    checksum = Execution.objects.values_list("version__checksum", flat=True).get(pk=run.execution_id)
    try:
        approval = open_locks(run.workflow_id, checksum, lock=True)
    except Locked as locked:
        shut = locked
    has_account = LiveAccount.objects.filter(portfolio=portfolio).exists()
    return _Desk(run, portfolio, switch, approval, shut, has_account)


def _store(desk: _Desk, node_id: str, request: OrderRequest) -> None:
    market = market_of(request.token)
    reason, sentence = "", ""
    try:
        _check(desk, request)
    except Locked as locked:
        reason, sentence = locked.reason.value, locked.sentence
    except Refused as refused:
        reason, sentence = refused.reason.value, refused.sentence
    order = order_row(
        request,
        run=desk.run,
        portfolio=desk.portfolio,
        node_id=node_id,
        market=market.condition_id if market else "",
        placed_at=utc_now(),
        reason=reason,
        sentence=sentence,
    )
    order.save(force_insert=True)
    if not reason:
        LiveOrder.objects.create(order=order, due_at=utc_now())


def _check(desk: _Desk, request: OrderRequest) -> None:
    """Raises Locked, Refused."""
    if desk.switch is not None:
        raise Locked(LiveReason.KILL_SWITCH, SENTENCE)
    if desk.shut is not None:
        raise desk.shut
    if not desk.has_account:
        raise Locked(LiveReason.NO_ACCOUNT, "The portfolio has no account at the exchange: enter its keys.")
    market, instrument = market_of(request.token), instrument_of(request.token)
    if market is None or instrument is None:
        raise Refused(Reason.UNKNOWN_MARKET, f"No market is known for token {request.token}.")
    if market.is_generated:
        raise Locked(LiveReason.GENERATED, "The market is generated: it exists on this server only.")
    if instrument.closed:
        raise Refused(Reason.MARKET_CLOSED, "The market takes no orders.")
    check_terms(request, instrument, milliseconds(utc_now()))
    check_live_terms(request, instrument)
    _check_means(desk, request, instrument)


def _check_means(desk: _Desk, request: OrderRequest, instrument: Instrument) -> None:
    """Tokens or cash for it, and the cap. Of orders that were stored before, all counts."""
    if request.side is Side.SELL:
        _check_tokens(desk, request)
        return
    needed = may_cost(request, instrument)
    booking.reckon_reserves(desk.portfolio)
    free = desk.portfolio.cash - desk.portfolio.reserved
    if needed > free:
        raise Refused(
            Reason.INSUFFICIENT_CASH, f"The order needs {needed} USDC with fees, and {free} are free."
        )
    assert desk.approval is not None
    stake = stakes.at_stake(desk.run.workflow_id)
    if stake + needed > desk.approval.most_notional:
        raise Locked(
            LiveReason.OVER_CAP,
            f"{stake} USDC are at stake already and the order may cost {needed}; the approval is for "
            f"{desk.approval.most_notional}.",
        )


def _check_tokens(desk: _Desk, request: OrderRequest) -> None:
    booking.reckon_reserves(desk.portfolio)
    held = Position.objects.filter(portfolio=desk.portfolio, token=request.token).first()
    free = held.size - held.reserved if held else ZERO
    if request.size is not None and request.size > free:
        raise Refused(
            Reason.INSUFFICIENT_TOKENS,
            f"{request.size} tokens are to be sold, and {free} are held and not on offer already.",
        )
