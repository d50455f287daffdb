"""Doing one node by itself with sample data, from the builder: nothing of it becomes a run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connections

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.runtime.stepping import Prepared, checked, failure_of, prepare
from orchestrator.graphs.compiled import CompiledNode, compile_graph
from orchestrator.graphs.model import read_graph
from orchestrator.graphs.nodetypes import Effect, node_types
from orchestrator.graphs.problems import InvalidGraph, Problem, errors_in
from orchestrator.graphs.steps import Ended, Expanded, Failed, Outcome, StepContext, Succeeded, Waiting
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access

MAX_SECONDS: Final = 10.0
SCOPE: Final = ("input", "vars", "nodes", "trigger", "execution", "item", "index")


class ConfirmationNeeded(WrongState):
    """The step does something outside that cannot be taken back, and nobody said that it should."""

    code = "confirmation_needed"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. ``status`` is succeeded, failed, waiting or ended; ``notes`` are sentences."""

    status: str
    effect: Effect
    duration_ms: int
    input: Json = None
    output: Json = None
    ports: tuple[str, ...] = ()
    variables: JsonObject = field(default_factory=dict)
    error: dict[str, str] | None = None
    notes: tuple[str, ...] = ()


def try_step(
    user: User, workflow_id: UUID, *, node: JsonObject, scope: JsonObject, confirmed: bool = False
) -> Trial:
    """Evaluate the node's configuration against ``scope`` and call its handler once, for at most 10 s.

    The handler sees what the person may see, where in a run it sees what the workflow's owner may.
    A node that waits is only described. Raises InvalidGraph for a node that cannot run at all, and
    ConfirmationNeeded for one with an effect that must not be repeated blindly.
    """
    workflow = find_workflow(user, workflow_id, Access.EDITOR)
    compiled = _compiled(node)
    now = utc_now()
    names = _names(scope)
    prepared = prepare(compiled, names, now)
    if isinstance(prepared, Failed):
        return _told(prepared, Effect.PURE, 0, None)
    if prepared.effect is Effect.ONCE and not confirmed:
        message = f"“{compiled.node.title}” acts outside, and that cannot be undone. Confirm to do it once."
        raise ConfirmationNeeded(message)
    if prepared.effect is not Effect.PURE:
        record_audit(
            user, "node.tried", workflow, after={"node": compiled.id, "effect": str(prepared.effect)}
        )
    execution_id = uuid4()
    context = StepContext(
        execution_id=execution_id,
        workflow_id=workflow.pk,
        started_by_id=user.pk,
        node_id=compiled.id,
        title=compiled.node.title,
        scope="",
        iteration=1,
        attempt=1,
        depth=0,
        config=prepared.config,
        names=names,
        idempotency_key=f"{execution_id}/{compiled.id}#1",
        now=now,
    )
    began = monotonic()
    outcome = _outcome(compiled, context)
    return _told(outcome, prepared.effect, round((monotonic() - began) * 1_000), prepared)


def _compiled(node: JsonObject) -> CompiledNode:
    graph, problems = read_graph({"nodes": [node], "edges": []})
    if errors_in(problems):
        raise InvalidGraph(errors_in(problems))
    (compiled,) = compile_graph(graph, node_types).nodes.values()
    if compiled.type.internal:
        message = f"“{compiled.node.title}” is a step of the product itself, and cannot be tried."
        raise InvalidGraph([Problem(code="internal_type", node=compiled.id, path="type", message=message)])
    return compiled


def _names(scope: Mapping[str, Json]) -> dict[str, Any]:
    names: dict[str, Any] = {"input": {}, "vars": {}, "nodes": {}, "trigger": {}, "execution": {}}
    return names | {name: value for name, value in scope.items() if name in SCOPE}


def _outcome(node: CompiledNode, context: StepContext) -> Outcome:
    try:
        return checked(asyncio.run(_called(node, context)))
    except TimeoutError:
        return Failed("timeout", f"The step took longer than {_seconds(node):g} s.")
    except Exception as error:  # noqa: BLE001 - a handler is foreign code: whatever it raises fails its step
        return failure_of(error, node)


def _seconds(node: CompiledNode) -> float:
    return min(node.node.data.timeout_seconds or MAX_SECONDS, MAX_SECONDS)


async def _called(node: CompiledNode, context: StepContext) -> Outcome:
    """Handlers may use the ORM, which Django refuses on an event loop: they begin in a thread.

    It is one thread, also for what they hand to threads themselves, so that no connection is left open.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="trial")
    asyncio.get_running_loop().set_default_executor(thread)
    try:
        async with asyncio.timeout(_seconds(node)):
            answer = await asyncio.to_thread(node.type.run, context)
            return await answer if isinstance(answer, Awaitable) else answer
    finally:
        thread.submit(connections.close_all)


def _told(outcome: Outcome, effect: Effect, duration_ms: int, prepared: Prepared | None) -> Trial:
    given = prepared.input if prepared else None
    match outcome:
        case Succeeded():
            return Trial(
                "succeeded", effect, duration_ms, given, outcome.output, outcome.ports, outcome.variables
            )
        case Ended():
            status = "ended" if outcome.succeeded else "failed"
            notes = ("The run would end here." if outcome.succeeded else "The run would end here as failed.",)
            return Trial(status, effect, duration_ms, given, outcome.output, notes=notes)
        case Failed():
            error = {"code": outcome.code, "message": outcome.message}
            return Trial("failed", effect, duration_ms, given, error=error)
        case Expanded():
            items: Json = list(outcome.items)
            notes = (f"The body would run once for each of {len(outcome.items):,} items.",)
            return Trial("waiting", effect, duration_ms, given, items, notes=notes)
        case Waiting():
            return Trial("waiting", effect, duration_ms, given, notes=tuple(_waits(outcome)))


def _waits(waiting: Waiting) -> list[str]:
    """What a run would wait for here, in sentences. Nobody is asked and nothing is started."""
    notes = []
    if waiting.approval is not None:
        whom = ", ".join(waiting.approval.approvers)
        notes.append(f"It would ask {whom}: “{waiting.approval.title}”.")
    if waiting.child is not None:
        notes.append(f"It would start a run of workflow {waiting.child.workflow_id} and wait for it.")
    notes += [f"It would wait for the signal “{each.signal}” ({each.port})." for each in waiting.signals]
    notes += [f"It would go on by {each.port} at {each.at:%Y-%m-%d %H:%M:%S} UTC." for each in waiting.timers]
    return notes
