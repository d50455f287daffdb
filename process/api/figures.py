"""The API of how people fare in a version of the process: for staff, and of nobody in particular."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.analytics.api.views import RANGE
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotFound
from process.api.book_serializers import ProcessFiguresSerializer
from process.queries.asked import require_staff, strict_asked
from process.queries.figures import figures_of


class ProcessAnalyticsView(APIView):
    @extend_schema(
        responses=ProcessFiguresSerializer,
        parameters=[*RANGE, OpenApiParameter("version", UUID, description="Default: the active one")],
        tags=["analytics"],
        operation_id="process_analytics",
    )
    def get(self, request: Request) -> Response:
        """How many people began, where they are and stop, and how long it takes; never who, never content."""
        require_staff(person(request))
        asked = strict_asked(request.query_params)
        if asked.version is None:
            raise NotFound("No process was ever begun.")
        found = figures_of(asked.version.pk, asked.period, now=utc_now())
        shown = {
            "version_id": asked.version.pk,
            "version_name": asked.version.version_name,
            "range_start": asked.period.start,
            "range_end": asked.period.end,
            "totals": found.totals,
            "by_day": [{"begins_at": begins_at, "began": number} for begins_at, number in found.days],
            "phases": found.phases,
            "sections": found.sections,
        }
        return Response(ProcessFiguresSerializer(shown).data)
