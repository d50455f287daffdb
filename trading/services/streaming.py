"""A strategy's next window: read, booked with what happened in it, and given to the step that asked.

A step that asks again under the same key is given the same again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from orchestrator.core.json import JsonObject
from trading.domain.vocabulary import Mode, TapeStatus
from trading.domain.windows import Window
from trading.models import StrategyRun, Tape
from trading.queries.tapes import moment_of
from trading.services.figures import is_due, keep_figures, summarise_run
from trading.services.sessions import (
    Work,
    begun_run,
    book,
    cancel_open,
    follow_rules,
    keep_place,
    require_unfinished,
    working_on,
)
from trading.services.strategies import run_of_step, selected_tokens
from trading.services.windows import tell_events, window_output

_SERVED: Final = (
    "window", "reader", "served_key", "served", "last_tick_at", "message_rate", "lag_messages", "statistics",
    "curve",
)  # fmt: skip
"""What a window changes in the run's row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a stream node reads: which tokens, how its windows are cut, how many rows it gives at most."""

    execution_id: UUID
    started_by_id: UUID | None
    node_id: str
    key: str
    iteration: int
    categories: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    markets: list[str] = field(default_factory=list)
    milliseconds: int | None = None
    messages: int | None = None
    lookback: int = 5
    limit: int = 100

    def reader(self) -> dict[str, Any]:
        rule = {"milliseconds": self.milliseconds, "messages": self.messages, "lookback": self.lookback}
        return {
            "node": self.node_id,
            "rule": rule,
            "categories": self.categories,
            "tokens": self.tokens,
            "markets": self.markets,
        }


@dataclass(frozen=True, slots=True)
class Given:
    """``output`` None: there is no whole window yet, or none that is due; ``waiting`` says which."""

    output: JsonObject | None
    over: bool = False
    waiting: str = ""


def next_window(asked: Asked) -> Given:
    """One transaction: the window with all that was booked up to its end, or the end of the run.

    Nothing yet where it is not recorded yet, or not due at the speed that was asked for.

    Raises WrongState for a run that has another stream already, or is over.
    """
    with working_on(_begun(asked)) as work:
        if is_served(work.run, asked):
            output = work.run.served
            return Given(output, over=bool(output and output["over"]))
        check_is_next(work.run, asked)
        if _has_enough(work.run):
            return _end(work, asked, f"The {work.run.windows_wanted:,} windows that were asked for are read.")
        if _is_past(work):
            return _end(work, asked, "The time that was asked for is read.")
        if (early := _seconds_early(work)) > 0:
            return Given(None, waiting=f"The next window is due in {early:.0f} s, at the speed asked for")
        began, tape = work.run.updated_at, work.run.tape  # as it was before it is read on
        window = _next(work)
        if window is not None:
            if tape.status == TapeStatus.RECORDING and work.run.mode != Mode.BACKTEST:
                follow_rules(work)
            _keep_pace(work, tape, window, seconds=(utc_now() - began).total_seconds())
            output = window_output(work, window, tape, limit=asked.limit)
            return _serve(work, asked, output, at=window.end)
        if tape.status == TapeStatus.RECORDING:
            return Given(None, waiting=_waiting(work, tape))
        return _end(work, asked, "The tape is over.")


def _begun(asked: Asked) -> UUID:
    """The run of the stream that asks; the first one that asks is the run's, with its windows."""
    if begun_run(asked.execution_id) is None:
        run = run_of_step(asked.execution_id, asked.started_by_id, asked.reader())
        tokens = sorted(selected_tokens(run.tape, asked.reader()))
        reader = {**run.reader, **asked.reader(), "selected": tokens}
        StrategyRun.objects.filter(pk=run.pk, reader__rule__isnull=True).update(reader=reader)
    found = begun_run(asked.execution_id)
    assert found is not None
    run_id, node = found
    if node != asked.node_id:
        raise WrongState(f"A strategy has one stream; “{node}” is it in this run.")
    return run_id


