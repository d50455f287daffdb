"""The API of what a person says in a session: answers, scope, profile, and the sections it opens."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import OldestFirst
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from process.api import examples
from process.api import serializers as given
from process.api.sessions import TAG, own_place, screen
from process.api.shown import shown_answer, shown_profile, shown_scope, shown_section
from process.models import Answer
from process.queries.compiled import process_of
from process.queries.lending import answers_for
from process.queries.sessions import find_session, own_session
from process.services import answering


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_sessions_answers"))
class AnswersView(ListAPIView[Answer]):
    """All answers of a session, in the order in which they were first given; to readers no private ones."""

    queryset = Answer.objects.none()
    serializer_class = given.AnswerSerializer
    pagination_class = OldestFirst
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Answer]:
        user = person(self.request)
        rows = answers_for(user, find_session(user, self.kwargs["pk"]))
        return rows.select_related("session__process_version")

    @extend_schema(
        request=given.AnswerWriteSerializer,
        responses={200: given.AnswerSerializer},
        examples=[examples.ANSWER, examples.ANSWERED],
        tags=TAG,
        operation_id="process_sessions_answer",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Give or change an answer; a blank leaves what is there as it is."""
        data = valid_data(given.AnswerWriteSerializer(data=request.data))
        user, prompt = person(request), data.pop("prompt")
        answer = answering.save_answer(user, pk, prompt_id=prompt, **data)
        session = answer.session if answer else find_session(user, pk)
        return Response(shown_answer(process_of(session.process_version), prompt, answer))


class ScopeView(APIView):
    @extend_schema(responses=given.ScopeSerializer, tags=TAG, operation_id="process_sessions_scope")
    def get(self, request: Request, pk: UUID) -> Response:
        """What the person chose to tell of; nulls before that."""
        return Response(shown_scope(own_session(person(request), pk)))

    @extend_schema(
        request=given.ScopeWriteSerializer,
        responses=given.CurrentScreenSerializer,
        examples=[examples.SCOPE],
        tags=TAG,
        operation_id="process_sessions_set_scope",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Choose what to tell of; sections open and close with it."""
        data = valid_data(given.ScopeWriteSerializer(data=request.data))
        user = person(request)
        answering.set_scope(
            user,
            pk,
            scope_type=data["scope_type"],
            description=data["scope_description"],
            start=data["time_period_start"],
            end=data["time_period_end"],
        )
        return screen(user, pk)


class ProfileView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT, tags=TAG, operation_id="process_sessions_profile")
    def get(self, request: Request, pk: UUID) -> Response:
        """Every flag that this version asks for, null where nothing was said."""
        return Response(shown_profile(own_place(person(request), pk)))

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses=given.CurrentScreenSerializer,
        examples=[examples.PROFILE],
        tags=TAG,
        operation_id="process_sessions_set_profile",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Say what the life is made of and what to leave out; flags that are not given stay."""
        if not isinstance(request.data, dict):
            raise InvalidInput("A profile is an object: a yes or a no by the name of each flag.")
        user = person(request)
        answering.set_profile(user, pk, flags=cast(dict[str, Json], request.data))
        return screen(user, pk)


class SectionsView(APIView):
    @extend_schema(
        responses=given.SectionHereSerializer(many=True), tags=TAG, operation_id="process_sessions_sections"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """All sections of the process, with what is done in each or why it is closed."""
        where = own_place(person(request), pk)
        return Response([shown_section(where, section) for section in where.process.sections.values()])
