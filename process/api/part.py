"""The API of single parts of versions: everybody reads one, staff change and delete those of drafts."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.core.api.input import valid_data
from orchestrator.core.errors import NotFound
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
from process.services.packs import apply_pack


class PartView(APIView):
    """One row, and its change."""

    model: ClassVar[Any]
    serializer_class: ClassVar[Any]
    change_serializer: ClassVar[type[serializers.Serializer[Any]]]

    def shown(self, pk: UUID) -> Response:
        row = self.model.objects.filter(pk=pk).first()
        if row is None:
            raise NotFound("There is no such part.")
        return Response(self.serializer_class(row).data)

    def change(self, request: Request, pk: UUID) -> Response:
        user = author(request)
        self.change_part(user, pk, valid_data(self.change_serializer(data=request.data, partial=True)))
        return self.shown(pk)

    def change_part(self, user: Any, pk: UUID, data: dict[str, Any]) -> None:
        definitions.change_part(user, self.model, pk, **data)

    def remove(self, request: Request, pk: UUID) -> Response:
        self.delete_part(author(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def delete_part(self, user: Any, pk: UUID) -> None:
        definitions.delete_one_part(user, self.model, pk)


class CommitmentView(PartView):
    model = Commitment
    serializer_class = shown.CommitmentSerializer
    change_serializer = given.CommitmentChangeSerializer

    @extend_schema(
        responses=shown.CommitmentSerializer, tags=TAG, operation_id="process_commitments_retrieve"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One commitment."""
        return self.shown(pk)

    @extend_schema(
        request=given.CommitmentChangeSerializer(partial=True),
        responses=shown.CommitmentSerializer,
        tags=TAG,
        operation_id="process_commitments_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a commitment of a draft, as staff; what is not given stays."""
        return self.change(request, pk)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_commitments_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a commitment of a draft, as staff."""
        return self.remove(request, pk)


class NodeView(PartView):
    model = ProcessNode
    serializer_class = shown.ProcessNodeSerializer
    change_serializer = given.NodeChangeSerializer

    @extend_schema(responses=shown.ProcessNodeSerializer, tags=TAG, operation_id="process_nodes_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One phase."""
        return self.shown(pk)

    @extend_schema(
        request=given.NodeChangeSerializer(partial=True),
        responses=shown.ProcessNodeSerializer,
        tags=TAG,
        operation_id="process_nodes_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a phase of a draft, as staff; what is not given stays."""
        return self.change(request, pk)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_nodes_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a phase of a draft with its prompts and ways, as staff."""
        return self.remove(request, pk)


class EdgeView(PartView):
    model = FlowEdge
    serializer_class = shown.ProcessEdgeSerializer
    change_serializer = given.EdgeChangeSerializer

    @extend_schema(responses=shown.ProcessEdgeSerializer, tags=TAG, operation_id="process_edges_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One way."""
        return self.shown(pk)

    @extend_schema(
        request=given.EdgeChangeSerializer(partial=True),
        responses=shown.ProcessEdgeSerializer,
        tags=TAG,
        operation_id="process_edges_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a way of a draft, as staff; what is not given stays."""
        return self.change(request, pk)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_edges_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a way of a draft, as staff."""
        return self.remove(request, pk)


class SectionView(PartView):
    model = ProcessSection
    serializer_class = shown.ProcessSectionSerializer
    change_serializer = given.SectionChangeSerializer

    @extend_schema(
        responses=shown.ProcessSectionSerializer, tags=TAG, operation_id="process_sections_retrieve"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One section."""
        return self.shown(pk)

    @extend_schema(
        request=given.SectionChangeSerializer(partial=True),
        responses=shown.ProcessSectionSerializer,
        tags=TAG,
        operation_id="process_sections_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a section of a draft, as staff; what is not given stays."""
        return self.change(request, pk)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_sections_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a section of a draft, as staff; its prompts stay in their phases."""
        return self.remove(request, pk)


class PromptView(PartView):
    model = ProcessPrompt
    serializer_class = shown.ProcessPromptSerializer
    change_serializer = given.PromptChangeSerializer

    def change_part(self, user: Any, pk: UUID, data: dict[str, Any]) -> None:
        definitions.change_prompt(user, pk, **data)

    def delete_part(self, user: Any, pk: UUID) -> None:
        definitions.delete_prompt(user, pk)

    @extend_schema(responses=shown.ProcessPromptSerializer, tags=TAG, operation_id="process_prompts_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One prompt."""
        return self.shown(pk)

    @extend_schema(
        request=given.PromptChangeSerializer(partial=True),
        responses=shown.ProcessPromptSerializer,
        tags=TAG,
        operation_id="process_prompts_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a prompt of a draft, as staff; what is not given stays."""
        return self.change(request, pk)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_prompts_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a prompt of a draft, as staff."""
        return self.remove(request, pk)


class PromptPackView(PartView):
    model = PromptPack
    serializer_class = shown.PromptPackSerializer
    change_serializer = given.PackWriteSerializer

    def change_part(self, user: Any, pk: UUID, data: dict[str, Any]) -> None:
        definitions.save_pack(user, pk, **data)

    def delete_part(self, user: Any, pk: UUID) -> None:
        definitions.delete_pack(user, pk)

    @extend_schema(
        responses=shown.PromptPackSerializer, tags=TAG, operation_id="process_prompt_packs_retrieve"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One pack."""
        return self.shown(pk)

    @extend_schema(
        request=given.PackWriteSerializer(partial=True),
        responses=shown.PromptPackSerializer,
        tags=TAG,
        operation_id="process_prompt_packs_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a pack, as staff; what is not given stays."""
        return self.change(request, pk)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_prompt_packs_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a pack, as staff; what was copied from it stays."""
        return self.remove(request, pk)


class SectionPromptsView(APIView):
    @extend_schema(
        request=given.SectionPromptsSerializer,
        responses=shown.ProcessSectionSerializer,
        examples=[examples.SECTION_PROMPTS],
        tags=TAG,
        operation_id="process_sections_set_prompts",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Say which prompts are asked in a section of a draft, in order, as staff."""
        user = author(request)
        prompts = valid_data(given.SectionPromptsSerializer(data=request.data))["prompts"]
        section = definitions.ask_in_section(user, pk, prompts)
        return Response(shown.ProcessSectionSerializer(section).data)


class ApplyPackView(APIView):
    @extend_schema(
        request=given.ApplyPackSerializer,
        responses={201: shown.AppliedPackSerializer},
        examples=[examples.APPLY],
        tags=TAG,
        operation_id="process_prompt_packs_apply",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Copy the pack's prompts into phases of a draft, as staff; taken keys stay."""
        user = author(request)
        data = valid_data(given.ApplyPackSerializer(data=request.data))
        made = apply_pack(
            user,
            data["version"],
            pk,
            data["nodes"],
            prefix=data["prefix"],
            section_key=data["section"],
        )
        return Response(shown.AppliedPackSerializer({"prompts": made}).data, status=status.HTTP_201_CREATED)
