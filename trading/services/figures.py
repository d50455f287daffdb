"""What a strategy's run amounts to so far: its curve and figures, kept in its row as it goes on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from orchestrator.core.json import Json, JsonObject
from trading.domain.money import ZERO, usdc
from trading.domain.orders import Event, EventKind
from trading.domain.risk import day_of
from trading.domain.statistics import Point, Statistics, summarise, thin
from trading.domain.vocabulary import Account, EntryKind, Side
from trading.models import Fill, LedgerEntry, Posting, StrategyRun
from trading.queries.tapes import EPOCH
from trading.services.sessions import Work, fills_so_far

MOST_POINTS: Final = 1_000
"""Of a curve; a longer one keeps the extremes of its stretches."""
_EVERY: Final = 200
"""Windows after which all figures are reckoned anew, and not only at the end."""
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS


def keep_figures(work: Work, *, at: int) -> None:
    """Add the window's end to the curve, and reckon what can be from one window to the next.

    The figures that need all fills are reckoned every 200 windows and at the end, by ``summarise_run``.
    """
    run, broker = work.run, work.replay.broker
    marks = broker.books.marks()
    equity = usdc(broker.portfolio.equity(marks))
    known = run.curve if work.session.curve is None else work.session.curve
    run.curve = known if known and known[-1][0] != at else known[:-1]
    run.curve.append([at, str(equity)])
    if len(run.curve) > MOST_POINTS:
        run.curve = [[each.at, str(each.equity)] for each in thin(curve_of(run), MOST_POINTS // 2)]
    work.session.curve = run.curve
    run.statistics = {**run.statistics, "day": _day(run, at, equity), "now": _now(work, equity, marks)}


def _day(run: StrategyRun, at: int, equity: Decimal) -> list[Json]:
    """The day of market time (UTC), and the equity that it began with."""
    before = run.statistics.get("day")
    if before is not None and before[0] == day_of(at):
        return [*before]
    last = run.statistics.get("now", {}).get("equity")
    return [day_of(at), last or str(equity)]


def _now(work: Work, equity: Decimal, marks: dict[str, Decimal]) -> JsonObject:
    run, broker = work.run, work.replay.broker
    before = run.statistics.get("now", {})
    books = broker.portfolio
    begin = Decimal(before.get("begin") or run.curve[0][1])
    peak = max(Decimal(before.get("peak") or begin), equity)
    fall = max(Decimal(before.get("drawdown") or ZERO), peak - equity)
    return {
        "cash": str(usdc(books.cash)),
        "equity": str(equity),
        "value": str(usdc(books.value(marks))),
        "unrealised": str(usdc(books.unrealised(marks))),
        "realised": str(usdc(books.realised)),
        "fees": str(usdc(books.fees)),
        "begin": str(begin),
        "profit": str(equity - begin),
        "peak": str(peak),
        "drawdown": str(fall),
        "positions": sum(1 for each in books.positions.values() if each.size),
        "open_orders": len(broker.open.all()),
        "fills": fills_so_far(work),
        "windows": run.window,
    }


def is_due(run: StrategyRun) -> bool:
    return run.window % _EVERY == 0


def summarise_run(run: StrategyRun) -> None:
    """Reckon all figures anew from the curve and from what was booked."""
    curve = curve_of(run)
    if not curve:
        return
    span = curve[-1].at - curve[0].at
    period = _DAY_MS if span >= 10 * _DAY_MS else _HOUR_MS
    found = summarise(curve, events_of(run), capital=curve[0].equity, period_ms=period)
    if found is not None:
        run.statistics = {**run.statistics, **_as_json(found), "sharpe_period_ms": period}


def curve_of(run: StrategyRun) -> list[Point]:
    return [Point(at, Decimal(equity)) for at, equity in run.curve]


def events_of(run: StrategyRun) -> list[Event]:
    """Fills and pay-outs of a run as they were booked, in the order of their moments."""
    fills = Fill.objects.filter(order__run=run).select_related("order").order_by("filled_at", "id")
    found = [(each.filled_at, _filled(each)) for each in fills]
    paid = LedgerEntry.objects.filter(
        portfolio_id=run.portfolio_id, kind=EntryKind.PAYOUT.value, reference__startswith=f"{run.pk}:"
    )
    postings = Posting.objects.filter(entry__in=paid, account=Account.POSITION.value).select_related("entry")
    for posting in postings:
        at = posting.entry.booked_at
        event = Event(
            kind=EventKind.PAID_OUT,
            at=_ms(at),
            token=posting.token,
            size=-posting.size,
            notional=_cash_of(posting.entry),
        )
        found.append((at, event))
    return [event for _, event in sorted(found, key=lambda each: each[0])]


def _filled(fill: Fill) -> Event:
    return Event(
        kind=EventKind.FILLED,
        at=_ms(fill.filled_at),
        order=fill.order.client_order_id,
        token=fill.order.token,
        market=fill.order.market,
        side=Side(fill.order.side),
        price=fill.price,
        size=fill.size,
        notional=usdc(fill.price * fill.size),
        fee=fill.fee,
        maker=fill.is_maker,
    )


def _cash_of(entry: LedgerEntry) -> Decimal:
    return sum((each.amount for each in entry.postings.all() if each.account == Account.CASH), ZERO)


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _as_json(found: Statistics) -> JsonObject:
    return {name: _plain(value) for name, value in asdict(found).items()}


def _plain(value: Any) -> Json:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return str(value) if isinstance(value, Decimal) else value
