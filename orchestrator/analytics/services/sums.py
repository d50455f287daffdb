"""Adding to the sums of the history, in the transaction that adds the history itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from django.db import connection, models

from orchestrator.analytics.domain.durations import histogram_of
from orchestrator.analytics.domain.ranges import day_of, monday_of
from orchestrator.analytics.models import (
    EVERYTHING,
    AnswerSum,
    DayCut,
    ExecutionHistory,
    NodeSum,
    Outcome,
    ProviderDay,
    ProviderSum,
    RunDay,
    RunSum,
    WorkflowTotal,
)

_GREATEST: Final = frozenset({"longest_ms", "last_finished_at"})
_LATEST: Final = frozenset({"workflow_name"})
_AT_ONCE: Final = 500
"""Rows of one statement."""

Key = tuple[Any, ...]
Sums = dict[Key, dict[str, Any]]


def quarter_of(moment: datetime) -> datetime:
    """The beginning of its quarter of an hour."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def add_to_sums(histories: Iterable[ExecutionHistory]) -> None:
    """Count these runs everywhere. The caller sees to it that each is counted once, and that nobody else
    adds at the same time.
    """
    runs, providers, answers, nodes, totals = Sums(), Sums(), Sums(), Sums(), Sums()
    for history in histories:
        _count_run(history, runs, totals)
        _count_providers(history, providers)
        _count_answers(history, answers)
        _count_nodes(history, nodes)
    cuts = list(DayCut.objects.order_by("cut").values_list("cut", flat=True))
    _write(RunSum, ("workflow_id", "quarter"), runs)
    _write(RunDay, ("workflow_id", "cut", "day"), _by_days(runs, cuts))
    _write(ProviderSum, ("workflow_id", "quarter", "provider"), providers)
    _write(ProviderDay, ("workflow_id", "cut", "day", "provider"), _by_days(providers, cuts))
    _write(AnswerSum, ("workflow_id", "quarter", "approver"), answers)
    _write(NodeSum, ("workflow_id", "days", "day", "node_id", "node_type"), nodes)
    _write(WorkflowTotal, ("workflow_id",), totals)


def _count_run(history: ExecutionHistory, runs: Sums, totals: Sums) -> None:
    quarter, done = quarter_of(history.finished_at), history.status == Outcome.SUCCESS
    counts: dict[str, Any] = {each.value: int(history.status == each) for each in Outcome}
    counts |= {"duration_ms": history.duration_ms if done else 0}
    counts |= {"cost": history.cost, "tokens": history.tokens}
    durations = histogram_of(history.duration_ms) if done else 0
    for workflow_id in (history.workflow_id, EVERYTHING):
        _add(runs, (workflow_id, quarter), {**counts, "durations": durations})
    more = {"workflow_name": history.workflow_name, "last_finished_at": history.finished_at}
    _add(totals, (history.workflow_id,), {**counts, **more})


def _count_providers(history: ExecutionHistory, providers: Sums) -> None:
    quarter = quarter_of(history.finished_at)
    for provider, usage in history.ai_usage.items():
        counts = {"calls": usage["calls"], "tokens": usage["tokens"], "cost": Decimal(usage["cost"])}
        _add(providers, (history.workflow_id, quarter, provider[:40]), counts)


def _count_answers(history: ExecutionHistory, answers: Sums) -> None:
    for each in history.human_interactions:
        quarter = quarter_of(datetime.fromisoformat(each["responded_at"]))
        took = each["duration_ms"]
        counts = {
            "approved": int(each["approved"]),
            "rejected": int(not each["approved"]),
            "duration_ms": took,
            "longest_ms": took,
            "durations": histogram_of(took),
        }
        _add(answers, (history.workflow_id, quarter, each["approver"]), counts)


def _count_nodes(history: ExecutionHistory, nodes: Sums) -> None:
    day = history.finished_at.date()
    for each in history.node_metrics:
        counts = {
            "runs": each["runs"],
            "failures": each["failures"],
            "duration_ms": each["duration_ms"],
            "longest_ms": each["longest_ms"],
            "cost": Decimal(each["cost"]),
        }
        for days, first in ((1, day), (7, monday_of(day))):
            _add(nodes, (history.workflow_id, days, first, each["node_id"], each["node_type"]), counts)


def _by_days(sums: Sums, cuts: Iterable[int]) -> Sums:
    """The same figures by the days of each cut. Keys begin with workflow and quarter."""
    days = Sums()
    for cut in cuts:
        for (workflow_id, quarter, *rest), values in sums.items():
            _add(days, (workflow_id, cut, day_of(quarter, cut), *rest), values)
    return days


def _add(sums: Sums, key: Key, values: Mapping[str, Any]) -> None:
    found = sums.get(key)
    if found is None:
        sums[key] = dict(values)
        return
    for name, value in values.items():
        if name in _GREATEST:
            found[name] = max(found[name], value)
        elif name in _LATEST:
            found[name] = value
        else:
            found[name] += value


def _write(model: type[models.Model], key: tuple[str, ...], sums: Sums) -> None:
    """Add the sums to the rows of their keys, in the order of keys."""
    if not sums:
        return
    names = [*key, *next(iter(sums.values()))]
    table = model._meta.db_table
    changes = ", ".join(f'"{name}" = {_change(table, name)}' for name in names if name not in key)
    columns = ", ".join(f'"{name}"' for name in names)
    slots = f"({', '.join(['%s'] * len(names))})"
    conflict = ", ".join(key)
    rows = [(*each, *sums[each].values()) for each in sorted(sums, key=str)]
    with connection.cursor() as cursor:
        for part in (rows[begin : begin + _AT_ONCE] for begin in range(0, len(rows), _AT_ONCE)):
            sql = f"INSERT INTO {table} ({columns}) VALUES {', '.join([slots] * len(part))}"  # noqa: S608 - names of our own columns
            cursor.execute(
                f"{sql} ON CONFLICT ({conflict}) DO UPDATE SET {changes}", list(chain.from_iterable(part))
            )


def _change(table: str, name: str) -> str:
    old, new = f'{table}."{name}"', f'excluded."{name}"'
    if name in _GREATEST:
        return f"greatest({old}, {new})"
    if name in _LATEST:
        return new
    return f"{old} + {new}"
