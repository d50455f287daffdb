"""How the runs of a workflow went."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.core.cache import cache
from django.db.models import Avg, Count, F, Q

from orchestrator.executions.domain.status import FINAL, Status
from orchestrator.executions.models import Execution

STATS_RUNS: Final = 1_000
"""Finished runs that the success rate and the mean duration are taken over: the latest, so that both say
how the workflow does now, and cost the same for one that has run a million times."""


KEPT_SECONDS: Final = 10
MANY_RUNS: Final = 10_000
"""From so many runs on, counting them is worth keeping for KEPT_SECONDS; fewer are always counted anew."""


def workflow_stats(workflow_id: UUID) -> dict[str, Any]:
    """Counts by status of all runs; success rate and mean duration over the latest finished ones."""
    key = f"workflow-stats:{workflow_id}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        kept = _counted(workflow_id)
        if kept["total"] >= MANY_RUNS:
            cache.set(key, kept, KEPT_SECONDS)
    return kept


def _counted(workflow_id: UUID) -> dict[str, Any]:
    runs = Execution.objects.filter(workflow_id=workflow_id)
    rows = runs.order_by("status").values_list("status").annotate(runs=Count("id"))
    counts: dict[str, int] = dict(rows)
    finished = runs.filter(status__in=FINAL).order_by("-id")[:STATS_RUNS]
    took = F("finished_at") - F("started_at")
    done = Q(status=Status.COMPLETED.value)
    latest = Execution.objects.filter(pk__in=finished.values("pk")).aggregate(
        runs=Count("id"), completed=Count("id", filter=done), mean=Avg(took, filter=done)
    )
    return {
        "total": sum(counts.values()),
        "by_status": counts,
        "success_rate": latest["completed"] / latest["runs"] if latest["runs"] else None,
        "average_duration_ms": latest["mean"].total_seconds() * 1000 if latest["mean"] is not None else None,
    }
