"""The page of one run, and the parts of it that are loaded or refreshed on their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.errors import DomainError, NotFound
from orchestrator.core.json import Json
from orchestrator.core.params import text_of
from orchestrator.executions.access import execution_and_access, find_execution
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution, StepRun, StepStatus
from orchestrator.executions.narration import place_of
from orchestrator.executions.queries.history import has_events
from orchestrator.executions.queries.kin import child_of_step, parent_of, relatives_of
from orchestrator.executions.queries.marks import marks_of, marks_without_events
from orchestrator.executions.queries.records import events_after, events_before, steps_after
from orchestrator.executions.queries.timeline import figures_of
from orchestrator.executions.queries.titles import Names, names_of
from orchestrator.executions.queries.waits import Waits, waits_of
from orchestrator.executions.web.approvals import Question, question
from orchestrator.executions.web.panels import panels_of
from orchestrator.workflows.models import Access, WorkflowVersion


@dataclass(frozen=True, slots=True)
class Drawn:
    """The graph that a run goes through, as its version has it."""

    nodes: Json
    edges: Json
    titles: Mapping[str, str]


class RunView:
    """One run for one person: what the page and its parts are made from."""

    def __init__(self, user: User, pk: UUID) -> None:
        self.user = user
        self.execution, access = execution_and_access(user, pk)
        self.may_steer = access is not Access.VIEWER
        self.seq = self.execution.last_seq
        """Everything on the page is as of this event; the live feed goes on from here."""

    @cached_property
    def graph(self) -> Drawn:
        nodes, edges = WorkflowVersion.objects.values_list("nodes", "edges").get(pk=self.execution.version_id)
        return Drawn(nodes, edges, self.names.titles)

    @cached_property
    def names(self) -> Names:
        return names_of(self.execution.version_id)

    @cached_property
    def waits(self) -> Waits:
        return waits_of(self.user, self.execution, self.names.titles, edits=self.may_steer)

    @property
    def questions(self) -> dict[UUID, Question]:
        """By approval, of those that this person may answer."""
        asked = [wait.approval for wait in self.waits.items if wait.approval is not None]
        mine = [approval for approval in asked if getattr(approval, "can_answer", False)]
        return {approval.pk: question(approval, may_see_run=True) for approval in mine}

    @cached_property
    def has_events(self) -> bool:
        """False once the time for which events are kept is over."""
        return has_events(self.execution)

    def marks(self) -> dict[str, Any]:
        if not self.has_events:
            return marks_without_events(self.execution)
        return marks_of(self.execution, self.names.maps, up_to=self.seq)

    def head(self) -> dict[str, Any]:
        """What the header, the buttons and the panel of waits need."""
        return {
            "run": self.execution,
            "parent": parent_of(self.user, self.execution),
            "may_steer": self.may_steer,
            "waits": self.waits,
            "waits_key": json.checksum(self.waits.key)[:16],
            "questions": self.questions,
            "can_resume": self.execution.status == Status.PAUSED,
            "can_pause": not self.execution.is_final and self.execution.status != Status.PAUSED,
            "next": "",
            "parts": _parts(self.execution),
        }


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return run_page(request, pk)


def run_page(request: HttpRequest, pk: UUID, problem: DomainError | None = None) -> HttpResponse:
    """The page; with a problem, what went wrong with the action that was asked for is said on it."""
    view = RunView(person(request), pk)
    execution = view.execution
    marks = view.marks()
    context = {
        **view.head(),
        "problem": problem,
        "seq": view.seq,
        "graph": view.graph,
        "panels": panels_of(request, pk, view.graph.nodes),
        "titles": view.names.titles,
        "marks": marks,
        "has_events": view.has_events,
        "events_days": settings.EVENT_RETENTION_DAYS,
        "shown": {
            "graph": {"nodes": view.graph.nodes, "edges": view.graph.edges},
            "marks": marks,
            "figures": figures_of(pk),
        },
        "steps": steps_after(pk, 0, view.names.titles, **_step_filter(request)),
        "steps_done": _steps_done(marks, view.names.titles),
        "step_node": request.GET.get("node", ""),
        "step_status": request.GET.get("status", ""),
        "step_statuses": StepStatus.choices,
        "events": events_before(execution, view.seq + 1, view.names.titles),
        "related": relatives_of(view.user, execution),
    }
    return render(request, "executions/detail.html", context, status=problem.status if problem else 200)


def _step_filter(request: HttpRequest) -> dict[str, str]:
    return {
        "node": text_of(request.GET, "node", most=100),
        "status": text_of(request.GET, "status", most=9),
    }


def _steps_done(marks: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """(id, title) of the nodes that a retry may go on from: those that have begun."""
    return [(node, titles.get(node, node)) for node in titles if node in marks["nodes"]]


def _parts(execution: Execution) -> list[tuple[str, str, Json]]:
    """(name, heading, value) of the data that a run carries; what is empty is left out."""
    parts = [
        ("output", "Output", execution.output),
        ("input", "Input", execution.input),
        ("variables", "Variables", execution.variables),
    ]
    return [part for part in parts if part[2] not in (None, {}) or part[0] == "input"]


@login_required
@require_safe
def live(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Header and waits as they are now. ``?waits=`` is the key of the waits that the page shows: they are
    sent only if there are others, so that nobody's half-written answer is swept away.
    """
    view = RunView(person(request), pk)
    context = {**view.head(), "shown_waits": request.GET.get("waits", ""), "titles": view.names.titles}
    return render(request, "executions/_live.html", context)


