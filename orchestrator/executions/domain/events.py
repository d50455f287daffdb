"""Everything that can happen to an execution. Events are the record; state is what they add up to.

Each event is self-contained: it names the tokens it takes and the edges it sends along, so that folding
needs neither the graph nor an expression, and an old run replays although its workflow has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain.state import StepKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent(Event):
    """An event of one firing. ``takes`` are the tokens it consumes if this event is the firing's first."""

    scope: str
    node: str
    iteration: int
    attempt: int = 1
    takes: list[int] = field(default_factory=list)
    round: int | None = None

    @property
    def key(self) -> StepKey:
        return StepKey(self.scope, self.node, self.iteration)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionStarted(Event):
    """``seed`` is the state that a retry begins with; otherwise one token starts each of ``entries``."""

    input: Json = None
    variables: JsonObject = field(default_factory=dict)
    trigger: JsonObject = field(default_factory=dict)
    info: JsonObject = field(default_factory=dict)
    options: JsonObject = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)
    deadline: datetime | None = None
    seed: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(StepEvent):
    """The firing's handler is about to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSucceeded(StepEvent):
    """``sends`` are the (edge, target) pairs that get a token."""

    output: Json = None
    ports: list[str] = field(default_factory=list)
    sends: list[tuple[str, str]] = field(default_factory=list)
    variables: JsonObject = field(default_factory=dict)
    usage: JsonObject | None = None
    signal: str | None = None
    """The kept signal that this step consumed."""
    skipped: bool = False
    human: bool = False
    again: bool = False
    """The node fires once more when nothing else is left to do in its scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(StepEvent):
    """Not the end of the firing while ``retry_at`` is set. ``handled``: the run goes on along ``sends``."""

    error: JsonObject
    retry_at: datetime | None = None
    handled: bool = False
    sends: list[tuple[str, str]] = field(default_factory=list)
    usage: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRestarted(StepEvent):
    """The next attempt begins."""

    signal: str | None = None
    """The kept signal that asked for it."""
    anew: bool = False
    """Somebody asked for it: as many attempts as the first time may follow."""
    usage: JsonObject | None = None
    """What the attempt before it consumed, if no other event told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWaiting(StepEvent):
    timers: list[tuple[datetime, str]] = field(default_factory=list)
    signals: list[tuple[str, str, bool]] = field(default_factory=list)
    approval: JsonObject | None = None
    child: str | None = None
    timeout_at: datetime | None = None
    input: Json = None
    usage: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepExpanded(StepEvent):
    """A map begins."""

    items: list[Json]
    concurrency: int
    complete_when: str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStuck(StepEvent):
    """A crash interrupted a ``once`` step and nobody can tell whether it took place: a person is asked."""

    approval: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded(StepEvent):
    """An ``end`` node fired: its scope is over."""

    succeeded: bool
    output: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCancelled(StepEvent):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStarted(StepEvent):
    index: int
    entries: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFinished(StepEvent):
    """The item's scope is gone; without ``done`` it was withdrawn and has no result."""

    index: int
    output: Json = None
    done: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRepeated(Event):
    """Nothing was left to do, and ``nodes`` had said that they have more to give: each gets a token."""

    scope: str
    nodes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensWithdrawn(Event):
    scope: str
    tokens: list[int]
    nodes: list[str] = field(default_factory=list)
    """Nodes that had more to give, and are no longer asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSwallowed(Event):
    """A ``first`` or ``n`` join had already fired in this token's round."""

    scope: str
    node: str
    token: int
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchEnded(Event):
    """A step was done and none of the edges drawn from it was taken. For the reader; changes nothing."""

    scope: str
    node: str
    iteration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinStarved(Event):
    """Tokens wait at a join for arrivals that can no longer come; the scope fails."""

    scope: str
    error: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReceived(Event):
    """``kept``: nothing waited for it, so it stays for a later persistent wait."""

    name: str
    payload: Json = None
    kept: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswered(Event):
    """A person answered. For the reader: the step's own event carries the result."""

    scope: str
    node: str
    iteration: int
    approval: str
    decision: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPaused(Event):
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionResumed(Event):
    by: str = ""
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested(Event):
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed(Event):
    """The workflow's own time-out."""

    error: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionAborted(Event):
    """The run cannot go on for a reason outside its steps, e.g. the limit on steps."""

    error: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRecovered(Event):
    """A worker took over from one that died or hung. For the reader; changes nothing."""

    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionEnded(Event):
    status: str
    output: Json = None
    error: JsonObject | None = None


EVENT_TYPES: Final[tuple[type[Event], ...]] = (
    ExecutionStarted, StepStarted, StepSucceeded, StepFailed, StepRestarted, StepWaiting, StepExpanded,
    StepStuck, StepEnded, StepCancelled, ItemStarted, ItemFinished, ScopeRepeated, TokensWithdrawn,
    TokenSwallowed, BranchEnded, JoinStarved, SignalReceived, ApprovalAnswered, ExecutionPaused,
    ExecutionResumed, CancelRequested, DeadlinePassed, ExecutionAborted, ExecutionRecovered, ExecutionEnded,
)  # fmt: skip
