"""What the machine asks of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain.state import StepKey
from orchestrator.executions.domain.status import Status


@dataclass(frozen=True, slots=True)
class Fire:
    """Begin a new firing with these tokens."""

    key: StepKey
    takes: list[int]
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Perform:
    """A firing is to be at work. The engine ignores it while it is, and starts it anew after a crash."""

    key: StepKey


@dataclass(frozen=True, slots=True)
class Swallow:
    """A join has already fired in this token's round."""

    scope: str
    node: str
    token: int
    round: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A firing is no longer wanted: stop its handler, take back its waits."""

    key: StepKey
    reason: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Begin one item of a map."""

    key: StepKey
    index: int


@dataclass(frozen=True, slots=True)
class CloseItem:
    """An item of a map is done, or (``done`` false) no longer wanted."""

    key: StepKey
    index: int
    output: Json
    done: bool = True


@dataclass(frozen=True, slots=True)
class FinishMap:
    """A map has the results it needs, or one of its items failed."""

    key: StepKey
    error: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Everything in the scope is done, and these nodes have more to give."""

    scope: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Starve:
    """Nothing in the scope can move, and tokens wait at joins for arrivals that cannot come."""

    scope: str
    node: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abort:
    """The run must not go on."""

    error: JsonObject


@dataclass(frozen=True, slots=True)
class End:
    """The execution is over."""

    status: Status
    output: Json = None
    error: JsonObject | None = None


Command: TypeAlias = (
    Fire | Perform | Swallow | Withdraw | OpenItem | CloseItem | FinishMap | Repeat | Starve | Abort | End
)
