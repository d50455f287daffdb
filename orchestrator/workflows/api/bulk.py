"""The API of bulk jobs: one action on many objects, in the background."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import OldestFirst
from orchestrator.workflows.api import examples
from orchestrator.workflows.api import library_serializers as shown
from orchestrator.workflows.models import BulkJob, BulkJobError
from orchestrator.workflows.services import bulk


@extend_schema_view(get=extend_schema(tags=["bulk jobs"], operation_id="bulk_jobs_list"))
class BulkJobsView(ListAPIView[BulkJob]):
    """Your bulk jobs, the latest first."""

    queryset = BulkJob.objects.none()
    serializer_class = shown.BulkJobSerializer

    def get_queryset(self) -> QuerySet[BulkJob]:
        return BulkJob.objects.filter(owner=person(self.request))

    @extend_schema(
        request=shown.BulkJobWriteSerializer,
        responses={202: shown.BulkJobSerializer},
        examples=[examples.BULK_IDS, examples.BULK_FILTERS],
        tags=["bulk jobs"],
        operation_id="bulk_jobs_start",
    )
    def post(self, request: Request) -> Response:
        """Ask for an action on these objects, or on all that these filters find now."""
        given = valid_data(shown.BulkJobWriteSerializer(data=request.data))
        job = bulk.start_bulk_job(person(request), **given)
        return Response(shown.BulkJobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class BulkJobView(APIView):
    @extend_schema(responses=shown.BulkJobSerializer, tags=["bulk jobs"], operation_id="bulk_jobs_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """How far a job has come."""
        return Response(shown.BulkJobSerializer(bulk.find_bulk_job(person(request), pk)).data)


class CancelBulkJobView(APIView):
    @extend_schema(
        request=None,
        responses={202: shown.BulkJobSerializer},
        tags=["bulk jobs"],
        operation_id="bulk_jobs_cancel",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Ask it to stop. What is done stays done."""
        job = bulk.cancel_bulk_job(person(request), pk)
        return Response(shown.BulkJobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


@extend_schema_view(get=extend_schema(tags=["bulk jobs"], operation_id="bulk_jobs_errors"))
class BulkJobErrorsView(ListAPIView[BulkJobError]):
    """What could not be done, and why; the first thousand."""

    queryset = BulkJobError.objects.none()
    serializer_class = shown.BulkJobErrorSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> QuerySet[BulkJobError]:
        return bulk.find_bulk_job(person(self.request), self.kwargs["pk"]).errors.all()
