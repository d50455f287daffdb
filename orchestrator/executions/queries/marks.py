"""How far a run has come, as marks on the picture of its graph.

Read from the events, so that the marks of any earlier moment are had by leaving out the later ones. Only
events of the workflow's own nodes count; what happens inside a map is told as a number of items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db.models import Count, F, Func, IntegerField, QuerySet, TextField
from django.db.models.fields.json import KeyTransform

from orchestrator.core.fields import JsonField
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import EventRow, Execution, StepRun

_STATES: Final[Mapping[str, str]] = {
    "step_started": "running",
    "step_restarted": "running",
    "step_expanded": "running",
    "step_succeeded": "done",
    "step_ended": "done",
    "step_failed": "failed",
    "step_waiting": "waiting",
    "step_stuck": "waiting",
    "step_cancelled": "cancelled",
}
_WORDS: Final[Mapping[str, str]] = {
    "running": "Running",
    "waiting": "Waiting",
    "retrying": "Will be retried",
    "done": "Done",
    "earlier": "Done by the earlier run",
    "skipped": "Skipped",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
_SENDING: Final = ("step_succeeded", "step_failed")
_ITEMS: Final = ("item_finished",)


@dataclass(frozen=True, slots=True)
class Mark:
    """``times`` is the number of the node's last firing; ``done`` of ``total`` are items of a map."""

    state: str
    times: int = 1
    done: int | None = None
    total: int | None = None

    @property
    def note(self) -> str:
        """The same words as ``noteOf`` in static/src/run/marks.ts."""
        text = _WORDS[self.state]
        if self.total is not None and self.state in ("running", "waiting"):
            text = f"{self.done or 0} of {self.total} items"
        return f"{text} \N{MIDDLE DOT} {self.times}\N{MULTIPLICATION SIGN}" if self.times > 1 else text

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "note": self.note}


def marks_of(execution: Execution, maps: Sequence[str], *, up_to: int) -> dict[str, Any]:
    """``{"nodes": {id: mark}, "edges": [id]}`` right after the event ``up_to``.

    ``maps`` are the ids of the graph's map nodes. Two queries, two more where there are maps, and one more
    for a run that goes on from an earlier one.
    """
    events = EventRow.objects.filter(execution_id=execution.pk, seq__lte=up_to)
    progress = _progress(events.filter(node_id__in=maps)) if maps else {}
    nodes = dict.fromkeys(_done_earlier(execution), Mark("earlier"))
    for node, kind, iteration, retry_at, skipped, succeeded in _last_events(events):
        state = _state(kind, retry_at, skipped=skipped, succeeded=succeeded)
        nodes[node] = Mark(state, iteration or 1, *progress.get(node, (None, None)))
    return {
        "nodes": {node: mark.as_json() for node, mark in nodes.items()},
        "edges": sorted(_edges_taken(events)),
    }


_STEP_STATES: Final[Mapping[str, str]] = {
    "success": "done",
    "error": "failed",
    "skipped": "skipped",
    "cancelled": "cancelled",
}


def marks_without_events(execution: Execution) -> dict[str, Any]:
    """What the steps tell of a run whose events are gone; which edges were taken is not known then."""
    steps = StepRun.objects.filter(execution=execution.pk, scope="").order_by("node_id", "-seq")
    nodes = dict.fromkeys(_done_earlier(execution), Mark("earlier"))
    for node, status, iteration in steps.distinct("node_id").values_list("node_id", "status", "iteration"):
        nodes[node] = Mark(_STEP_STATES[status], iteration)
    for node in () if execution.is_final else execution.current_node_ids:
        if ">" not in node:
            nodes[node] = Mark("waiting" if execution.status == Status.WAITING else "running")
    return {"nodes": {node: mark.as_json() for node, mark in nodes.items()}, "edges": []}


def _last_events(events: QuerySet[EventRow]) -> QuerySet[EventRow, tuple[Any, ...]]:
    return (
        events.filter(type__in=_STATES, data__scope="")
        .order_by("node_id", "-seq")
        .distinct("node_id")
        .values_list(
            "node_id", "type", "data__iteration", "data__retry_at", "data__skipped", "data__succeeded"
        )
    )


def _state(kind: str, retry_at: str | None, *, skipped: bool | None, succeeded: bool | None) -> str:
    if retry_at is not None:
        return "retrying"
    if skipped:
        return "skipped"
    return "failed" if succeeded is False else _STATES[kind]


def _progress(events: QuerySet[EventRow]) -> dict[str, tuple[int, int]]:
    """Items done and items in all, of the last firing of each map."""
    length = Func(KeyTransform("items", "data"), function="jsonb_array_length", output_field=IntegerField())
    expanded = (
        events.filter(type="step_expanded", data__scope="")
        .order_by("node_id", "-seq")
        .distinct("node_id")
        .annotate(length=length)
        .values_list("node_id", "data__iteration", "length")
    )
    finished: dict[tuple[str, int], int] = defaultdict(int)
    counted = (
        events.filter(type__in=_ITEMS, data__scope="")
        .values("node_id", iteration=F("data__iteration"))
        .order_by()
        .annotate(items=Count("seq"))
    )
    for row in counted:
        finished[row["node_id"], row["iteration"]] += row["items"]
    return {node: (finished[node, iteration], length) for node, iteration, length in expanded}


def _edges_taken(events: QuerySet[EventRow]) -> set[str]:
    sends = Func(KeyTransform("sends", "data"), function="jsonb_array_elements", output_field=JsonField())
    rows = events.filter(type__in=_SENDING, data__scope="", data__has_key="sends").annotate(sent=sends)
    return {edge for edge, _ in rows.order_by().values_list("sent", flat=True).distinct()}


def goes_on(execution: Execution) -> bool:
    """Whether it began in the midst of an earlier run, rather than anew."""
    return bool(execution.trigger.get("type") == "retry" and execution.trigger.get("from") != "start")


def _done_earlier(execution: Execution) -> list[str]:
    """Nodes that a retry did not have to do again."""
    if not goes_on(execution):
        return []
    path: Any = "seed"
    for key in ("scopes", "", "nodes"):
        path = KeyTransform(key, path)
    names = Func(path, function="jsonb_object_keys", output_field=TextField())
    rows = Execution.objects.filter(pk=execution.pk).annotate(name=names)
    return list(rows.values_list("name", flat=True))
