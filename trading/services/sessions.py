"""A strategy's replay between two steps: kept in memory, and found again in its row where it is not.

Whoever works on a run holds the locks of its row and then of its portfolio's. What is kept in memory counts
only while it bears the revision that the row has: after a commit that failed, or another process's, it is
thrown away, and the row's own snapshot is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from orchestrator.core.ids import new_id
from orchestrator.core.kept import Kept
from orchestrator.executions.models import Execution
from trading.domain.messages import Message
from trading.domain.money import CENT_OF_A_CENT
from trading.domain.orders import Event, EventKind, Instrument
from trading.domain.replay import Problem, Replay
from trading.domain.vocabulary import Mode, TapeStatus
from trading.domain.windows import Window, WindowRule
from trading.models import Fill, Market, Portfolio, StrategyRun
from trading.queries.portfolios import books_of
from trading.queries.tapes import markets_of, read_on
from trading.services.booking import book_events

KEPT: Final = 32
"""Runs whose replay a process keeps in memory; the others are read from their rows when they go on."""


@dataclass(slots=True)
class Session:
    """``position`` is the number of the next message to be read. ``events`` are not booked yet."""

    revision: UUID | None
    portfolio_revision: int
    replay: Replay
    position: int
    markets: dict[str, Market]
    """By token."""
    events: list[Event] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    buffer: list[Message] = field(default_factory=list)
    start: int = 0
    """The place in ``buffer`` of the next message."""
    curve: list[Any] | None = None
    """The run's, so that a long one is not read at every window. None: as the row has it."""

    def next_at(self, tape_id: UUID) -> int | None:
        """The market time of the next message; None at the end that the tape has now."""
        if self.start >= len(self.buffer):
            self.buffer, self.start = read_on(tape_id, self.position), 0
        return self.buffer[self.start].at if self.buffer else None

    def read_window(self, tape_id: UUID) -> Window | None:
        """Read on until a window is over; None at the end that the tape has now."""
        while True:
            if self.start >= len(self.buffer):
                self.buffer, self.start = read_on(tape_id, self.position), 0
                if not self.buffer:
                    return None
            progress = self.replay.read(self.buffer, self.start)
            self.start += progress.taken
            self.position += progress.taken
            self.events += progress.events
            self.problems += progress.problems
            if progress.window is not None:
                return progress.window


@dataclass(slots=True)
class Work:
    """A run that is being worked on, its rows locked."""

    run: StrategyRun
    portfolio: Portfolio
    session: Session

    @property
    def replay(self) -> Replay:
        return self.session.replay


def store(work: Work) -> None:
    """Book what happened since the last time, with the place in the tape that it happened up to.

    Of the run's row only the place is saved.
    """
    filled = book(work)
    keep_place(work, *(("reader",) if filled else ()))


def book(work: Work) -> bool:
    """Book what happened since the last time; whether anything was filled, which changes ``reader``.

    To be followed by ``keep_place`` in the same transaction.
    """
    run, session = work.run, work.session
    fills = fills_so_far(work)
    filled = fills != int(run.reader.get("fills", 0))
    if filled:
        run.reader = {**run.reader, "fills": fills}
    if run.mode == Mode.LIVE:
        _leave_to_the_exchange(work)
    else:
        book_events(work.portfolio, session.replay.broker, session.events, run=run)
    session.events, session.problems = [], []
    return filled


def keep_place(work: Work, *fields: str) -> None:
    """Save the place in the tape that was booked up to, and these fields of the run's row with it."""
    run, session = work.run, work.session
    session.revision = run.revision = new_id()
    session.portfolio_revision = work.portfolio.revision
    run.position, run.updated_at = session.position, utc_now()
    run.replay = session.replay.snapshot()
    run.save(update_fields=["revision", "position", "updated_at", "replay", *fields])


def fills_so_far(work: Work) -> int:
    """With those about to be booked. Orders are filled between windows, too, as soon as they are placed."""
    if work.run.mode == Mode.LIVE:
        return Fill.objects.filter(order__run=work.run, failed_at__isnull=True).count()
    fresh = sum(each.kind is EventKind.FILLED for each in work.session.events)
    return int(work.run.reader.get("fills", 0)) + fresh


def follow_rules(work: Work) -> None:
    """Let the broker know which markets take orders now, where the tape is of now and not of then."""
    known = {row.pk for row in work.session.markets.values()}
    shut = Market.objects.filter(Q(is_closed=True) | Q(accepts_orders=False), pk__in=known)
    closed = set(shut.values_list("condition_id", flat=True))
    broker = work.replay.broker
    for instrument in list(broker.instruments.values()):
        if instrument.closed != (instrument.market in closed):
            broker.admit(replace(instrument, closed=not instrument.closed))


