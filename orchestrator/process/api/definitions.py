"""The API of what staff author. Everybody reads it; versions come in and out as whole documents."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import OldestFirst
from orchestrator.process.api import definition_serializers as shown
from orchestrator.process.api import examples
from orchestrator.process.domain.validation import validate
from orchestrator.process.models import (
    FlowEdge,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
)
from orchestrator.process.queries.compiled import process_of
from orchestrator.process.queries.exported import export_version
from orchestrator.process.queries.versions import find_version
from orchestrator.process.services.interchange import clone_version, import_version
from orchestrator.process.services.versions import activate_version

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


class OfVersion(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    version = django_filters.UUIDFilter(field_name="process_version", help_text="Only those of this version")


class OfNodesOfVersion(OfVersion):
    version = django_filters.UUIDFilter(
        field_name="process_node__process_version", help_text="Only those of this version"
    )
    node = django_filters.UUIDFilter(field_name="process_node", help_text="Only those of this node")


class UsableIn(OfVersion):
    version = django_filters.UUIDFilter(method="usable", help_text="Those that this version may use")

    def usable(self, rows: QuerySet[PromptPack], name: str, value: UUID) -> QuerySet[PromptPack]:
        return rows.filter(Q(is_global=True) | Q(process_version=value))


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_nodes_list"))
class NodesView(ListAPIView[ProcessNode]):
    """Phases of all versions, or of one."""

    queryset = ProcessNode.objects.select_related("node_type")
    serializer_class = shown.ProcessNodeSerializer
    filterset_class = OfVersion
    pagination_class = OldestFirst


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_edges_list"))
class EdgesView(ListAPIView[FlowEdge]):
    """Ways between phases; those from the same phase are tried by their order index."""

    queryset = FlowEdge.objects.all()
    serializer_class = shown.ProcessEdgeSerializer
    filterset_class = OfVersion
    pagination_class = OldestFirst


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_prompts_list"))
class PromptsView(ListAPIView[ProcessPrompt]):
    """Prompts of all versions, of one, or of one phase."""

    queryset = ProcessPrompt.objects.all()
    serializer_class = shown.ProcessPromptSerializer
    filterset_class = OfNodesOfVersion
    pagination_class = OldestFirst


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_prompt_packs_list"))
class PromptPacksView(ListAPIView[PromptPack]):
    """Sequences of prompts that can be put into many phases."""

    queryset = PromptPack.objects.prefetch_related("prompts")
    serializer_class = shown.PromptPackSerializer
    filterset_class = UsableIn
    pagination_class = OldestFirst


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_sections_list"))
class SectionsView(ListAPIView[ProcessSection]):
    """Sections of all versions, or of one, with what is asked in them."""

    queryset = ProcessSection.objects.prefetch_related("section_prompts")
    serializer_class = shown.ProcessSectionSerializer
    filterset_class = OfVersion
    pagination_class = OldestFirst
