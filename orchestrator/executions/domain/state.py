"""Where an execution stands, as plain values: tokens, firings, join rounds, variables and outputs.

A *token* lies on an edge and waits for its target to fire. A *firing* is one run of a node, from the
moment it took its tokens until it is done. A *scope* is one level of nodes: the workflow itself, or the
body of one item of a ``map``. Scopes are kept side by side under their path: ``""`` is the workflow,
``"each#1/4"`` the fifth item of the first firing of the node ``each``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain.status import Status

ROOT = ""


class StepKey(NamedTuple):
    """Names one firing within an execution."""

    scope: str
    node: str
    iteration: int

    @property
    def name(self) -> str:
        """The key of the firing within its scope."""
        return f"{self.node}#{self.iteration}"

    def item_scope(self, index: int) -> str:
        """The path of the scope in which this map firing runs its item."""
        return f"{self.scope}>{self.name}/{index}" if self.scope else f"{self.name}/{index}"


@dataclass(frozen=True, slots=True)
class Token:
    """``edge`` is None for a token that starts an entry node. ``passed`` says, for every ``first`` or
    ``n`` join that this token's ancestors went through, in which round.
    """

    id: int
    node: str
    edge: str | None
    passed: dict[str, int] = field(default_factory=dict)


class Phase(StrEnum):
    RUNNING = "running"  # its handler is at work, or was when the worker died
    WAITING = "waiting"  # for an event
    BACKOFF = "backoff"  # for the moment of the next attempt
    MAPPING = "mapping"  # for the items of its body
    STUCK = "stuck"  # for a person to say whether an interrupted ``once`` step took place


@dataclass(slots=True)
class Waits:
    """What a waiting firing waits for; times are moments."""

    timers: list[tuple[datetime, str]] = field(default_factory=list)
    signals: list[tuple[str, str, bool]] = field(default_factory=list)
    approval: JsonObject | None = None
    child: str | None = None
    timeout_at: datetime | None = None
    input: Json = None
    """The step's configuration as evaluated when it began to wait."""


@dataclass(slots=True)
class MapProgress:
    items: list[Json]
    concurrency: int
    complete_when: str | int
    next_index: int = 0
    active: list[int] = field(default_factory=list)
    results: dict[int, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Firing:
    node: str
    iteration: int
    since: datetime
    """When the present attempt began."""
    attempt: int = 1
    phase: Phase = Phase.RUNNING
    passed: dict[str, int] = field(default_factory=dict)
    retry_at: datetime | None = None
    waits: Waits | None = None
    map: MapProgress | None = None
    anew_after: int = 0
    """The attempt after which somebody asked for it to be done again."""
    used: JsonObject | None = None
    """What attempts consumed that have no row of their own, because they waited."""


@dataclass(slots=True)
class Rounds:
    """The rounds of one ``first`` or ``n`` join: the last round seen per edge, and which have fired."""

    edges: dict[str, int] = field(default_factory=dict)
    fired_up_to: int = 0
    fired: set[int] = field(default_factory=set)

    def has_fired(self, number: int) -> bool:
        return number <= self.fired_up_to or number in self.fired

    def mark_fired(self, number: int) -> None:
        self.fired.add(number)
        while self.fired_up_to + 1 in self.fired:
            self.fired_up_to += 1
            self.fired.discard(self.fired_up_to)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a scope is about to end, once its firings are withdrawn."""

    status: Status
    output: Json = None
    error: JsonObject | None = None


@dataclass(slots=True)
class Scope:
    tokens: dict[int, Token] = field(default_factory=dict)
    firings: dict[str, Firing] = field(default_factory=dict)
    iterations: dict[str, int] = field(default_factory=dict)
    nodes: dict[str, JsonObject] = field(default_factory=dict)
    """What expressions see as ``nodes``: by node id, ``{"output": …}`` and, after a failure, ``"error"``."""
    rounds: dict[str, Rounds] = field(default_factory=dict)
    last: Json = None
    """The output of the step that finished last."""
    again: list[str] = field(default_factory=list)
    """Nodes that have more to give, and fire anew when the scope is idle."""
    ending: Ending | None = None

    @property
    def is_idle(self) -> bool:
        return not self.tokens and not self.firings

    @property
    def is_done(self) -> bool:
        return self.is_idle and not self.again


@dataclass(slots=True)
class Options:
    """Limits of one run, fixed when it starts."""

    max_steps: int = 10_000
    max_attempts: int = 1
    parallel: int = 16


@dataclass(slots=True)
class ProviderUsage:
    """What the calls of one AI provider came to."""

    calls: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)


@dataclass(slots=True)
class Metrics:
    nodes: int = 0
    ai_calls: int = 0
    human_interventions: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)
    providers: dict[str, ProviderUsage] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    status: Status = Status.PENDING
    input: Json = None
    variables: JsonObject = field(default_factory=dict)
    trigger: JsonObject = field(default_factory=dict)
    info: JsonObject = field(default_factory=dict)
    """What expressions see as ``execution``."""
    options: Options = field(default_factory=Options)
    scopes: dict[str, Scope] = field(default_factory=lambda: {ROOT: Scope()})
    signals: dict[str, list[Json]] = field(default_factory=dict)
    """Signals that came before anything waited for them, oldest first."""
    next_token: int = 1
    steps: int = 0
    steps_before: int = 0
    """Of those, what was done before the present round of the nodes that fire again and again."""
    deadline: datetime | None = None
    paused_at: datetime | None = None
    output: Json = None
    error: JsonObject | None = None
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def root(self) -> Scope:
        return self.scopes[ROOT]

    @property
    def is_final(self) -> bool:
        return self.status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.TIMED_OUT)

    def firings(self) -> Iterator[tuple[StepKey, Firing]]:
        for path, scope in self.scopes.items():
            for firing in scope.firings.values():
                yield StepKey(path, firing.node, firing.iteration), firing

    def firing(self, key: StepKey) -> Firing | None:
        scope = self.scopes.get(key.scope)
        return scope.firings.get(key.name) if scope else None

    def outputs(self) -> dict[str, Json]:
        """The last output of each node of the workflow itself."""
        return {node: seen["output"] for node, seen in self.root.nodes.items()}
