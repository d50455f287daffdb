"""The API of the parts of versions: everybody reads them, staff add to drafts."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import OldestFirst
from process.api import definition_serializers as shown
from process.api import examples
from process.api import writing_serializers as given
from process.api.authors import author
from process.api.definitions import TAG
from process.models import (
    Commitment,
    FlowEdge,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    PromptPack,
)
from process.services import definitions


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


class PartsView(ListAPIView[Any]):
    """Rows of all versions or of one; adding to a draft puts it after its like."""

    pagination_class = OldestFirst
    filterset_class = OfVersion
    model: ClassVar[Any]
    create_serializer: ClassVar[type[serializers.Serializer[Any]]]

    def create(self, request: Request) -> Response:
        user = author(request)
        data = valid_data(self.create_serializer(data=request.data))
        row = definitions.add_part(user, self.model, data.pop("version"), **data)
        return self.created(row)

    def created(self, row: Any) -> Response:
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


class CommitmentsView(PartsView):
    model = Commitment
    queryset = Commitment.objects.all()
    serializer_class = shown.CommitmentSerializer
    create_serializer = given.CommitmentCreateSerializer

    @extend_schema(tags=TAG, operation_id="process_commitments_list")
    def get(self, request: Request) -> Response:
        """What versions promise to people at their beginning."""
        return self.list(request)

    @extend_schema(
        request=given.CommitmentCreateSerializer,
        responses={201: shown.CommitmentSerializer},
        examples=[examples.COMMITMENT],
        tags=TAG,
        operation_id="process_commitments_create",
    )
    def post(self, request: Request) -> Response:
        """Add a commitment to a draft, as staff."""
        return self.create(request)


class NodesView(PartsView):
    model = ProcessNode
    queryset = ProcessNode.objects.select_related("node_type")
    serializer_class = shown.ProcessNodeSerializer
    create_serializer = given.NodeCreateSerializer

    @extend_schema(tags=TAG, operation_id="process_nodes_list")
    def get(self, request: Request) -> Response:
        """Phases of all versions, or of one."""
        return self.list(request)

    @extend_schema(
        request=given.NodeCreateSerializer,
        responses={201: shown.ProcessNodeSerializer},
        examples=[examples.NODE],
        tags=TAG,
        operation_id="process_nodes_create",
    )
    def post(self, request: Request) -> Response:
        """Add a phase to a draft, as staff."""
        return self.create(request)


class EdgesView(PartsView):
    model = FlowEdge
    queryset = FlowEdge.objects.all()
    serializer_class = shown.ProcessEdgeSerializer
    create_serializer = given.EdgeCreateSerializer

    @extend_schema(tags=TAG, operation_id="process_edges_list")
    def get(self, request: Request) -> Response:
        """Ways between phases; from the same phase tried by their order index."""
        return self.list(request)

    @extend_schema(
        request=given.EdgeCreateSerializer,
        responses={201: shown.ProcessEdgeSerializer},
        examples=[examples.EDGE],
        tags=TAG,
        operation_id="process_edges_create",
    )
    def post(self, request: Request) -> Response:
        """Add a way between two phases of a draft, as staff."""
        return self.create(request)


class SectionsView(PartsView):
    model = ProcessSection
    queryset = ProcessSection.objects.prefetch_related("section_prompts")
    serializer_class = shown.ProcessSectionSerializer
    create_serializer = given.SectionCreateSerializer

    @extend_schema(tags=TAG, operation_id="process_sections_list")
    def get(self, request: Request) -> Response:
        """Sections of all versions, or of one, with what is asked in them."""
        return self.list(request)

    @extend_schema(
        request=given.SectionCreateSerializer,
        responses={201: shown.ProcessSectionSerializer},
        examples=[examples.SECTION],
        tags=TAG,
        operation_id="process_sections_create",
    )
    def post(self, request: Request) -> Response:
        """Add a section to a draft, as staff."""
        return self.create(request)


class PromptsView(PartsView):
    model = ProcessPrompt
    queryset = ProcessPrompt.objects.all()
    serializer_class = shown.ProcessPromptSerializer
    create_serializer = given.PromptCreateSerializer
    filterset_class = OfNodesOfVersion

    @extend_schema(tags=TAG, operation_id="process_prompts_list")
    def get(self, request: Request) -> Response:
        """Prompts of all versions, of one, or of one phase."""
        return self.list(request)

    @extend_schema(
        request=given.PromptCreateSerializer,
        responses={201: shown.ProcessPromptSerializer},
        examples=[examples.PROMPT],
        tags=TAG,
        operation_id="process_prompts_create",
    )
    def post(self, request: Request) -> Response:
        """Add a prompt to a phase of a draft, as staff."""
        user = author(request)
        data = valid_data(given.PromptCreateSerializer(data=request.data))
        return self.created(definitions.add_prompt(user, data.pop("node"), **data))


class PromptPacksView(PartsView):
    model = PromptPack
    queryset = PromptPack.objects.prefetch_related("prompts")
    serializer_class = shown.PromptPackSerializer
    create_serializer = given.PackWriteSerializer
    filterset_class = UsableIn

    @extend_schema(tags=TAG, operation_id="process_prompt_packs_list")
    def get(self, request: Request) -> Response:
        """Sequences of prompts that can be put into many phases."""
        return self.list(request)

    @extend_schema(
        request=given.PackWriteSerializer,
        responses={201: shown.PromptPackSerializer},
        examples=[examples.PACK],
        tags=TAG,
        operation_id="process_prompt_packs_create",
    )
    def post(self, request: Request) -> Response:
        """Make a pack, as staff."""
        user = author(request)
        data = valid_data(given.PackWriteSerializer(data=request.data))
        return self.created(definitions.save_pack(user, None, **data))
