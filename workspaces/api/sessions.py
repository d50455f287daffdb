"""The API of test sessions: starting and completing them, what they show, what people say of it."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import OldestFirst
from workspaces.access import find_workspace
from workspaces.api import session_examples as examples
from workspaces.api import session_serializers as given
from workspaces.models import FeedbackItem, PatternSession, SessionDetection
from workspaces.queries.sessions import feedback_of, sessions_of, workspace_stats
from workspaces.services import reviewing, sessions

TAG = ["pattern sessions"]
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="Of the detection")


def _reviewed(
    session: PatternSession, detection: SessionDetection | None, item: FeedbackItem | None
) -> Response:
    answer = {
        "detection": detection,
        "feedback": item,
        "reviewed_count": session.reviewed_count,
        "right_count": session.right_count,
        "missed_count": session.missed_count,
    }
    return Response(given.ReviewedSerializer(answer).data)


class PatternSessionFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    status = django_filters.ChoiceFilter(choices=[(each, each) for each in given.SESSION_STATUSES])
    version = django_filters.CharFilter()

    class Meta:
        model = PatternSession
        fields = ["status", "version"]


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_sessions_list"))
class WorkspaceSessionsView(ListAPIView[PatternSession]):
    """Test sessions of a workspace, the newest first."""

    queryset = PatternSession.objects.none()
    serializer_class = given.PatternSessionSerializer
    filterset_class = PatternSessionFilter

    def get_queryset(self) -> QuerySet[PatternSession]:
        if getattr(self, "swagger_fake_view", False):
            return PatternSession.objects.none()
        return sessions_of(find_workspace(person(self.request), self.kwargs["pk"]))

    @extend_schema(
        request=given.StartPatternSessionSerializer,
        responses={201: given.PatternSessionSerializer},
        examples=[examples.START],
        tags=TAG,
        operation_id="workspaces_sessions_start",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Run the current algorithm over candles: all of them, or a range by bars or by time."""
        data = valid_data(given.StartPatternSessionSerializer(data=request.data))
        candles_id = data.pop("candles")
        session = sessions.start_session(person(request), pk, candles_id=candles_id, **data)
        return Response(given.PatternSessionSerializer(session).data, status=status.HTTP_201_CREATED)


class PatternSessionView(APIView):
    @extend_schema(responses=given.PatternSessionSerializer, tags=TAG, operation_id="pattern_session")
    def get(self, request: Request, pk: UUID) -> Response:
        """One test session."""
        return Response(given.PatternSessionSerializer(sessions.find_session(person(request), pk)).data)


