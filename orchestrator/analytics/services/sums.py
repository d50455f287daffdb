"""Adding to the sums of the history, in the transaction that adds the history itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, models

from orchestrator.analytics.domain.durations import add, bin_of
from orchestrator.analytics.models import (
    EVERYTHING,
    AnswerSum,
    ExecutionHistory,
    NodeSum,
    Outcome,
    ProviderSum,
    RunSum,
    WorkflowTotal,
)

_GREATEST: Final = frozenset({"longest_ms", "last_finished_at"})
_LATEST: Final = frozenset({"workflow_name"})
_ADD_ARRAYS: Final = (
    "ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest({old}, {new}) WITH ORDINALITY AS t(a, b, n)"
    " ORDER BY n)"
)

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
    _write(RunSum, ("workflow_id", "quarter"), runs)
    _write(ProviderSum, ("workflow_id", "quarter", "provider"), providers)
    _write(AnswerSum, ("workflow_id", "quarter", "approver"), answers)
    _write(NodeSum, ("workflow_id", "day", "node_id", "node_type"), nodes)
    _write(WorkflowTotal, ("workflow_id",), totals)


def histogram_of(milliseconds: int) -> list[int]:
    """Of one value; cut off after its bin."""
    return [0] * bin_of(milliseconds) + [1]


def _count_run(history: ExecutionHistory, runs: Sums, totals: Sums) -> None:
    quarter, done = quarter_of(history.finished_at), history.status == Outcome.SUCCESS
    counts: dict[str, Any] = {each.value: int(history.status == each) for each in Outcome}
    counts |= {"duration_ms": history.duration_ms if done else 0}
    counts |= {"cost": history.cost, "tokens": history.tokens}
    durations = histogram_of(history.duration_ms) if done else []
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
        _add(nodes, (history.workflow_id, day, each["node_id"], each["node_type"]), counts)


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
        elif name == "durations":
            found[name] = add(found[name], value)
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
    slots = ", ".join(["%s"] * len(names))
    conflict = ", ".join(key)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({slots}) ON CONFLICT ({conflict}) DO UPDATE SET {changes}"  # noqa: S608 - names of our own columns
    rows = [(*each, *sums[each].values()) for each in sorted(sums, key=str)]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _change(table: str, name: str) -> str:
    old, new = f'{table}."{name}"', f'excluded."{name}"'
    if name in _GREATEST:
        return f"greatest({old}, {new})"
    if name in _LATEST:
        return new
    if name == "durations":
        return _ADD_ARRAYS.format(old=old, new=new)
    return f"{old} + {new}"
