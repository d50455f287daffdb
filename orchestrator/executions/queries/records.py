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
from orchestrator.executions.narration import narrate, place_of
from orchestrator.executions.queries.marks import goes_on

STEPS: Final = 30
EVENTS: Final = 30
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
) -> Steps:
    """Attempts at steps in the order in which they ended; each has ``title``, ``place`` and ``message``."""
    rows = StepRun.objects.filter(execution=execution_id, seq__gt=seq).order_by("seq")
    if node:
        rows = rows.filter(node_id=node)
    if status:
        rows = rows.filter(status=status)
    rows = rows.defer("input", "output", "error").annotate(message=KT("error__message"))
    found = list(rows[: STEPS + 1])
    for row in found:
        row.title = titles.get(row.node_id, row.node_id)  # type: ignore[attr-defined]  # for the template
        row.place = place_of(row.scope, titles)  # type: ignore[attr-defined]
    return Steps(found[:STEPS], len(found) > STEPS)


@dataclass(frozen=True, slots=True)
class Told:
    """An event in a sentence."""

    seq: int
    type: str
    sentence: str
    node: str
    at: datetime
    outcome: str
    """The status with which the run ended, for its last event."""


@dataclass(frozen=True, slots=True)
class Events:
    """Newest first. ``more``: there are others beyond, in the direction that was asked."""

    rows: list[Told]
    more: bool

    @property
    def first_seq(self) -> int:
        return self.rows[-1].seq if self.rows else 0


def events_before(execution: Execution, seq: int, titles: Mapping[str, str], *, size: int = EVENTS) -> Events:
    """The latest events before ``seq``."""
    events = _events(execution).filter(seq__lt=seq).order_by("-seq")
    found = [_told(execution, titles, *row) for row in events[: size + 1]]
    return Events(found[:size], len(found) > size)


def events_after(execution: Execution, seq: int, titles: Mapping[str, str], *, size: int = 200) -> Events:
    events = _events(execution).filter(seq__gt=seq).order_by("seq")
    found = [_told(execution, titles, *row) for row in events[: size + 1]]
    return Events(found[:size][::-1], len(found) > size)


def _events(execution: Execution) -> QuerySet[EventRow, tuple[Any, ...]]:
    payloads = Value(_PAYLOADS, output_field=ArrayField(CharField()))
    brief = Func(
        F("data"), payloads, template="(%(expressions)s)", arg_joiner=" - ", output_field=JsonField()
    )
    rows = EventRow.objects.filter(execution_id=execution.pk).annotate(brief=brief)
    return rows.values_list("seq", "type", "node_id", "brief", "occurred_at")


def _told(
    execution: Execution,
    titles: Mapping[str, str],
    seq: int,
    kind: str,
    node: str,
    data: dict[str, Any],
    at: datetime,
) -> Told:
    """With nodes called by their titles, as on the picture."""
    if kind == "execution_started" and goes_on(execution):
        data = {**data, "seed": True}
    return Told(seq, kind, narrate(kind, data, titles), node, at, str(data.get("status", "")))
