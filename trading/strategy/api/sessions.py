"""The API of strategy sessions: each in exactly the document's shape, in either spelling of its names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiScope, User
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import WithTies
from orchestrator.core.api.schema import FURTHER_PROBLEMS
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import JsonObject
from orchestrator.core.params import filters_in
from trading.strategy.access import May, corporation_numbered, find_session
from trading.strategy.api import examples
from trading.strategy.api import serializers as given
from trading.strategy.domain.documents import camel, snake, write
from trading.strategy.models import StrategicSession
from trading.strategy.queries.sessions import FILTERS, ORDERINGS, sessions_seen
from trading.strategy.queries.spending import spent_on
from trading.strategy.services.changing import change_session
from trading.strategy.services.corporations import corporation_number
from trading.strategy.services.documents import document_of, import_session
from trading.strategy.services.sessions import delete_session, start_session

TAG: Final = ["strategy"]
CASES: Final = ("snake", "camel")
CASE: Final = OpenApiParameter(
    "case", str, enum=CASES, description="Spelling of the names; `camel` is that of the document's schema"
)
KEY: Final = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Asked again with it, the same is given"
)
_FIELDS: Final = {"workflow_id": "workflow"}
"""How fields of a start are called here."""
_ALLOWED: Final = {**dict.fromkeys(FILTERS), "status": given.SESSION_STATUSES, "ordering": ORDERINGS}


class ByOrdering(WithTies):
    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        asked = filters_in(request.query_params, {"ordering": ORDERINGS}).get("ordering", "-created_at")
        self.ordering = ORDERINGS[asked]
        return super().get_ordering(request, queryset, view)


@extend_schema_view(
    get=extend_schema(
        parameters=[
            CASE,
            OpenApiParameter("status", str, enum=given.SESSION_STATUSES),
            OpenApiParameter("corporation", str, description="EVE's number, or our id"),
            OpenApiParameter("initiator", str, description="Who began it"),
            OpenApiParameter("search", str, description="Part of title, objective, initiator or corporation"),
            OpenApiParameter("ordering", str, enum=list(ORDERINGS), description="Default: -created_at"),
        ],
        tags=TAG,
        operation_id="strategy_sessions_list",
    )
)
class SessionsView(ListAPIView[StrategicSession]):
    """Sessions of the corporations that you see, the newest first."""

    required_scope = ApiScope.RUN.value

    queryset = StrategicSession.objects.none()
    serializer_class = given.SessionRowSerializer
    pagination_class = ByOrdering

    def get_queryset(self) -> QuerySet[StrategicSession]:
        if getattr(self, "swagger_fake_view", False):
            return StrategicSession.objects.none()
        return sessions_seen(person(self.request), filters_in(self.request.query_params, _ALLOWED))

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sessions of the corporations that you see, the newest first."""
        case, answer = _case(request), super().get(request, *args, **kwargs)
        if case == "camel":
            answer.data["results"] = camel(answer.data["results"])
        return answer

    @extend_schema(
        parameters=[CASE, KEY],
        request=given.NewSessionSerializer,
        responses={201: given.SessionDocumentSerializer, 200: given.SessionDocumentSerializer},
        examples=[examples.START, examples.DOCUMENT, examples.SHOWN],
        tags=TAG,
        operation_id="strategy_sessions_create",
        extensions={FURTHER_PROBLEMS: ["409"]},
    )
    def post(self, request: Request) -> Response:
        """Start a session, or import one from its document.

        What has `steps` is a whole document, in either spelling. 201 with the session and its address in
        `Location`; 200 with the earlier one for a document or an `Idempotency-Key` that was sent before. 409
        for a document whose `session_id` is here and says something else.
        """
        body = _object(request)
        make = _import if "steps" in body else _start
        session, is_new = make(person(request), body, request)
        answer = shown(request, session)
        answer.status_code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        answer["Location"] = request.build_absolute_uri(reverse("api:strategy-session", args=[session.pk]))
        return answer


class SessionView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        parameters=[CASE],
        responses=given.SessionDocumentSerializer,
        examples=[examples.SHOWN],
        tags=TAG,
        operation_id="strategy_session",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One session as a document, which can be imported again."""
        return shown(request, find_session(person(request), pk))

    @extend_schema(
        parameters=[CASE],
        request=given.SessionDocumentSerializer,
        responses=given.SessionDocumentSerializer,
        examples=[examples.REPLACE, examples.SHOWN],
        tags=TAG,
        operation_id="strategy_session_replace",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Put a whole document in its place.

        An imported session takes all of it, one that runs its status only. `created_at`, `updated_at` and
        `session_log` are the server's. 409 for what is archived, and for what only the run can change.
        """
        return self._change(request, pk, whole=True)

    @extend_schema(
        parameters=[CASE],
        request=given.ChangeSessionSerializer,
        responses=given.SessionDocumentSerializer,
        examples=[examples.RENAME, examples.PAUSE, examples.CURRENT, examples.SHOWN],
        tags=TAG,
        operation_id="strategy_session_change",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change title, objective or status; of an imported session also its current step and steps."""
        return self._change(request, pk, whole=False)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="strategy_session_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """With its steps, matrices and log; a run that works on it ends. By who began it, or the owner."""
        delete_session(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, request: Request, pk: UUID, *, whole: bool) -> Response:
        user, body = person(request), _object(request)
        find_session(user, pk, May.WORK)
        with _spelled_as(body):
            change_session(user, pk, body, whole=whole)
        return shown(request, find_session(user, pk))


class CostView(APIView):
    @extend_schema(responses=given.SessionCostSerializer, tags=TAG, operation_id="strategy_session_cost")
    def get(self, request: Request, pk: UUID) -> Response:
        """What it cost so far, whoever paid."""
        spent = spent_on(find_session(person(request), pk))
        return Response(given.SessionCostSerializer(spent).data)


def shown(request: Request, session: StrategicSession) -> Response:
    """The document in the spelling that was asked for. Raises InvalidInput for another."""
    case, document = _case(request), write(document_of(session))
    return Response(document if case == "camel" else snake(document))


def _case(request: Request) -> str:
    return filters_in(request.query_params, {"case": CASES}).get("case", "snake")


def _object(request: Request) -> JsonObject:
    if not isinstance(request.data, dict):
        raise InvalidInput("This is no JSON object.")
    return dict(request.data)


def _import(user: User, body: JsonObject, request: Request) -> tuple[StrategicSession, bool]:
    with _spelled_as(body):
        return import_session(user, body)


def _start(user: User, body: JsonObject, request: Request) -> tuple[StrategicSession, bool]:
    data = valid_data(given.NewSessionSerializer(data=body))
    number = corporation_number(data["corporation_id"])
    corporation = corporation_numbered(user, number, May.WORK)
    try:
        return start_session(
            user,
            corporation.pk,
            workflow_id=data["workflow"],
            title=data["title"],
            objective=data["objective"],
            initiator=data["initiator"],
            provider=data["provider"],
            idempotency_key=request.headers.get("Idempotency-Key", ""),
        )
    except InvalidInput as error:
        error.fields = {_FIELDS.get(name, name): said for name, said in error.fields.items()}
        raise


@contextmanager
def _spelled_as(body: JsonObject) -> Iterator[None]:
    """Faults name the places as whoever sent the document spells them."""
    try:
        yield
    except InvalidInput as error:
        spell = camel if {"corporationId", "currentStep", "sessionId"} & set(body) else snake
        error.fields = spell(error.fields)
        raise
