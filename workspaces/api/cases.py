"""The API of regression cases: the corrections that every new version is held to."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from workspaces.access import find_workspace
from workspaces.api.session_examples import CASE
from workspaces.api.session_serializers import VERDICTS
from workspaces.models import PatternWorkspace, RegressionCase
from workspaces.queries.cases import (
    STANDINGS,
    Standing,
    cases_of,
    find_case,
    standing_of,
    that_stand,
)

TAG = ["coding runs"]


class CaseSerializer(serializers.ModelSerializer[RegressionCase]):
    """``context["standing"]`` says how the cases stand."""

    workspace = serializers.UUIDField(source="workspace_id")
    feedback = serializers.UUIDField(source="feedback_id", help_text="The correction that it is made of")
    session = serializers.UUIDField(source="feedback.session_id")
    candles = serializers.UUIDField(source="candles_id")
    verdict = serializers.ChoiceField(VERDICTS)
    at = serializers.IntegerField(help_text="The bar's time, in seconds since 1970, UTC")
    note = serializers.CharField(source="feedback.note")
    standing = serializers.SerializerMethodField(
        help_text="`held` or `lost` by the version in use, `untested` if it came later"
    )
    last_tested = serializers.SerializerMethodField(help_text="The same by the run that tested last")
    accepted_by_run = serializers.UUIDField(source="accepted_by_run_id", allow_null=True)

    class Meta:
        model = RegressionCase
        fields = (
            "id", "workspace", "feedback", "session", "candles", "first_bar", "last_bar", "verdict", "kind",
            "direction", "at", "price", "note", "standing", "last_tested", "accepted_by_run", "created_at",
        )  # fmt: skip

    def get_standing(self, case: RegressionCase) -> str:
        return self._standing.of(case)

    def get_last_tested(self, case: RegressionCase) -> str:
        return self._standing.lately(case)

    @property
    def _standing(self) -> Standing:
        standing: Standing = self.context["standing"]
        return standing


class CaseFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    verdict = django_filters.ChoiceFilter(choices=[(each, each) for each in VERDICTS])
    standing = django_filters.ChoiceFilter(
        choices=[(each, each) for each in STANDINGS], method="by_standing", label="By the version in use"
    )

    class Meta:
        model = RegressionCase
        fields = ["verdict", "kind"]

    def by_standing(self, rows: QuerySet[RegressionCase], name: str, value: str) -> QuerySet[RegressionCase]:
        view = self.request.parser_context["view"]
        return that_stand(rows, view.standing, value)


@extend_schema_view(get=extend_schema(examples=[CASE], tags=TAG, operation_id="workspaces_cases_list"))
class CasesView(ListAPIView[RegressionCase]):
    """Corrections that were sent, which every new version is held to, the newest first."""

    queryset = RegressionCase.objects.none()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter

    @cached_property
    def workspace(self) -> PatternWorkspace:
        return find_workspace(person(self.request), self.kwargs["pk"])

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.workspace)

    def get_queryset(self) -> QuerySet[RegressionCase]:
        if getattr(self, "swagger_fake_view", False):
            return RegressionCase.objects.none()
        return cases_of(self.workspace)

    def get_serializer_context(self) -> dict[str, Any]:
        is_drawn = getattr(self, "swagger_fake_view", False)
        standing = Standing("", None, None) if is_drawn else self.standing
        return {**super().get_serializer_context(), "standing": standing}


class CaseView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("case_id", UUID, OpenApiParameter.PATH)],
        responses=CaseSerializer,
        examples=[CASE],
        tags=TAG,
        operation_id="workspaces_case",
    )
    def get(self, request: Request, pk: UUID, case_id: UUID) -> Response:
        """One regression case, and whether the version in use holds it."""
        workspace = find_workspace(person(request), pk)
        context = {"standing": standing_of(workspace)}
        return Response(CaseSerializer(find_case(workspace, case_id), context=context).data)