class CompleteSessionView(APIView):
    @extend_schema(
        request=None,
        responses=given.PatternSessionSerializer,
        tags=TAG,
        operation_id="pattern_session_complete",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Review no more; the workspace's success rate is drawn anew."""
        session = sessions.complete_session(person(request), pk)
        return Response(given.PatternSessionSerializer(session).data)


class ReopenSessionView(APIView):
    @extend_schema(
        request=None,
        responses=given.PatternSessionSerializer,
        tags=TAG,
        operation_id="pattern_session_reopen",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Review on in a completed session, which counts when it is completed again."""
        session = sessions.reopen_session(person(request), pk)
        return Response(given.PatternSessionSerializer(session).data)


class DetectionFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    kind = django_filters.CharFilter()
    reviewed = django_filters.BooleanFilter(
        field_name="verdict", lookup_expr="exact", method="filter_reviewed"
    )

    class Meta:
        model = SessionDetection
        fields = ["kind", "reviewed"]

    def filter_reviewed(
        self, rows: QuerySet[SessionDetection], name: str, value: bool
    ) -> QuerySet[SessionDetection]:
        return rows.exclude(verdict="") if value else rows.filter(verdict="")


class ByNumber(OldestFirst):
    ordering = "number"


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="pattern_session_detections"))
class DetectionsView(ListAPIView[SessionDetection]):
    """What the algorithm saw, in the order in which it was known."""

    queryset = SessionDetection.objects.none()
    serializer_class = given.DetectionSerializer
    filterset_class = DetectionFilter
    pagination_class = ByNumber

    def get_queryset(self) -> QuerySet[SessionDetection]:
        if getattr(self, "swagger_fake_view", False):
            return SessionDetection.objects.none()
        session = sessions.find_session(person(self.request), self.kwargs["pk"])
        return SessionDetection.objects.filter(session=session)


class ReviewView(APIView):
    @extend_schema(
        parameters=[NUMBER],
        request=given.ReviewSerializer,
        responses=given.ReviewedSerializer,
        examples=[examples.RIGHT, examples.ADJUST],
        tags=TAG,
        operation_id="pattern_session_review",
    )
    def put(self, request: Request, pk: UUID, number: int) -> Response:
        """Say what a detection is. A later word replaces the earlier; the same twice changes nothing."""
        data = valid_data(given.ReviewSerializer(data=request.data))
        found = reviewing.review(person(request), pk, number, **data)
        return _reviewed(found.session, found, found.feedback)

    @extend_schema(
        parameters=[NUMBER],
        responses=given.ReviewedSerializer,
        tags=TAG,
        operation_id="pattern_session_undo_review",
    )
    def delete(self, request: Request, pk: UUID, number: int) -> Response:
        """Unsay it."""
        found = reviewing.undo_review(person(request), pk, number)
        return _reviewed(found.session, found, None)


class MissedView(APIView):
    @extend_schema(
        request=given.MissedSerializer,
        responses=given.ReviewedSerializer,
        examples=[examples.MISSED],
        tags=TAG,
        operation_id="pattern_session_missed",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """A pattern that the algorithm did not see. The same once more is the same correction."""
        data = valid_data(given.MissedSerializer(data=request.data))
        item = reviewing.add_missed(person(request), pk, **data)
        return _reviewed(item.session, None, item)


class FeedbackFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    session = django_filters.UUIDFilter(field_name="session_id")
    verdict = django_filters.ChoiceFilter(choices=[(each, each) for each in given.VERDICTS])
    sent = django_filters.BooleanFilter(field_name="sent_to_claude_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = FeedbackItem
        fields = ["session", "verdict", "sent"]


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_feedback_list"))
class FeedbackListView(ListAPIView[FeedbackItem]):
    """Corrections of a workspace, the oldest first; `sent=false` are those in the cart."""

    queryset = FeedbackItem.objects.none()
    serializer_class = given.FeedbackSerializer
    filterset_class = FeedbackFilter
    pagination_class = OldestFirst

    def get_queryset(self) -> QuerySet[FeedbackItem]:
        if getattr(self, "swagger_fake_view", False):
            return FeedbackItem.objects.none()
        return feedback_of(find_workspace(person(self.request), self.kwargs["pk"]))


class FeedbackView(APIView):
    @extend_schema(
        request=given.NoteSerializer,
        responses=given.FeedbackSerializer,
        tags=TAG,
        operation_id="workspaces_feedback_note",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Say why, in your words."""
        data = valid_data(given.NoteSerializer(data=request.data))
        item = reviewing.annotate_feedback(person(request), pk, note=data["note"])
        return Response(given.FeedbackSerializer(item).data)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="workspaces_feedback_remove")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take a correction out of the cart; what it said of a detection is unsaid with it."""
        reviewing.remove_feedback(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StatsView(APIView):
    @extend_schema(responses=given.WorkspaceStatsSerializer, tags=TAG, operation_id="workspaces_stats")
    def get(self, request: Request, pk: UUID) -> Response:
        """How well the algorithm does: in all, version by version, kind by kind."""
        return Response(
            given.WorkspaceStatsSerializer(workspace_stats(find_workspace(person(request), pk))).data
        )
