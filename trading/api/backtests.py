"""The API of backtests and runs on paper: starting, following, their trades, comparing."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiScope
from orchestrator.core.api.input import valid_data
from orchestrator.executions.api.views import IDEMPOTENCY
from trading.api import backtest_serializers as given
from trading.api.filters import uuid_in
from trading.domain.vocabulary import Mode
from trading.models import Fill, StrategyRun
from trading.queries import runs as read
from trading.queries import strategies as found
from trading.queries.comparing import compare_runs
from trading.services.strategies import start_strategy

TAG: Final = ["backtests"]
_OTHER_NAMES: Final = {"tape": "tape_id", "portfolio": "portfolio_id"}


@extend_schema_view(
    get=extend_schema(
        tags=TAG,
        operation_id="backtests_list",
        parameters=[
            OpenApiParameter("workflow", UUID, description="Only of this strategy"),
            OpenApiParameter("tape", UUID, description="Only over this tape"),
            OpenApiParameter("mode", str, enum=given.MODES),
        ],
    )
)
class BacktestsView(ListAPIView[StrategyRun]):
    """Backtests, and runs of strategies on paper and live, the newest first."""

    queryset = StrategyRun.objects.none()
    serializer_class = given.RunSerializer
    required_scope = ApiScope.RUN.value

    def get_queryset(self) -> QuerySet[StrategyRun]:
        if getattr(self, "swagger_fake_view", False):
            return StrategyRun.objects.none()
        rows = found.runs_seen(person(self.request))
        asked = self.request.query_params
        for name in ("workflow", "tape"):
            if asked.get(name):
                rows = rows.filter(**{name: uuid_in(name, asked[name])})
        return rows.filter(mode=asked["mode"]) if asked.get("mode") in given.MODES else rows

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """The page's rows with their executions, in one query."""
        return super().get_serializer(found.shown(args[0]), **kwargs) if args else super().get_serializer()

    @extend_schema(
        request=given.StartSerializer,
        responses={202: given.RunSerializer, 200: given.RunSerializer},
        parameters=[IDEMPOTENCY],
        examples=[given.BACKTEST, given.ON_PAPER],
        tags=TAG,
        operation_id="backtests_start",
    )
    def post(self, request: Request) -> Response:
        """Start one. 202 with the run; 200 with the earlier one for a key that was used before."""
        data = valid_data(given.StartSerializer(data=request.data))
        options = {_OTHER_NAMES.get(name, name): value for name, value in data.items()}
        run, is_new = start_strategy(
            person(request),
            options.pop("workflow"),
            mode=Mode(options.pop("mode")),
            idempotency_key=request.headers.get("idempotency-key"),
            **options,
        )
        code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        return Response(given.RunSerializer(found.shown([run])[0]).data, status=code)


class BacktestView(APIView):
    @extend_schema(responses=given.RunSerializer, tags=TAG, operation_id="backtest")
    def get(self, request: Request, pk: UUID) -> Response:
        """One run with its figures, as they are now."""
        return Response(given.RunSerializer(_shown(request, pk)).data)


class CurveView(APIView):
    @extend_schema(responses=given.CurveSerializer, tags=TAG, operation_id="backtest_curve")
    def get(self, request: Request, pk: UUID) -> Response:
        """Equity at the ends of windows; of a long run in a thousand points, its extremes among them."""
        return Response(given.told_curve(_shown(request, pk)))


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="backtest_trades"))
class TradesView(ListAPIView[Fill]):
    """Fills of a run's orders, the newest first."""

    queryset = Fill.objects.none()
    serializer_class = given.TradeSerializer

    def get_queryset(self) -> QuerySet[Fill]:
        if getattr(self, "swagger_fake_view", False):
            return Fill.objects.none()
        return read.fills_of(found.find_run(person(self.request), self.kwargs["pk"]))


class CompareView(APIView):
    @extend_schema(responses=given.ComparisonSerializer, tags=TAG, operation_id="backtests_compare")
    def get(self, request: Request, pk: UUID, other_id: UUID) -> Response:
        """Two runs over one tape, and where each node first differs."""
        before, after = _shown(request, pk), _shown(request, other_id)
        told = {
            "before": before,
            "after": after,
            "nodes": compare_runs(before.run, after.run).nodes,
        }
        return Response(given.ComparisonSerializer(told).data)


def _shown(request: Request, pk: UUID) -> found.Shown:
    return found.shown([found.find_run(person(request), pk)])[0]
