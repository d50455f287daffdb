"""All that a page of analytics shows, kept for some seconds, since charts are looked at again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.queries.nodes import NodeRow, slowest_nodes
from orchestrator.analytics.queries.runs import Bucket, Runs, runs_by_time, runs_in, together
from orchestrator.analytics.queries.scope import Scope
from orchestrator.analytics.queries.tables import (
    AnswerRow,
    ProviderRow,
    WorkflowRow,
    answers_in,
    costs_in,
    workflows_in,
)

KEPT_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Overview:
    buckets: list[Bucket]
    runs: Runs
    before: Runs
    workflows: list[WorkflowRow]
    nodes: list[NodeRow]
    costs: list[ProviderRow]
    """By provider and day."""
    cost_by_workflow: list[ProviderRow]
    answers: list[AnswerRow]


def overview(scope: Scope, period: TimeRange) -> Overview:
    """A fixed number of queries, whatever there is; none within some seconds of the last time."""
    zone = getattr(period.zone, "key", str(period.zone))
    key = f"analytics:{scope.key}:{period.start.isoformat()}:{period.end.isoformat()}:{period.hourly}:{zone}"
    found = cache.get(key)
    if not isinstance(found, Overview):
        found = _read(scope, period)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _read(scope: Scope, period: TimeRange) -> Overview:
    buckets = runs_by_time(scope, period)
    return Overview(
        buckets=buckets,
        runs=together(buckets),
        before=runs_in(scope, period.before),
        workflows=workflows_in(scope, period),
        nodes=slowest_nodes(scope, period),
        costs=costs_in(scope, period, by=frozenset({"provider", "day"})),
        cost_by_workflow=costs_in(scope, period, by=frozenset({"workflow"}))[:20],
        answers=answers_in(scope, period),
    )
