"""The API of analytics: figures of everything one may see, of one workflow, of costs and of answers."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.analytics.api import serializers as shown
from orchestrator.analytics.domain.ranges import CHOICES
from orchestrator.analytics.queries.overview import overview
from orchestrator.analytics.queries.stats import stats_of
from orchestrator.analytics.queries.tables import SLOW_MS, ProviderRow, answers_in, costs_in, slow_workflows
from orchestrator.analytics.queries.wanted import Wanted, strict_wanted
from orchestrator.core.errors import InvalidInput
from orchestrator.executions.queries.statistics import workflow_stats
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access

_LONGEST_SECONDS: Final = 10_000_000
OVER: Final = OpenApiParameter("over", float, description="Seconds. Default: 5")
_GROUPS: Final = frozenset({"provider", "day", "workflow"})
RANGE: Final = [
    OpenApiParameter("range", str, enum=list(CHOICES), description="Default: `30d`"),
    OpenApiParameter("from", str, description="First day instead, such as `2026-03-01`"),
    OpenApiParameter("to", str, description="Last day, included"),
]
WORKFLOW: Final = OpenApiParameter("workflow", UUID, description="Only this workflow")
GROUP_BY: Final = OpenApiParameter(
    "group_by",
    str,
    description="Any of `provider`, `day` and `workflow`, with commas between. Default: `provider`",
    examples=[OpenApiExample("By provider and day", value="provider,day")],
)


class SummaryView(APIView):
    @extend_schema(
        responses=shown.SummarySerializer,
        parameters=[*RANGE, WORKFLOW],
        tags=["analytics"],
        operation_id="analytics_summary",
    )
    def get(self, request: Request) -> Response:
        """Runs, outcomes and durations by day, the busiest workflows and the slowest nodes."""
        return Response(shown.SummarySerializer(_summary(_wanted(request))).data)


class WorkflowView(APIView):
    @extend_schema(
        responses=shown.WorkflowAnalyticsSerializer,
        parameters=RANGE,
        tags=["analytics"],
        operation_id="analytics_workflow",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The same of one workflow, and what it ever did."""
        find_workflow(person(request), pk, Access.VIEWER)
        found = {**_summary(_wanted(request, pk)), "ever": stats_of(pk)}
        return Response(shown.WorkflowAnalyticsSerializer(found).data)


class StatsView(APIView):
    @extend_schema(responses=shown.StatsSerializer, tags=["workflows"], operation_id="workflows_stats")
    def get(self, request: Request, pk: UUID) -> Response:
        """How the runs of a workflow went: those that are there, and all that there ever were."""
        find_workflow(person(request), pk, Access.VIEWER)
        found = {**workflow_stats(pk), "ever": stats_of(pk)}
        return Response(shown.StatsSerializer(found).data)


class CostsView(APIView):
    @extend_schema(
        responses=shown.CostsSerializer,
        parameters=[GROUP_BY, *RANGE, WORKFLOW],
        tags=["analytics"],
        operation_id="analytics_costs",
    )
    def get(self, request: Request) -> Response:
        """What AI calls came to."""
        wanted = _wanted(request)
        groups = frozenset(filter(None, request.query_params.get("group_by", "provider").split(",")))
        if not groups <= _GROUPS:
            message = f"Any of {', '.join(sorted(_GROUPS))}, with commas between."
            raise InvalidInput(message, fields={"group_by": [message]})
        rows = [_cost(row, groups) for row in costs_in(wanted.scope, wanted.period, by=groups)]
        return Response(shown.CostsSerializer({**_ends(wanted), "results": rows}).data)


class ApprovalsView(APIView):
    @extend_schema(
        responses=shown.ApprovalsSerializer,
        parameters=[*RANGE, WORKFLOW],
        tags=["analytics"],
        operation_id="analytics_approvals",
    )
    def get(self, request: Request) -> Response:
        """How long people took to answer approvals."""
        wanted = _wanted(request)
        found = {**_ends(wanted), "results": answers_in(wanted.scope, wanted.period)}
        return Response(shown.ApprovalsSerializer(found).data)


class SlowView(APIView):
    @extend_schema(
        responses=shown.SlowSerializer, parameters=[OVER], tags=["analytics"], operation_id="analytics_slow"
    )
    def get(self, request: Request) -> Response:
        """Workflows whose successful runs take longer than this on average."""
        given = request.query_params.get("over", "")
        try:
            seconds = float(given or SLOW_MS / 1_000)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= _LONGEST_SECONDS:
            message = "A number of seconds."
            raise InvalidInput(message, fields={"over": [message]})
        rows = slow_workflows(_wanted(request).scope, over_ms=round(seconds * 1_000))
        return Response(shown.SlowSerializer({"results": rows}).data)


def _wanted(request: Request, workflow: UUID | None = None) -> Wanted:
    return strict_wanted(request.query_params, person(request), workflow)


def _summary(wanted: Wanted) -> dict[str, Any]:
    found = overview(wanted.scope, wanted.period)
    return {
        **_ends(wanted),
        "runs": found.runs,
        "before": found.before,
        "by_time": found.buckets,
        "workflows": found.workflows,
        "slowest_nodes": found.nodes,
    }


def _ends(wanted: Wanted) -> dict[str, Any]:
    return {"range_start": wanted.period.start, "range_end": wanted.period.end}


def _cost(row: ProviderRow, groups: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"calls": row.calls, "tokens": row.tokens, "cost": row.cost}
    if "provider" in groups:
        found["provider"] = row.provider
    if "day" in groups:
        found["day"] = row.begins_at
    if "workflow" in groups:
        found |= {"workflow_id": row.workflow_id, "workflow": row.workflow}
    return found
