"""Runs the pure machine without a database: outcomes come from a plan, time from a counter.

What the driver does next depends on the state alone, as it does for the engine, so that a run that is
cut off anywhere and continued from its stored events must go the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from orchestrator.core import json
from orchestrator.executions.domain import commands as do
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.arrivals import Signal, elapse, next_due, receive
from orchestrator.executions.domain.codec import (
    decode_event,
    decode_state,
    encode_event,
    encode_state,
    event_type,
)
from orchestrator.executions.domain.evolve import fold
from orchestrator.executions.domain.machine import Machine
from orchestrator.executions.domain.record import Attempt, cancel_firing
from orchestrator.executions.domain.state import Firing, Phase, State, StepKey
from orchestrator.graphs.compiled import CompiledGraph, compile_graph
from orchestrator.graphs.model import read_graph
from orchestrator.graphs.nodetypes import Effect, NodeType, NodeTypeRegistry
from orchestrator.graphs.steps import Expanded, Outcome, StepContext, Succeeded

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Plan = Callable[[StepKey, int], Outcome]


class AnyConfig(BaseModel):
    model_config = ConfigDict(extra="allow")


def _never_called(step: StepContext) -> Outcome:
    raise AssertionError("the plan answers instead of the handler")


def _ports(config: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(config.get("ports", ["out"]))


def _body(config: Mapping[str, Any]) -> object:
    return config.get("body", {"nodes": []})


def _type(name: str, **options: Any) -> NodeType:
    return NodeType(
        name=name, title=name, description="", category="", icon="", config=AnyConfig,
        effect=Effect.PURE, run=_never_called, ports=_ports, **options,
    )  # fmt: skip


TYPES = NodeTypeRegistry()
TYPES.register(_type("task"))
TYPES.register(_type("map", body=_body, raw_fields=frozenset({"body"})))


def task(node_id: str, *ports: str, **data: Any) -> dict[str, Any]:
    return {"id": node_id, "type": "task", "data": {"config": {"ports": list(ports) or ["out"]}, **data}}


def compiled(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> CompiledGraph:
    graph, problems = read_graph({"nodes": nodes, "edges": edges})
    assert not problems, problems
    return compile_graph(graph, TYPES)


def succeed(key: StepKey, attempt: int) -> Outcome:
    """The plan in which every step succeeds by its default port."""
    return Succeeded(f"{key.node}#{key.iteration}")


class Driver:
    """One run in memory with the list of its events."""

    def __init__(self, graph: CompiledGraph, plan: Plan = succeed, state: State | None = None) -> None:
        self.graph, self.plan = graph, plan
        self.events: list[ev.Event] = []
        self.batches: list[int] = []
        """How many events there were after each thing that happened at once."""
        self.now = NOON
        self.machine = Machine(graph, state or State(), self._on_event)

    @property
    def state(self) -> State:
        return self.machine.state

    def start(self, **options: Any) -> Driver:
        self.machine.emit(
            ev.ExecutionStarted(
                at=self.now, entries=list(self.graph.entries), options={"max_steps": 200, **options}
            )
        )
        self.batches.append(len(self.events))
        return self

    def run(self, steps: int = 10_000) -> Driver:
        """Go on until the run ends or only an arrival can move it, doing at most ``steps`` things."""
        for _ in range(steps):
            if not self._step():
                return self
        return self

    def signal(self, name: str, payload: Any = None) -> Driver:
        receive(self.machine, Signal(name, payload), self.now)
        self.batches.append(len(self.events))
        return self.run()

    @property
    def fired(self) -> list[str]:
        """The nodes in the order in which they finished."""
        finished = (ev.StepSucceeded, ev.StepEnded)
        return [event.node for event in self.events if isinstance(event, finished)]

    @property
    def status(self) -> str:
        return self.state.status.value

    def waits_for(self) -> list[str]:
        """The named reasons for which a run that has not ended stands still."""
        reasons = []
        for key, firing in self.state.firings():
            if firing.phase in (Phase.WAITING, Phase.BACKOFF, Phase.STUCK):
                reasons.append(f"{key.node}: {firing.phase}")
        return reasons

    def _step(self) -> bool:
        work = self.machine.work(self.now)
        if work:
            self._do(work[0])
        else:
            due = next_due(self.state)
            if due is None:
                self.batches.append(len(self.events))
                return False
            self.now = max(due, self.now + timedelta(milliseconds=1))
            elapse(self.machine, self.now)
        self.batches.append(len(self.events))
        return True

    def _do(self, command: do.Fire | do.Perform | do.Withdraw) -> None:
        key = command.key
        firing = self.state.firing(key)
        if isinstance(command, do.Withdraw):
            self.machine.emit(*cancel_firing(self.state, key, command.reason, self.now))
            return
        number = firing.attempt if firing else 1
        takes, round_ = ((), None) if firing else (command.takes, command.round)  # type: ignore[union-attr]
        node = self.machine.node(key)
        outcome: Outcome = self.plan(key, number)
        if node.type.name == "map" and isinstance(outcome, Succeeded):
            config = node.node.data.config
            outcome = Expanded(
                config["items"], config.get("concurrency", 2), config.get("complete_when", "all")
            )
        self.machine.record(
            Attempt(key, number, takes, round_), outcome, self.now, new_id=UUID(int=len(self.events))
        )

    def _on_event(self, event: ev.Event, firing: Firing | None) -> None:
        self.events.append(event)


def stored(events: list[ev.Event]) -> list[ev.Event]:
    """The events as they come back from the database."""
    rows = [(event_type(event), json.loads(json.dumps(encode_event(event))), event.at) for event in events]
    return [decode_event(*row) for row in rows]


def stored_state(state: State) -> Any:
    """The state as the row holds it."""
    return json.loads(json.dumps(encode_state(state)))


def reloaded(state: State) -> State:
    return decode_state(stored_state(state))


__all__ = ["Driver", "compiled", "fold", "reloaded", "stored", "stored_state", "succeed", "task"]
