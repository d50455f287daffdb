"""What a node's handler is given and what it may answer: the contract between engine and node types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from orchestrator.core.json import Json, JsonObject
from orchestrator.graphs.model import DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come, for whoever is looking: never stored, and not everyone of them arrives."""

    text: str
    tokens: int = 0


def _nobody(progress: Progress) -> None:
    """Where nobody can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """One attempt at one firing of a node.

    ``config`` is the node type's model with every expression already evaluated; ``names`` is the scope
    that expressions see. ``idempotency_key`` is the same for every attempt of this firing, also after a
    crash, and differs between firings. ``most_attempts`` is the last that the engine makes by itself: a
    failure of that one, or of a later one, ends the step. ``fence`` is of the lease under which
    it runs, ``request_id`` of the request that started the run. ``tell`` shows progress on open pages; it
    may be called often, from the thread that the handler was called in. ``sources`` are the nodes from
    which edges lead here.
    """

    execution_id: UUID
    workflow_id: UUID
    started_by_id: UUID | None
    node_id: str
    title: str
    scope: str
    iteration: int
    attempt: int
    depth: int
    config: Any
    names: Mapping[str, Any]
    idempotency_key: str
    now: datetime
    most_attempts: int = 1
    fence: int | None = None
    request_id: str = ""
    tell: Callable[[Progress], None] = _nobody
    sources: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, str | int]:
        """As log lines name the attempt."""
        asked = {"request_id": self.request_id} if self.request_id else {}
        return {
            "execution": str(self.execution_id),
            "node": self.node_id,
            "attempt": self.attempt,
            **asked,
        }


@dataclass(frozen=True, slots=True)
class Usage:
    """What an attempt consumed, whether it succeeded or not; summed into the run's metrics."""

    cost: Decimal = Decimal(0)
    tokens: int = 0
    ai_calls: int = 0
    provider: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The step is done. Edges that leave from ``ports`` are considered; ``variables`` join the run's.

    ``again``: the node has more to give. It fires once more as soon as nothing else is left to do in its
    scope, so that what follows it needs no edge back.
    """

    output: Json = None
    ports: tuple[str, ...] = (DEFAULT_PORT,)
    variables: JsonObject = field(default_factory=dict)
    usage: Usage | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed. ``retryable`` admits another attempt where the node's policy has one left.

    ``uncertain``: the effect may have taken place all the same (the answer did not arrive). A ``once`` step
    is then not tried again: the outside is asked, or a person.
    """

    code: str
    message: str
    retryable: bool = True
    details: JsonObject = field(default_factory=dict)
    uncertain: bool = False
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What a ``human`` node asks, and whom."""

    title: str
    instructions: str
    approvers: tuple[str, ...]
    quorum: Json
    form: JsonObject | None
    payload: Json
    deadline_at: datetime | None
    on_deadline: str
    escalate_to: tuple[str, ...]
    starter_may_approve: bool
    escalation_seconds: float | None = None
    """How long those have whom it is escalated to; None: as long as they like."""
    on_escalation_deadline: str = "reject"
    reminders: JsonObject = field(default_factory=dict)
    """``halfway`` and ``before_seconds``: when those who have not answered are reminded."""


@dataclass(frozen=True, slots=True)
class ChildRequest:
    """A run of a published version of another workflow, that this step waits for."""

    workflow_id: UUID
    version_id: UUID
    input: Json


@dataclass(frozen=True, slots=True)
class SignalPort:
    """Leave by ``port`` when the signal comes; ``persistent`` also takes one that came earlier.

    Without a port the step is done again: a person asked for it, and it has all its attempts anew.
    """

    signal: str
    port: str
    persistent: bool = False


@dataclass(frozen=True, slots=True)
class TimerPort:
    """Leave by ``port`` at a moment."""

    at: datetime
    port: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step leaves the worker and comes back by whichever of these happens first.

    ``usage`` is what the attempt consumed until then.
    """

    timers: tuple[TimerPort, ...] = ()
    signals: tuple[SignalPort, ...] = ()
    approval: ApprovalRequest | None = None
    child: ChildRequest | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Expanded:
    """The step runs the node's body once per item. ``complete_when`` is ``all``, a count or an expression."""

    items: Sequence[Json]
    concurrency: int
    complete_when: str | int


@dataclass(frozen=True, slots=True)
class Ended:
    """The step ends the run (or, inside a map, the item)."""

    succeeded: bool
    output: Json


Outcome: TypeAlias = Succeeded | Failed | Waiting | Expanded | Ended


class StepError(Exception):
    """Raised by a handler to fail with a chosen code; anything else raised fails with ``handler_error``."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = True,
        details: JsonObject | None = None,
        uncertain: bool = False,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(message)
        self.outcome = Failed(code, message, retryable, details or {}, uncertain, usage)
