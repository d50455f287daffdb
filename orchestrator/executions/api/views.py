"""The API of executions: starting, following, steering and retrying them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import ListAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiScope
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import IdCursorPagination
from orchestrator.core.errors import InvalidInput
from orchestrator.executions.access import find_execution
from orchestrator.executions.api import examples
from orchestrator.executions.api import serializers as shown
from orchestrator.executions.api.filters import ExecutionFilter
from orchestrator.executions.api.pagination import NewestRunsPagination
from orchestrator.executions.domain.codec import encode_state
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.queries import history
from orchestrator.executions.queries.origins import owned_among
from orchestrator.executions.queries.visible import executions_for
from orchestrator.executions.services import retrying, starting, steering

ACCEPTED = status.HTTP_202_ACCEPTED
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 200 printable characters. The same key starts one run of the workflow only: "
    "send the request again whenever you are not sure that it arrived.",
    examples=[OpenApiExample("The order's number", value="order-4711")],
)
RUN = OpenApiParameter("pk", UUID, OpenApiParameter.PATH, description="Id of the run")


class ExecuteView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        request=shown.ExecuteSerializer,
        responses={202: shown.ExecutionDetailSerializer, 200: shown.ExecutionDetailSerializer},
        parameters=[IDEMPOTENCY],
        examples=[
            examples.EXECUTE,
            examples.EXECUTE_VERSION,
            examples.STARTED,
            examples.STARTED_BEFORE,
        ],
        tags=["executions"],
        operation_id="workflows_execute",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Start a run. 202 with the run; 200 with the earlier one for a key that was used before."""
        given = valid_data(shown.ExecuteSerializer(data=request.data))
        key = request.headers.get("idempotency-key")
        execution, is_new = starting.start_execution(
            person(request), pk, idempotency_key=key, trigger={"type": "api"}, **given
        )
        code = ACCEPTED if is_new else status.HTTP_200_OK
        return Response(shown.execution_detail(execution, {}), status=code)


@extend_schema_view(list=extend_schema(tags=["executions"], summary="List runs, newest first"))
class ExecutionViewSet(ListModelMixin, GenericViewSet[Execution]):
    """Runs of the workflows one may see, newest first."""

    queryset = Execution.objects.none()
    serializer_class = shown.ExecutionSerializer
    filterset_class = ExecutionFilter
    pagination_class = NewestRunsPagination
    lookup_value_converter = "uuid"
    required_scope = ApiScope.RUN.value

    def get_queryset(self) -> QuerySet[Execution]:
        if getattr(self, "swagger_fake_view", False):
            return Execution.objects.none()
        return executions_for(person(self.request))

    @extend_schema(responses=shown.ExecutionDetailSerializer, tags=["executions"])
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One run with its input, variables and outputs."""
        execution = find_execution(person(request), pk)
        return Response(shown.execution_detail(execution, history.outputs_of(execution)))

    @extend_schema(
        request=shown.CancelSerializer, responses={202: shown.ExecutionSerializer}, tags=["executions"]
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Ask the run to end: running steps are stopped, waits withdrawn."""
        reason = valid_data(shown.CancelSerializer(data=request.data))["reason"]
        return self._accepted(steering.cancel_execution(person(request), pk, reason=reason))

    @extend_schema(request=None, responses={202: shown.ExecutionSerializer}, tags=["executions"])
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: UUID) -> Response:
        """Begin no further step until it is resumed."""
        return self._accepted(steering.pause_execution(person(request), pk))

    @extend_schema(request=None, responses={202: shown.ExecutionSerializer}, tags=["executions"])
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: UUID) -> Response:
        """Let a paused run go on."""
        return self._accepted(steering.resume_execution(person(request), pk))

    @extend_schema(
        request=shown.RetrySerializer,
        responses={202: shown.ExecutionSerializer},
        examples=[examples.RETRY_FAILED, examples.RETRY_NODE],
        tags=["executions"],
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: UUID) -> Response:
        """A new run that goes on from the failed step, from the start, or from a node."""
        given = valid_data(shown.RetrySerializer(data=request.data))
        retry = retrying.retry_execution(person(request), pk, start=given["from"], version=given["version"])
        return self._accepted(retry)

    @extend_schema(
        responses=shown.StateSerializer,
        parameters=[OpenApiParameter("seq", int, description="Default: the last event")],
        tags=["executions"],
    )
    @action(detail=True, methods=["get"])
    def state(self, request: Request, pk: UUID) -> Response:
        """The state right after one of the run's events: replay."""
        execution = find_execution(person(request), pk)
        seq = whole_number(request, "seq", execution.last_seq)
        state = history.state_at(execution, seq)
        status = execution.status if seq == execution.last_seq else history.status_in(state).value
        return Response({"seq": seq, "state": {**encode_state(state), "status": status}})

    def _accepted(self, execution: Execution) -> Response:
        return Response(shown.ExecutionSerializer(execution).data, status=ACCEPTED)


class SignalView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        request=shown.SignalSerializer,
        responses={202: shown.ExecutionSerializer},
        examples=[examples.SIGNAL],
        tags=["executions"],
        operation_id="executions_signal",
    )
    def post(self, request: Request, pk: UUID, name: str) -> Response:
        """Deliver a signal to the steps that wait for it, or keep it for one that will."""
        payload = valid_data(shown.SignalSerializer(data=request.data))["payload"]
        execution = steering.signal_execution(person(request), pk, name, payload)
        return Response(shown.ExecutionSerializer(execution).data, status=ACCEPTED)


class SeqCursorPagination(IdCursorPagination):
    ordering = "seq"


@extend_schema_view(get=extend_schema(tags=["executions"], operation_id="executions_steps"))
class StepsView(ListAPIView[StepRun]):
    """Every attempt at a step, in the order they ended."""

    queryset = StepRun.objects.none()
    serializer_class = shown.StepSerializer
    pagination_class = SeqCursorPagination

    def get_queryset(self) -> QuerySet[StepRun]:
        execution = find_execution(person(self.request), self.kwargs["pk"])
        return StepRun.objects.filter(execution=execution)


@extend_schema_view(
    get=extend_schema(
        tags=["executions"],
        operation_id="executions_events",
        parameters=[RUN, OpenApiParameter("after", int, description="Only events after this `seq`")],
    )
)
class EventsView(ListAPIView[EventRow]):
    """Everything that happened in a run, in order."""

    queryset = EventRow.objects.none()
    serializer_class = shown.EventSerializer
    pagination_class = SeqCursorPagination

    def get_queryset(self) -> QuerySet[EventRow]:
        execution = find_execution(person(self.request), self.kwargs["pk"])
        after = whole_number(self.request, "after", 0)
        self.owned = owned_among(person(self.request), [execution.workflow_id])
        return EventRow.objects.filter(execution_id=execution.pk, seq__gt=after)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "owner": bool(getattr(self, "owned", ()))}


def whole_number(request: Request, name: str, default: int) -> int:
    """A query parameter that is a number from 0. Raises InvalidInput."""
    given = request.query_params.get(name, "")
    if not given:
        return default
    if not given.isdecimal() or len(given) > 15:
        raise InvalidInput(f"{name} is a whole number.", fields={name: ["A whole number from 0."]})
    return int(given)
