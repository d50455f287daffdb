"""A run's events in brief, for the browser to replay: what the picture needs, and each in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Func, IntegerField, Q, Sum, Value
from django.db.models.fields.json import KeyTransform

from orchestrator.core.fields import JsonField
from orchestrator.core.json import JsonObject
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.narration import narrate
from orchestrator.executions.queries.event_log import PAYLOADS
from orchestrator.executions.queries.marks import goes_on

PIECE: Final = 2_000
_LEFT_OUT: Final = [*(name for name in PAYLOADS if name != "sends"), "items", "entries"]
_SHOWN: Final = (
    "scope", "iteration", "attempt", "sends", "retry_at", "skipped", "succeeded", "child", "index", "done",
    "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timeline:
    """``more``: there are others after these."""

    events: list[JsonObject]
    more: bool


def timeline(execution: Execution, after: int, titles: Mapping[str, str]) -> Timeline:
    """The next PIECE events, oldest first, with time, cost and tokens of the steps that they ended."""
    left_out = Value(_LEFT_OUT, output_field=ArrayField(CharField()))
    brief = Func(
        F("data"), left_out, template="(%(expressions)s)", arg_joiner=" - ", output_field=JsonField()
    )
    length = Func(KeyTransform("items", "data"), function="jsonb_array_length", output_field=IntegerField())
    rows = EventRow.objects.filter(execution_id=execution.pk, seq__gt=after, seq__lte=execution.last_seq)
    found = list(
        rows.annotate(brief=brief, length=length)
        .order_by("seq")
        .values_list("seq", "type", "node_id", "brief", "length", "occurred_at")[: PIECE + 1]
    )
    figures = _figures(execution, found[0][0], found[:PIECE][-1][0]) if found else {}
    continued = goes_on(execution)
    events = [_told(row, titles, figures.get(row[0], {}), continued=continued) for row in found[:PIECE]]
    return Timeline(events, len(found) > PIECE)


def _figures(execution: Execution, first: int, last: int) -> dict[int, JsonObject]:
    steps = StepRun.objects.filter(execution=execution.pk, seq__range=(first, last))
    return {
        seq: {"ms": ms, "cost": float(cost), "tokens": tokens}
        for seq, ms, cost, tokens in steps.values_list("seq", "duration_ms", "cost", "tokens")
    }


def _told(
    row: tuple[int, str, str, dict[str, Any], int | None, datetime],
    titles: Mapping[str, str],
    figures: JsonObject,
    *,
    continued: bool,
) -> JsonObject:
    seq, kind, node, data, length, at = row
    known = {**data, "items": [None] * (length or 0)}
    if kind == "execution_started" and continued:
        known["seed"] = True
    shown: dict[str, Any] = {name: data[name] for name in _SHOWN if name in data}
    if length is not None:
        shown["total"] = length
    return {
        "seq": seq,
        "type": kind,
        "node_id": node,
        "at": round(at.timestamp() * 1000),
        "sentence": narrate(kind, known, titles),
        "data": shown,
        **figures,
    }


def figures_of(execution_id: UUID) -> dict[str, JsonObject]:
    """By node of the workflow itself: time, cost and tokens of all its attempts, and the run it started."""
    steps = StepRun.objects.filter(execution=execution_id, scope="").order_by()
    summed = steps.values("node_id").annotate(ms=Sum("duration_ms"), cost=Sum("cost"), tokens=Sum("tokens"))
    found: dict[str, JsonObject] = {
        row["node_id"]: {"ms": row["ms"], "cost": float(row["cost"]), "tokens": row["tokens"]}
        for row in summed
    }
    waits = EventRow.objects.filter(execution_id=execution_id, type="step_waiting").order_by("seq")
    started = waits.filter(Q(data__has_key="child"), data__scope="").values_list("node_id", "data__child")
    for node, child in started:
        found.setdefault(node, {})["child"] = child
    return found