def cancel_open(work: Work, why: str = "") -> None:
    """End the orders that still stand, and say ``why``; ``store`` books it."""
    broker = work.replay.broker
    for order in broker.open.all():
        told = broker.cancel(order.request.client_order_id, broker.at)
        work.session.events += [replace(each, sentence=why or each.sentence) for each in told]


def require_unfinished(execution_id: UUID) -> None:
    """Raises WrongState for a run that has ended or was cancelled: a thread may come late."""
    if Execution.objects.filter(pk=execution_id, finished_at__isnull=False).exists():
        raise WrongState("The run is over.")


def _leave_to_the_exchange(work: Work) -> None:
    """Of a live run nothing is booked by what its tape tells: only what the exchange says was done."""
    if work.session.events:
        work.replay.broker.portfolio = books_of(work.portfolio)
    marks = work.replay.broker.books.marks()
    for position in work.portfolio.positions.filter(token__in=list(marks), size__gt=0):
        position.mark = marks[position.token].quantize(CENT_OF_A_CENT)
        position.save(update_fields=["mark"])


_kept: OrderedDict[UUID, Session] = OrderedDict()
_guard: Final = Lock()
_LARGE: Final = ("replay", "curve", "served", "tape__tokens")
"""Read only where they are asked for: between two windows of a run that is in memory, never."""


def _run_query(run: UUID) -> QuerySet[StrategyRun]:
    rows = StrategyRun.objects.select_for_update(of=("self",)).select_related("tape").filter(pk=run)
    return rows.defer(*_LARGE).order_by()


def _portfolio_query(portfolio: UUID) -> QuerySet[Portfolio]:
    return Portfolio.objects.select_for_update().filter(pk=portfolio).order_by()


_run_rows: Final = Kept(StrategyRun, _run_query, {"run": UUID})
_portfolio_rows: Final = Kept(Portfolio, _portfolio_query, {"portfolio": UUID})


@contextmanager
def working_on(run_id: UUID) -> Iterator[Work]:
    """The run, in one transaction, its row locked and then its portfolio's."""
    try:
        with transaction.atomic():
            run = _run_rows.first(run=run_id)
            if run is None:
                raise WrongState("The strategy's run is gone.")
            portfolio = _portfolio_rows.first(portfolio=run.portfolio_id)
            assert portfolio is not None  # a run protects its portfolio
            session = _take(run, portfolio)
            yield Work(run, portfolio, session)
            _keep(run.pk, session)
    except BaseException:
        forget(run_id)
        raise


def begun_run(execution_id: UUID) -> tuple[UUID, str] | None:
    """The strategy run of an execution and its stream's node, once a stream has begun it: for good then."""
    try:
        return _begun_run(execution_id)
    except LookupError:
        return None


@lru_cache(maxsize=1_000)
def _begun_run(execution_id: UUID) -> tuple[UUID, str]:
    rows = StrategyRun.objects.filter(execution_id=execution_id, reader__has_key="rule")
    for found in rows.values_list("pk", "reader__node"):
        return found
    raise LookupError(execution_id)


def forget(run_id: UUID) -> None:
    """Let go of what is in memory of a run; its row has all that counts."""
    with _guard:
        _kept.pop(run_id, None)


def forget_all() -> None:
    """As a process that has just begun."""
    with _guard:
        _kept.clear()


def _keep(run_id: UUID, session: Session) -> None:
    with _guard:
        _kept[run_id] = session
        _kept.move_to_end(run_id)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _take(run: StrategyRun, portfolio: Portfolio) -> Session:
    with _guard:
        session = _kept.pop(run.pk, None)
    if (
        session is not None
        and session.revision == run.revision
        and session.portfolio_revision == portfolio.revision
    ):
        return session
    return _restored(run, portfolio)


def _restored(run: StrategyRun, portfolio: Portfolio) -> Session:
    rule = rule_of(run.reader)
    markets = {each["token"]: row for row in markets_of(run.tape) for each in row.outcomes}
    if run.replay is None:
        replay = Replay(rule, books_of(portfolio), ())
    else:
        replay = Replay.restore(run.replay, rule)
        replay.broker.portfolio = books_of(portfolio)
    is_open = run.mode != Mode.BACKTEST and run.tape.status == TapeStatus.RECORDING
    known = replay.broker.instruments
    for token, market in markets.items():
        closed = is_open and (market.is_closed or not market.accepts_orders)
        tick = known[token].tick if token in known else market.tick_size
        replay.broker.admit(
            Instrument(
                token=token,
                market=market.condition_id,
                tick=tick,
                minimum_size=market.minimum_size,
                fees=market.fees,
                closed=closed,
            )
        )
    return Session(run.revision, portfolio.revision, replay, run.position, markets)


def rule_of(reader: dict[str, Any]) -> WindowRule:
    """How the run's tape is cut into windows, as its stream node said when it first read."""
    rule = reader["rule"]
    return WindowRule(
        milliseconds=rule.get("milliseconds"), messages=rule.get("messages"), lookback=rule["lookback"]
    )
