"""The API that moves a session: on, to a stop and on again, away, and what people say of its steps."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiScope, User
from orchestrator.core.api.input import valid_data
from trading.strategy.access import find_session
from trading.strategy.api import examples
from trading.strategy.api import serializers as given
from trading.strategy.api.sessions import CASE, TAG, shown
from trading.strategy.services import reviewing, sessions
from trading.strategy.services.changing import put_away

POSITION: Final = OpenApiParameter(
    "position", int, OpenApiParameter.PATH, description="Of the step: 0 is the first"
)


class AdvanceView(APIView):
    required_scope = ApiScope.APPROVE.value

    @extend_schema(
        parameters=[CASE],
        request=None,
        responses=given.SessionDocumentSerializer,
        tags=TAG,
        operation_id="strategy_session_advance",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Accept the step that waits, so that the next one begins. 409 if none waits."""
        reviewing.advance_session(person(request), pk)
        return shown(request, find_session(person(request), pk))


class PauseView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        parameters=[CASE],
        request=None,
        responses=given.SessionDocumentSerializer,
        tags=TAG,
        operation_id="strategy_session_pause",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Begin no further step until it is resumed."""
        sessions.pause_session(person(request), pk)
        return shown(request, find_session(person(request), pk))


class ResumeView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        parameters=[CASE],
        request=None,
        responses=given.SessionDocumentSerializer,
        tags=TAG,
        operation_id="strategy_session_resume",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Go on where it was paused."""
        sessions.resume_session(person(request), pk)
        return shown(request, find_session(person(request), pk))


class ArchiveView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        parameters=[CASE],
        request=None,
        responses=given.SessionDocumentSerializer,
        tags=TAG,
        operation_id="strategy_session_archive",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Keep it as it is for good; its run ends."""
        put_away(person(request), pk)
        return shown(request, find_session(person(request), pk))


class ReviewView(APIView):
    required_scope = ApiScope.APPROVE.value

    @extend_schema(
        parameters=[CASE, POSITION],
        request=given.StepReviewSerializer,
        responses=given.SessionDocumentSerializer,
        examples=[examples.ACCEPT, examples.EDIT, examples.AGAIN, examples.RETRY, examples.SHOWN],
        tags=TAG,
        operation_id="strategy_session_review",
    )
    def post(self, request: Request, pk: UUID, position: int) -> Response:
        """Accept a step, edit it, ask again with a remark, or retry it after an error.

        An edited step still waits to be accepted. 409 for a step that does not wait for this.
        """
        data = valid_data(given.StepReviewSerializer(data=request.data))
        _review(person(request), pk, position, data)
        return shown(request, find_session(person(request), pk))


def _review(user: User, pk: UUID, position: int, data: dict[str, Any]) -> None:
    match data["action"]:
        case "accept":
            reviewing.accept_step(user, pk, position, comment=data["comment"])
        case "edit":
            reviewing.edit_step(
                user,
                pk,
                position,
                output=data["output"],
                confidence=data["confidence_score"],
                recommendations=data.get("recommendations"),
                comment=data["comment"],
            )
        case "again":
            reviewing.ask_again(user, pk, position, remark=data["remark"])
        case _:
            reviewing.retry_step(user, pk, position)
