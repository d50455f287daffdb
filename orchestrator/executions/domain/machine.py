"""An execution in memory: its graph, its state, and the events since it was loaded.

The machine does by itself whatever needs no handler: joins, items of maps, endings. What is left, the
engine performs and reports with ``record``. Nothing here knows a clock, a database or a network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import commands as do
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.decide import body_of, decide
from orchestrator.executions.domain.evolve import apply_event
from orchestrator.executions.domain.names import names_at
from orchestrator.executions.domain.record import Attempt, Recorder, cancel_firing, record
from orchestrator.executions.domain.state import Firing, MapProgress, State, StepKey
from orchestrator.graphs.compiled import CompiledGraph, CompiledNode
from orchestrator.graphs.expressions import EvaluationError, compile_expression
from orchestrator.graphs.steps import Failed, Outcome, Succeeded

Work = do.Fire | do.Perform | do.Withdraw


class Machine:
    """``on_event`` is called with every event after it was applied, and with its firing as it was before."""

    def __init__(
        self, graph: CompiledGraph, state: State, on_event: Callable[[ev.Event, Firing | None], None]
    ) -> None:
        self.graph, self.state, self.on_event = graph, state, on_event
        self._faults: list[tuple[StepKey, EvaluationError]] = []

    def emit(self, *events: ev.Event) -> None:
        for event in events:
            firing = self.state.firing(event.key) if isinstance(event, ev.StepEvent) else None
            before = replace(firing) if firing is not None else None
            apply_event(self.state, event)
            self.on_event(event, before)

    def node(self, key: StepKey) -> CompiledNode:
        return body_of(self.graph, key.scope).nodes[key.node]

    def work(self, at: datetime) -> list[Work]:
        """What handlers have to do now, after everything else that can happen has happened.

        Empty: the run is over, or waits for an arrival or a moment.
        """
        while True:
            commands = decide(self.graph, self.state, self._map_done)
            if self._faults:
                key, error = self._faults.pop()
                self._faults.clear()  # the others are found again
                self._fail_map(key, error, at)
                continue
            own = [command for command in commands if not isinstance(command, Work)]
            if not own:
                return [command for command in commands if isinstance(command, Work)]
            for command in own:
                self._perform(command, at)

    def record(
        self,
        attempt: Attempt,
        outcome: Outcome,
        at: datetime,
        *,
        jitter: float = 0.0,
        new_id: UUID | None = None,
        input: Json = None,
    ) -> None:
        """Take in what a handler answered. Raises KeyError if the firing was withdrawn meanwhile."""
        node = self.node(attempt.key)
        self.emit(
            *record(node, self.state, attempt, outcome, at=at, jitter=jitter, new_id=new_id, input=input)
        )

    def recorder(self, key: StepKey, at: datetime) -> Recorder:
        """For an outcome that comes by itself to a firing that exists."""
        firing = self.state.firing(key)
        assert firing is not None
        return Recorder(self.node(key), self.state, Attempt(key, firing.attempt), at)

    def _perform(self, command: do.Command, at: datetime) -> None:
        match command:
            case do.Swallow(scope, node, token, round):
                self.emit(ev.TokenSwallowed(at=at, scope=scope, node=node, token=token, round=round))
            case do.OpenItem(key, index):
                body = self.node(key).body
                assert body is not None
                self.emit(ev.ItemStarted(at=at, **key._asdict(), index=index, entries=list(body.entries)))
            case do.CloseItem(key, index, output, done):
                self.emit(ev.ItemFinished(at=at, **key._asdict(), index=index, output=output, done=done))
            case do.FinishMap(key, error):
                self._finish_map(key, error, at)
            case do.Repeat(scope, nodes):
                self.emit(ev.ScopeRepeated(at=at, scope=scope, nodes=list(nodes)))
            case do.Starve(scope, node, missing):
                edges = ", ".join(missing)
                message = f"The join {node} waits for the edge {edges}, over which nothing can come any more."
                error = {"code": "join_starved", "message": message, "node": node}
                self.emit(ev.JoinStarved(at=at, scope=scope, error=error))
            case do.Abort(error):
                self.emit(ev.ExecutionAborted(at=at, error=error))
            case do.End(status, output, error):
                self.emit(ev.ExecutionEnded(at=at, status=status.value, output=output, error=error))
            case _:
                raise AssertionError(f"{command} is not the machine's to perform")

    def _finish_map(self, key: StepKey, error: JsonObject | None, at: datetime) -> None:
        recorder = self.recorder(key, at)
        if error is not None:
            message = f"Item {error.get('item')} of {key.node}: {error.get('message')}"
            again = recorder.node.node.data.retry is not None
            failure = Failed("item_failed", message, retryable=again, details=error)
            self.emit(*recorder.failed(failure))
            return
        firing = self.state.firing(key)
        assert firing is not None
        assert firing.map is not None
        results = firing.map.results
        output = [results.get(index) for index in range(len(firing.map.items))]
        self.emit(*recorder.succeeded(Succeeded(output)))

    def _map_done(self, key: StepKey, progress: MapProgress) -> bool:
        total, done = len(progress.items), len(progress.results)
        if done == total or progress.complete_when == "all":
            return done == total
        if isinstance(progress.complete_when, int):
            return done >= progress.complete_when
        names = names_at(self.state, key.scope)
        names |= {"results": list(progress.results.values()), "done": done, "total": total}
        try:
            return compile_expression(progress.complete_when).test(names)
        except EvaluationError as error:
            self._faults.append((key, error))
            return False

    def _fail_map(self, key: StepKey, error: EvaluationError, at: datetime) -> None:
        """``complete_when`` cannot be evaluated: the items are withdrawn with the map."""
        recorder = self.recorder(key, at)
        *inner, _ = cancel_firing(self.state, key, "its map failed", at)
        failure = Failed("bad_expression", f"complete_when of {key.node}: {error}", retryable=False)
        self.emit(*inner, *recorder.failed(failure))
