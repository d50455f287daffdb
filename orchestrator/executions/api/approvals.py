"""The API of approvals: the inbox, and answering."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiScope
from orchestrator.core.api.input import valid_data
from orchestrator.core.errors import NotFound
from orchestrator.executions.api import examples
from orchestrator.executions.api import serializers as shown
from orchestrator.executions.api.filters import ApprovalFilter
from orchestrator.executions.models import Approval
from orchestrator.executions.queries.approvals import with_votes
from orchestrator.executions.queries.asked import tally
from orchestrator.executions.queries.visible import approvals_for
from orchestrator.executions.services.approving import UNCHANGED, answer_approval


@extend_schema_view(list=extend_schema(tags=["approvals"], summary="List approvals"))
class ApprovalViewSet(ListModelMixin, GenericViewSet[Approval]):
    """Approvals one may see; with ``?mine=true`` those that wait for one's answer."""

    queryset = Approval.objects.none()
    serializer_class = shown.ApprovalSerializer
    filterset_class = ApprovalFilter
    lookup_value_converter = "uuid"
    required_scope = ApiScope.APPROVE.value

    def get_queryset(self) -> QuerySet[Approval]:
        if getattr(self, "swagger_fake_view", False):
            return Approval.objects.none()
        return approvals_for(person(self.request))

    @extend_schema(responses=shown.ApprovalDetailSerializer, tags=["approvals"])
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One approval, with what is asked and what became of it."""
        return self._detail(pk)

    @extend_schema(
        request=shown.AnswerSerializer,
        responses=shown.ApprovalDetailSerializer,
        examples=[examples.ANSWER, examples.ANSWER_EDITED, examples.ANSWERED],
        tags=["approvals"],
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: UUID) -> Response:
        """Approve, with a comment and, where there is a form, an edited payload. 409 if it is decided."""
        return self._answer(request, pk, approves=True)

    @extend_schema(
        request=shown.AnswerSerializer,
        responses=shown.ApprovalDetailSerializer,
        examples=[examples.ANSWER],
        tags=["approvals"],
    )
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: UUID) -> Response:
        """Reject, with a comment. 409 if it is decided."""
        return self._answer(request, pk, approves=False)

    def _answer(self, request: Request, pk: UUID, *, approves: bool) -> Response:
        given = valid_data(shown.AnswerSerializer(data=request.data))
        payload = given.get("payload", UNCHANGED)
        answer_approval(person(request), pk, approves=approves, comment=given["comment"], payload=payload)
        return self._detail(pk)

    def _detail(self, pk: UUID) -> Response:
        approval = with_votes(self.get_queryset()).filter(pk=pk).first()
        if approval is None:
            raise NotFound("There is no such approval, or none that you may see.")
        approval.tally = tally(approval)  # type: ignore[attr-defined]  # for the serializer
        return Response(shown.ApprovalDetailSerializer(approval).data)
