"""The API of recommendations: judging them later, and how well confidence foretold what came of them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from trading.strategy.api import matrix_examples as examples
from trading.strategy.domain.judging import Judgement
from trading.strategy.domain.vocabulary import Outcome, RecommendationStatus
from trading.strategy.models import Recommendation
from trading.strategy.queries.recommendations import (
    UNJUDGED,
    calibration_of,
    recommendations_for,
    told_calibration,
)
from trading.strategy.services.judging import (
    NOTE,
    find_recommendation,
    judge_recommendation,
    record_outcome,
)

TAG = ["strategy recommendations"]
STATUSES: Final = [(each.value, each.value) for each in RecommendationStatus]
OUTCOMES: Final = [(each.value, each.value) for each in Outcome]
JUDGEMENTS: Final = [(each.value, each.value) for each in Judgement]


@extend_schema_serializer(examples=[examples.RECOMMENDATION])
class RecommendationSerializer(serializers.ModelSerializer[Recommendation]):
    corporation = serializers.UUIDField(source="step.session.corporation_id")
    session = serializers.UUIDField(source="step.session_id")
    step = serializers.UUIDField(source="step_id")
    step_type = serializers.CharField(source="step.step_type")
    status = serializers.ChoiceField(STATUSES)
    outcome = serializers.CharField(help_text="success, partial or failure; empty: not told yet")
    citations = serializers.JSONField(help_text="On which data of which age it rests")
    judged_by = serializers.CharField(source="judged_by.username", default="", allow_blank=True)

    class Meta:
        model = Recommendation
        fields = (
            "id", "corporation", "session", "step", "step_type", "number", "title", "detail",
            "confidence_score", "citations", "status", "outcome", "note", "judged_by", "accepted_at",
            "done_at", "judged_at",
        )  # fmt: skip


class JudgementSerializer(serializers.Serializer[Any]):
    judgement = serializers.ChoiceField(JUDGEMENTS)
    note = serializers.CharField(max_length=NOTE, allow_blank=True, allow_null=True, default=None)


class CameOfItSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(OUTCOMES)
    note = serializers.CharField(max_length=NOTE, allow_blank=True, allow_null=True, default=None)


class BinSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField()
    high = serializers.FloatField()
    count = serializers.IntegerField()
    confidence = serializers.FloatField(allow_null=True)
    came_true = serializers.FloatField(allow_null=True)
    least = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval of `came_true`")
    most = serializers.FloatField(allow_null=True)


@extend_schema_serializer(examples=[examples.CALIBRATION])
class CalibrationSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Recommendations with a confidence and an outcome")
    confidence = serializers.FloatField(allow_null=True)
    came_true = serializers.FloatField(allow_null=True, help_text="A partial success counts a half")
    least = serializers.FloatField(allow_null=True)
    most = serializers.FloatField(allow_null=True)
    brier = serializers.FloatField(allow_null=True, help_text="0 is perfect, 0.25 what “a half” earns")
    verdict = serializers.CharField(help_text="too_few, overconfident, underconfident or unremarkable")
    bins = BinSerializer(many=True)


class RecommendationFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    corporation = django_filters.UUIDFilter(field_name="step__session__corporation_id")
    session = django_filters.UUIDFilter(field_name="step__session_id")
    status = django_filters.ChoiceFilter(choices=STATUSES)
    outcome = django_filters.ChoiceFilter(choices=[*OUTCOMES, (UNJUDGED, UNJUDGED)], method="by_outcome")

    class Meta:
        model = Recommendation
        fields: list[str] = []

    def by_outcome(self, rows: QuerySet[Recommendation], name: str, value: str) -> QuerySet[Recommendation]:
        return rows.filter(outcome="" if value == UNJUDGED else value)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="strategy_recommendations_list"))
class RecommendationsView(ListAPIView[Recommendation]):
    """What sessions recommended, the newest first. `outcome=none`: those whose outcome is not told yet."""

    queryset = Recommendation.objects.none()
    serializer_class = RecommendationSerializer
    filterset_class = RecommendationFilter

    def get_queryset(self) -> QuerySet[Recommendation]:
        if getattr(self, "swagger_fake_view", False):
            return Recommendation.objects.none()
        return recommendations_for(person(self.request), {})


class CalibrationView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("corporation", UUID)],
        responses=CalibrationSerializer,
        tags=TAG,
        operation_id="strategy_recommendations_calibration",
    )
    def get(self, request: Request) -> Response:
        """How well confidence foretold outcomes, with intervals for few cases."""
        chosen = RecommendationFilter(request.query_params, recommendations_for(person(request), {}))
        if not chosen.is_valid():
            raise serializers.ValidationError(chosen.errors)
        return Response(told_calibration(calibration_of(chosen.qs)))


class RecommendationView(APIView):
    @extend_schema(responses=RecommendationSerializer, tags=TAG, operation_id="strategy_recommendation")
    def get(self, request: Request, pk: UUID) -> Response:
        """One recommendation, and what became of it."""
        return Response(RecommendationSerializer(find_recommendation(person(request), pk)).data)


class JudgeView(APIView):
    @extend_schema(
        request=JudgementSerializer,
        responses=RecommendationSerializer,
        examples=[
            OpenApiExample("Carried out", value={"judgement": "done"}, request_only=True),
            examples.RECOMMENDATION,
        ],
        tags=TAG,
        operation_id="strategy_recommendation_judge",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Accept it, dismiss it, say that it was carried out, or think again."""
        data = valid_data(JudgementSerializer(data=request.data))
        row = judge_recommendation(person(request), pk, Judgement(data["judgement"]), note=data["note"])
        return Response(RecommendationSerializer(row).data)


class OutcomeView(APIView):
    @extend_schema(
        request=CameOfItSerializer,
        responses=RecommendationSerializer,
        examples=[
            OpenApiExample(
                "It worked in part",
                value={"outcome": "partial", "note": "Income rose by half of what was hoped."},
                request_only=True,
            ),
            examples.RECOMMENDATION,
        ],
        tags=TAG,
        operation_id="strategy_recommendation_outcome",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """What came of it; again corrects it. 409 before it was carried out."""
        data = valid_data(CameOfItSerializer(data=request.data))
        row = record_outcome(person(request), pk, Outcome(data["outcome"]), note=data["note"])
        return Response(RecommendationSerializer(row).data)
