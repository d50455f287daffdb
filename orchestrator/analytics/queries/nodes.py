"""The nodes that take longest, of the weeks in a range and the days at its ends."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connections
from django.db.models import Q

from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.models import NodeSum
from orchestrator.analytics.queries.scope import Scope
from orchestrator.analytics.queries.tables import names_of

_COLUMNS: Final = (
    "workflow_id", "node_id", "node_type", "runs", "failures", "duration_ms", "longest_ms", "cost",
)  # fmt: skip
_SLOWEST: Final = """
SELECT workflow_id, node_id, node_type, sum(runs), sum(failures),
    sum(duration_ms)::float8 / sum(runs)::float8 AS mean, max(longest_ms), sum(cost)
FROM ({}) AS summed GROUP BY workflow_id, node_id, node_type
HAVING sum(runs) > 0 ORDER BY mean DESC, workflow_id, node_id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class NodeRow:
    workflow_id: UUID
    workflow: str
    node_id: str
    node_type: str
    runs: int
    failures: int
    average_ms: float
    longest_ms: int
    cost: Decimal


def slowest_nodes(scope: Scope, period: TimeRange, *, most: int = 20) -> list[NodeRow]:
    """Nodes by their mean duration, over the days of the period as UTC has them. Two queries.

    The first one is written by hand: the ORM groups no union, and PostgreSQL reads a union of ranges of an
    index ten times as fast as it reads one condition with OR.
    """
    first, *others = [scope.of(NodeSum.objects.filter(part)).order_by() for part in _parts(period)]
    rows = first.values_list(*_COLUMNS).union(*(each.values_list(*_COLUMNS) for each in others), all=True)
    inner, params = rows.query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(_SLOWEST.format(inner), (*params, most))
        found = cursor.fetchall()
    names = names_of(row[0] for row in found)
    return [NodeRow(row[0], names.get(row[0], ""), *row[1:]) for row in found]


def _parts(period: TimeRange) -> list[Q]:
    first, last = period.start.date(), period.end.date()
    monday, until = period.weeks
    if monday == until:
        return [Q(days=1, day__gte=first, day__lte=last)]
    return [
        Q(days=7, day__gte=monday, day__lt=until),
        Q(days=1, day__gte=first, day__lt=monday),
        Q(days=1, day__gte=until, day__lte=last),
    ]