@login_required
@require_safe
def steps(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rows after ``?after=``. With ``?live=1`` only what is new, for a table whose rows are all shown."""
    view = RunView(person(request), pk)
    found = steps_after(
        pk,
        number(request, "after", 0),
        view.names.titles,
        **_step_filter(request),
    )
    return render(request, "executions/_steps.html", {"run": view.execution, "steps": found})


@login_required
@require_safe
def events(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Older events with ``?before=``, newer ones with ``?after=``; newest first."""
    view = RunView(person(request), pk)
    execution, titles, newer = view.execution, view.names.titles, "after" in request.GET
    if newer:
        found = events_after(execution, number(request, "after", 0), titles)
    else:
        found = events_before(execution, number(request, "before", view.seq + 1), titles)
    return render(request, "executions/_events.html", {"run": execution, "events": found, "newer": newer})


@login_required
@require_safe
def step(request: HttpRequest, pk: UUID, step_id: UUID) -> HttpResponse:
    """What one attempt took in and gave back."""
    execution, found = _find_step(request, pk, step_id)
    context = {
        "run": execution,
        "step": found,
        "place": place_of(found.scope, {}),
        "child": child_of_step(person(request), found) if found.node_type == "subworkflow" else None,
    }
    return render(request, "executions/_step.html", context)


@login_required
@require_safe
def data(request: HttpRequest, pk: UUID, part: str) -> HttpResponse:
    """Input, output, variables or error of a run, whole, as a file."""
    execution = find_execution(person(request), pk)
    if part not in ("input", "output", "variables", "error"):
        raise NotFound("A run has input, output, variables and error.")
    return _file(getattr(execution, part), f"run-{pk}-{part}.json")


@login_required
@require_safe
def step_data(request: HttpRequest, pk: UUID, step_id: UUID, part: str) -> HttpResponse:
    _, found = _find_step(request, pk, step_id)
    if part not in ("input", "output", "error"):
        raise NotFound("A step has input, output and error.")
    return _file(getattr(found, part), f"step-{found.node_id}-{found.iteration}-{part}.json")


def _find_step(request: HttpRequest, pk: UUID, step_id: UUID) -> tuple[Execution, StepRun]:
    execution = find_execution(person(request), pk)
    found = StepRun.objects.filter(execution=execution, pk=step_id).first()
    if found is None:
        raise NotFound("This run has no such step.")
    return execution, found


def _file(value: Json, name: str) -> HttpResponse:
    answer = HttpResponse(json.dumps(value), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def number(request: HttpRequest, name: str, default: int) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) <= 15 else default
