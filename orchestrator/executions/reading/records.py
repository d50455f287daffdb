"""Steps and events of a run, a page at a time, without what they took in and gave back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Func, QuerySet, Value
from django.db.models.fields.json import KT

from orchestrator.core.fields import JsonField
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.narration import narrate
from orchestrator.executions.reading.marks import goes_on
from orchestrator.executions.reading.waits import place_of

STEPS: Final = 100
EVENTS: Final = 50
_PAYLOADS: Final = ["output", "input", "payload", "variables", "sends", "takes", "seed", "info", "options"]


@dataclass(frozen=True, slots=True)
class Steps:
    rows: Sequence[StepRun]
    more: bool

    @property
    def last_seq(self) -> int:
        return self.rows[-1].seq if self.rows else 0


def steps_after(
    execution_id: UUID,
    seq: int,
    titles: Mapping[str, str],
    *,
    node: str = "",
    status: str = "",
    size: int = STEPS,
) -> Steps:
    """Attempts at steps in the order in which they ended; each has ``title``, ``place`` and ``message``."""
    rows = StepRun.objects.filter(execution=execution_id, seq__gt=seq).order_by("seq")
    if node:
        rows = rows.filter(node_id=node)
    if status:
        rows = rows.filter(status=status)
    rows = rows.defer("input", "output", "error").annotate(message=KT("error__message"))
    found = list(rows[: size + 1])
    for row in found:
        row.title = titles.get(row.node_id, row.node_id)  # type: ignore[attr-defined]  # for the template
        row.place = place_of(row.scope, titles)  # type: ignore[attr-defined]
    return Steps(found[:size], len(found) > size)


@dataclass(frozen=True, slots=True)
class Told:
    """An event in a sentence."""

    seq: int
    type: str
    sentence: str
    node: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Events:
    """Newest first. ``more``: there are others beyond, in the direction that was asked."""

    rows: list[Told]
    more: bool

    @property
    def first_seq(self) -> int:
        return self.rows[-1].seq if self.rows else 0


def events_before(execution: Execution, seq: int | None, *, up_to: int, size: int = EVENTS) -> Events:
    """The latest events before ``seq``, or the latest of those up to ``up_to``."""
    events = _events(execution).filter(seq__lte=up_to if seq is None else seq - 1)
    found = [_told(execution, *row) for row in events.order_by("-seq")[: size + 1]]
    return Events(found[:size], len(found) > size)


def events_after(execution: Execution, seq: int, *, size: int = 200) -> Events:
    found = [
        _told(execution, *row) for row in _events(execution).filter(seq__gt=seq).order_by("seq")[: size + 1]
    ]
    return Events(found[:size][::-1], len(found) > size)


def _events(execution: Execution) -> QuerySet[EventRow, tuple[Any, ...]]:
    payloads = Value(_PAYLOADS, output_field=ArrayField(CharField()))
    brief = Func(
        F("data"), payloads, template="(%(expressions)s)", arg_joiner=" - ", output_field=JsonField()
    )
    rows = EventRow.objects.filter(execution_id=execution.pk).annotate(brief=brief)
    return rows.values_list("seq", "type", "node_id", "brief", "occurred_at")


def _told(execution: Execution, seq: int, kind: str, node: str, data: dict[str, Any], at: datetime) -> Told:
    if kind == "execution_started" and goes_on(execution):
        data = {**data, "seed": True}
    return Told(seq, kind, narrate(kind, data), node, at, str(data.get("by", "")))
