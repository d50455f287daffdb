"""What the run's page loads while somebody looks closer: the timeline, a moment of it, one node."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import NotFound
from orchestrator.core.json import Json
from orchestrator.core.params import text_of
from orchestrator.executions.domain.state import Phase
from orchestrator.executions.models import Approval
from orchestrator.executions.narration import place_of
from orchestrator.executions.queries.history import state_at, status_in
from orchestrator.executions.queries.kin import children_of_node
from orchestrator.executions.queries.records import events_before, steps_after
from orchestrator.executions.queries.timeline import timeline
from orchestrator.executions.web.detail import RunView, number
from orchestrator.graphs.nodetypes import node_types


@login_required
@require_safe
def timeline_piece(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The events after ``?after=`` in brief, as JSON."""
    view = RunView(person(request), pk)
    found = timeline(view.execution, number(request, "after", 0), view.names.titles)
    answer = json.dumps({"events": found.events, "more": found.more})
    return HttpResponse(answer, content_type="application/json")


@dataclass(frozen=True, slots=True)
class Standing:
    """One firing at a moment of the run."""

    title: str
    place: str
    word: str


_WORDS = {
    Phase.RUNNING: "is at work",
    Phase.WAITING: "waits",
    Phase.BACKOFF: "waits for its next attempt",
    Phase.MAPPING: "goes through its items",
    Phase.STUCK: "waits for a person's word",
}


@login_required
@require_safe
def moment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The state right after the event ``?seq=``: variables, what was at work, what ``?node=`` had given."""
    view = RunView(person(request), pk)
    seq = min(number(request, "seq", view.seq), view.seq)
    state, titles = state_at(view.execution, seq), view.names.titles
    standing = [
        Standing(titles.get(key.node, key.node), place_of(key.scope, titles), _WORDS[firing.phase])
        for key, firing in state.firings()
    ]
    told = events_before(view.execution, seq + 1, titles, size=1).rows
    node_id = text_of(request.GET, "node")
    seen: Json = state.root.nodes.get(node_id)
    context = {
        "run": view.execution,
        "seq": seq,
        "event": told[0] if told else None,
        "status": view.execution.status if seq == view.seq else status_in(state).value,
        "variables": state.variables,
        "steps": state.metrics.nodes,
        "cost": state.metrics.cost,
        "standing": standing[:20],
        "more": max(0, len(standing) - 20),
        "node_title": titles.get(node_id, node_id),
        "seen": seen,
    }
    return render(request, "executions/_moment.html", context)


@login_required
@require_safe
def node(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One node of the run, for the panel beside the picture: what it is, what it did, what can be done."""
    view = RunView(person(request), pk)
    run, node_id = view.execution, text_of(request.GET, "id")
    part = _find(view.graph.nodes, node_id)
    if part is None:
        raise NotFound("This run's version has no such node.")
    data = part.get("data")
    kind = node_types.get(str(part.get("type")))
    steps = steps_after(pk, 0, view.names.titles, node=node_id)
    context = {
        "run": run,
        "node_id": node_id,
        "title": view.names.titles.get(node_id, node_id),
        "kind": kind.title if kind else part.get("type"),
        "config": data.get("config") if isinstance(data, dict) else None,
        "steps": steps,
        "waits": [wait for wait in view.waits.items if wait.node == node_id],
        "approvals": Approval.objects.filter(execution=pk, node_id=node_id)
        .select_related("decided_by")
        .order_by("-id")[:5],
        "children": children_of_node(view.user, run, node_id),
        "is_map": node_id in view.names.maps,
        "can_retry": view.may_steer and run.is_final and bool(steps.rows) and view.has_events,
    }
    return render(request, "executions/_node.html", context)


def _find(nodes: Json, node_id: str) -> dict[str, Json] | None:
    """The node with this id, also inside the body of a map."""
    for each in nodes if isinstance(nodes, list) else ():
        if not isinstance(each, dict):
            continue
        if each.get("id") == node_id:
            return each
        data = each.get("data")
        config = data.get("config") if isinstance(data, dict) else None
        body = config.get("body") if isinstance(config, dict) else None
        found = _find(body.get("nodes"), node_id) if isinstance(body, dict) else None
        if found is not None:
            return found
    return None
