"""The API of sessions: starting one, where it stands, and every step through it.

Each step answers with what is asked next, so that a client needs no second request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.api.input import valid_data
from process.api import examples
from process.api import serializers as given
from process.api.shown import current_screen, session_detail
from process.models import Session
from process.queries.sessions import find_session, own_session
from process.services import sessions
from process.services.journeys import Place, place_of

TAG = ["process sessions"]


def place(user: User, session_id: UUID) -> Place:
    """Where a session stands that the person may look at. Raises NotFound."""
    return place_of(find_session(user, session_id))


def own_place(user: User, session_id: UUID) -> Place:
    """Where the person's own session stands. Raises NotFound, and NotAllowed for one that was lent."""
    return place_of(own_session(user, session_id))


def screen(user: User, session_id: UUID) -> Response:
    """What is asked now. Raises NotFound, and NotAllowed for a session that was lent."""
    return Response(current_screen(own_place(user, session_id)))


def seen(request: Request) -> int | None:
    """The revision of the session that the client has seen, if it says one."""
    revision: int | None = valid_data(given.SessionStepSerializer(data=request.data)).get("revision")
    return revision


class SessionFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    status = django_filters.ChoiceFilter(choices=[(each, each) for each in given.STATUSES])

    class Meta:
        model = Session
        fields = ["status"]


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_sessions_list"))
class SessionsView(ListAPIView[Session]):
    """Your own sessions, the latest first."""

    queryset = Session.objects.none()
    serializer_class = given.ProcessSessionSerializer
    filterset_class = SessionFilter

    def get_queryset(self) -> QuerySet[Session]:
        rows = Session.objects.visible_to(person(self.request))
        return rows.select_related("process_version", "current_node", "current_section", "book")

    @extend_schema(
        request=given.StartSessionSerializer,
        responses={201: given.ProcessSessionDetailSerializer},
        examples=[examples.START],
        tags=TAG,
        operation_id="process_sessions_start",
    )
    def post(self, request: Request) -> Response:
        """Start a session at the first node of the active version."""
        data = valid_data(given.StartSessionSerializer(data=request.data))
        user = person(request)
        session = sessions.start_session(user, version_id=data.get("version"), title=data["title"])
        return Response(session_detail(place(user, session.pk)), status=status.HTTP_201_CREATED)


class SessionView(APIView):
    @extend_schema(
        responses=given.ProcessSessionDetailSerializer, tags=TAG, operation_id="process_sessions_retrieve"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One session: where it stands, how it came there, how much is done."""
        return Response(session_detail(place(person(request), pk)))

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_sessions_destroy")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete everything of it for good: answers, recordings, texts."""
        sessions.delete_session(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CurrentView(APIView):
    @extend_schema(responses=given.CurrentScreenSerializer, tags=TAG, operation_id="process_sessions_current")
    def get(self, request: Request, pk: UUID) -> Response:
        """What is asked now, with the answers that are there already."""
        return screen(person(request), pk)


def _step(name: str) -> Callable[[Any], Any]:
    return extend_schema(
        request=given.SessionStepSerializer,
        responses=given.CurrentScreenSerializer,
        examples=[examples.STEP],
        tags=TAG,
        operation_id=f"process_sessions_{name}",
    )


class AdvanceView(APIView):
    @_step("advance")
    def post(self, request: Request, pk: UUID) -> Response:
        """Finish the section or node that is shown, and go on."""
        sessions.advance(person(request), pk, revision=seen(request))
        return screen(person(request), pk)


class BackView(APIView):
    @_step("back")
    def post(self, request: Request, pk: UUID) -> Response:
        """Back to the map of sections, or to the node before; no answer is lost."""
        sessions.go_back(person(request), pk, revision=seen(request))
        return screen(person(request), pk)


class SkipView(APIView):
    @_step("skip")
    def post(self, request: Request, pk: UUID) -> Response:
        """Leave out the node that is shown, where that is allowed."""
        sessions.skip(person(request), pk, revision=seen(request))
        return screen(person(request), pk)


class SelectSectionView(APIView):
    @_step("select_section")
    def post(self, request: Request, pk: UUID, key: str) -> Response:
        """Work on a section that is open."""
        sessions.select_section(person(request), pk, key, revision=seen(request))
        return screen(person(request), pk)


class PauseView(APIView):
    @_step("pause")
    def post(self, request: Request, pk: UUID) -> Response:
        """Nothing more happens until it is resumed."""
        sessions.pause_session(person(request), pk, revision=seen(request))
        return screen(person(request), pk)


class ResumeView(APIView):
    @_step("resume")
    def post(self, request: Request, pk: UUID) -> Response:
        """Go on where it was."""
        sessions.resume_session(person(request), pk, revision=seen(request))
        return screen(person(request), pk)


class AbandonView(APIView):
    @_step("abandon")
    def post(self, request: Request, pk: UUID) -> Response:
        """End it for good; what was answered stays until it is deleted."""
        sessions.abandon_session(person(request), pk, revision=seen(request))
        return screen(person(request), pk)
