"""Tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from orchestrator.analytics.queries.nodes import slowest_nodes
from orchestrator.analytics.queries.runs import runs_by_time
from orchestrator.analytics.queries.tables import (
    answers_in,
    costs_in,
    slow_workflows,
    workflows_in,
)
from orchestrator.analytics.queries.wanted import Wanted
from orchestrator.core.spreadsheets import guarded

Rows = Iterable[Iterable[Any]]


def export_table(name: str, wanted: Wanted, *, over_ms: int) -> Iterator[bytes]:
    """The lines of a table of ``TABLES``, its head first."""
    head, rows = TABLES[name]
    yield _line(head)
    for row in rows(wanted, over_ms):
        yield _line(row)


def _line(cells: Iterable[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([_plain(cell) for cell in cells])
    return text.getvalue().encode()


def _plain(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    return round(cell, 4) if isinstance(cell, float) else cell


def _runs(wanted: Wanted, over_ms: int) -> Rows:
    for bucket in runs_by_time(wanted.scope, wanted.period):
        runs, local = bucket.runs, bucket.begins_at.astimezone(wanted.period.zone)
        yield (
            local.isoformat(), runs.total, runs.success, runs.failure, runs.timeout, runs.cancelled,
            runs.success_rate, runs.average_ms, runs.p50_ms, runs.p95_ms, runs.cost, runs.tokens,
        )  # fmt: skip


def _workflows(wanted: Wanted, over_ms: int) -> Rows:
    for row in workflows_in(wanted.scope, wanted.period):
        yield (
            row.workflow_id, row.name, row.total, row.success, row.failed, row.success_rate, row.average_ms,
            row.cost,
        )  # fmt: skip


def _nodes(wanted: Wanted, over_ms: int) -> Rows:
    for row in slowest_nodes(wanted.scope, wanted.period, most=500):
        yield (
            row.workflow, row.node_id, row.node_type, row.runs, row.failures, row.average_ms, row.longest_ms,
            row.cost,
        )  # fmt: skip


def _costs(wanted: Wanted, over_ms: int) -> Rows:
    by = frozenset({"provider", "day", "workflow"})
    for row in costs_in(wanted.scope, wanted.period, by=by):
        local = row.begins_at.astimezone(wanted.period.zone) if row.begins_at else None
        yield (
            local.isoformat() if local else "",
            row.provider,
            row.workflow,
            row.calls,
            row.tokens,
            row.cost,
        )


def _answers(wanted: Wanted, over_ms: int) -> Rows:
    for row in answers_in(wanted.scope, wanted.period):
        yield (row.approver, row.approved, row.rejected, row.average_ms, row.p50_ms, row.longest_ms)


def _slow(wanted: Wanted, over_ms: int) -> Rows:
    for row in slow_workflows(wanted.scope, over_ms=over_ms, most=1_000):
        yield (row.workflow_id, row.name, row.runs, row.average_ms)


TABLES: Final[dict[str, tuple[tuple[str, ...], Callable[[Wanted, int], Rows]]]] = {
    "runs": (
        ("begins_at", "runs", "success", "failure", "timeout", "cancelled", "success_rate", "average_ms",
         "p50_ms", "p95_ms", "cost", "tokens"),
        _runs,
    ),
    "workflows": (
        ("workflow_id", "workflow", "runs", "success", "failed", "success_rate", "average_ms", "cost"),
        _workflows,
    ),
    "nodes": (
        ("workflow", "node_id", "node_type", "runs", "failures", "average_ms", "longest_ms", "cost"),
        _nodes,
    ),
    "costs": (("begins_at", "provider", "workflow", "calls", "tokens", "cost"), _costs),
    "answers": (("approver", "approved", "rejected", "average_ms", "p50_ms", "longest_ms"), _answers),
    "slow": (("workflow_id", "workflow", "runs", "average_ms"), _slow),
}  # fmt: skip