def is_served(run: StrategyRun, asked: Asked) -> bool:
    """Whether this very firing was given its window already, and a crash came before that was recorded."""
    return run.served_key == asked.key


def check_is_next(run: StrategyRun, asked: Asked) -> None:
    """Raises WrongState for a worker that was taken for dead and comes after the one that took over."""
    if asked.iteration <= run.reader.get("iteration", 0):
        raise WrongState("This firing is over: another worker went on with the run.")
    require_unfinished(run.execution_id)


def _has_enough(run: StrategyRun) -> bool:
    return run.windows_wanted is not None and run.window >= run.windows_wanted


def _is_past(work: Work) -> bool:
    """Whether what comes next lies behind the part of the tape that was asked for.

    It is asked before that is read, so that no order meets it. An order that stands is ended there.
    """
    if work.run.until_at is None:
        return False
    at = work.session.next_at(work.run.tape_id)
    return at is not None and moment_of(at) >= work.run.until_at


def _seconds_early(work: Work) -> float:
    """How long until the next window would be over where a tape is replayed at a speed; 0: it may be read.

    The market's time counts from where the replay begins, the clock's from when the run was started.
    """
    run = work.run
    speed, at = run.reader.get("speed"), work.session.next_at(run.tape_id)
    begin = run.from_at or run.tape.first_at
    if not speed or at is None or begin is None:
        return 0.0
    span = (run.reader["rule"].get("milliseconds") or 0) / 1_000
    market = (moment_of(at) - begin).total_seconds() + span
    return float(market / speed - (utc_now() - run.created_at).total_seconds())


def _next(work: Work) -> Window | None:
    """The next window that was asked for. What came before it only makes books and look-back what they are.

    A run that was started plainly is given the first window whose look-back is full, else the last.
    """
    window = work.session.read_window(work.run.tape_id)
    while window is not None and work.run.from_at is not None and moment_of(window.start) < work.run.from_at:
        work.session.problems = []
        if _is_past(work):
            return None
        window = work.session.read_window(work.run.tape_id)
    if not work.run.reader.get("plain") or work.run.window:
        return window
    while window is not None and window.number < work.run.reader["rule"]["lookback"]:
        further = work.session.read_window(work.run.tape_id)
        if further is None:
            break
        window = further
    return window


def _keep_pace(work: Work, tape: Tape, window: Window, *, seconds: float) -> None:
    run, session = work.run, work.session
    run.message_rate = (session.position - run.position) / seconds if seconds > 0 else None
    run.last_tick_at = moment_of(max(row.at for row in window.rows)) if window.rows else run.last_tick_at
    is_open = tape.status == TapeStatus.RECORDING
    run.lag_messages = max(tape.message_count - session.position, 0) if is_open else 0


def _serve(work: Work, asked: Asked, output: JsonObject, *, at: int) -> Given:
    """Keep what is given with the key it was given under, in the transaction that books it."""
    run = work.run
    over = output["over"] is True
    if not over:
        run.window += 1
    keep_figures(work, at=at)
    output["portfolio"] = run.statistics["now"]
    book(work)
    if over or is_due(run):
        summarise_run(run)
    if over:
        output["statistics"] = run.statistics
    run.served_key, run.served = asked.key, output
    run.reader["iteration"] = asked.iteration
    keep_place(work, *_SERVED)
    return Given(output, over=over)


def _end(work: Work, asked: Asked, why: str) -> Given:
    """Orders that still stand are cancelled: nothing will be read that could fill them."""
    cancel_open(work)
    work.run.lag_messages = 0
    output: JsonObject = {
        **(work.run.served or {"window": None, "markets": [], "notes": []}),
        "over": True,
        "why": why,
        "windows": work.run.window,
        "fills": tell_events(work.session.events),
    }
    return _serve(work, asked, output, at=work.replay.broker.at)


def _waiting(work: Work, tape: Tape) -> str:
    ago = "never" if tape.heard_at is None else f"{(utc_now() - tape.heard_at).total_seconds():.0f} s ago"
    return f"Waiting for window {work.run.window + 1} · {work.session.position:,} messages · last heard {ago}"
