"""The API of what staff author. Everybody reads it; versions come in and out as whole documents."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from process.api import definition_serializers as shown
from process.api import examples
from process.api import writing_serializers as given
from process.api.authors import author
from process.api.simulated import script_of, shown_run
from process.domain.simulating import simulate
from process.domain.validation import validate
from process.models import ProcessVersion
from process.queries.compiled import process_of
from process.queries.differences import differences
from process.queries.exported import export_version
from process.queries.versions import find_version
from process.services.definitions import change_version, delete_version
from process.services.interchange import clone_version, import_version
from process.services.versions import activate_version

TAG = ["processes"]


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_versions_list"))
class VersionsView(ListAPIView[ProcessVersion]):
    """All versions of the process, the latest first."""

    queryset = ProcessVersion.objects.all()
    serializer_class = shown.ProcessVersionSerializer
    filterset_fields: ClassVar = ["is_active"]

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses={201: shown.ProcessVersionDetailSerializer},
        examples=[examples.DOCUMENT],
        tags=TAG,
        operation_id="process_versions_import",
    )
    def post(self, request: Request) -> Response:
        """Import a document as a new draft, as staff."""
        version = import_version(person(request), request.data)
        return Response(shown.ProcessVersionDetailSerializer(version).data, status=status.HTTP_201_CREATED)


class VersionView(APIView):
    @extend_schema(
        responses=shown.ProcessVersionDetailSerializer, tags=TAG, operation_id="process_versions_retrieve"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One version, with its commitments and the flags of its profile."""
        return Response(shown.ProcessVersionDetailSerializer(find_version(pk)).data)

    @extend_schema(
        request=given.VersionChangeSerializer,
        responses=shown.ProcessVersionDetailSerializer,
        examples=[examples.VERSION],
        tags=TAG,
        operation_id="process_versions_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change the name, description or flags of a draft, as staff."""
        user = author(request)
        data = valid_data(given.VersionChangeSerializer(data=request.data))
        return Response(shown.ProcessVersionDetailSerializer(change_version(user, pk, **data)).data)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_versions_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a draft with all its parts, as staff."""
        delete_version(author(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT, tags=TAG, operation_id="process_versions_export")
    def get(self, request: Request, pk: UUID) -> Response:
        """The whole version as the document that import takes."""
        return Response(export_version(find_version(pk)))


class CloneView(APIView):
    @extend_schema(
        request=shown.CloneProcessSerializer,
        responses={201: shown.ProcessVersionDetailSerializer},
        examples=[examples.CLONE],
        tags=TAG,
        operation_id="process_versions_clone",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Make a draft that is the same in everything, as staff."""
        name = valid_data(shown.CloneProcessSerializer(data=request.data))["name"]
        version = clone_version(person(request), pk, name=name)
        return Response(shown.ProcessVersionDetailSerializer(version).data, status=status.HTTP_201_CREATED)


class ActivateView(APIView):
    @extend_schema(
        request=None,
        responses=shown.ProcessVersionSerializer,
        tags=TAG,
        operation_id="process_versions_activate",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Give this version to new sessions, as staff; those under way keep theirs."""
        return Response(shown.ProcessVersionSerializer(activate_version(person(request), pk)).data)


class ValidateView(APIView):
    @extend_schema(
        responses=shown.ProcessFindingsSerializer,
        examples=[examples.FINDINGS],
        tags=TAG,
        operation_id="process_versions_validate",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What would go wrong for somebody who steps through it."""
        findings = validate(process_of(find_version(pk)))
        return Response({"findings": [finding.as_json() for finding in findings]})


class DiffView(APIView):
    @extend_schema(
        responses=shown.ProcessDifferencesSerializer,
        examples=[examples.DIFFERENCES],
        tags=TAG,
        operation_id="process_versions_diff",
    )
    def get(self, request: Request, pk: UUID, other_id: UUID) -> Response:
        """What is different in the other version, part by part."""
        found = differences(find_version(pk), find_version(other_id))
        return Response({"differences": [each.as_json() for each in found]})


class SimulateView(APIView):
    @extend_schema(
        request=given.SimulateSerializer,
        responses=shown.ProcessRunSerializer,
        examples=[examples.SIMULATE],
        tags=TAG,
        operation_id="process_versions_simulate",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """What a person with these choices would meet, for staff; nothing is stored."""
        author(request)
        data = valid_data(given.SimulateSerializer(data=request.data))
        process = process_of(find_version(pk))
        return Response(shown_run(simulate(process, script_of(data))))
