"""The API of portfolios: making them, moving money, and what is held, filled and booked there."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.params import filters_in
from orchestrator.core.web.streaming import file_response
from trading.api import examples
from trading.api import portfolio_serializers as given
from trading.models import Fill, LedgerEntry, Portfolio
from trading.queries.ledger_file import fills_csv, ledger_csv
from trading.queries.portfolio_pages import (
    entries_of,
    fills_of,
    held_in,
    portfolios_for,
    sums_of,
    valued,
)
from trading.services.portfolios import create_portfolio, deposit, find_portfolio, withdraw

TAG: Final = ["portfolios"]
_FILTERS: Final = {"search": None, "mode": given.MODES}


@extend_schema_view(
    get=extend_schema(
        tags=TAG,
        operation_id="portfolios_list",
        parameters=[
            OpenApiParameter("mode", str, enum=given.MODES, description="All but backtests, if left out"),
            OpenApiParameter("search", str, description="Part of the name"),
        ],
    )
)
class PortfoliosView(ListAPIView[Portfolio]):
    """Your portfolios; all of them for an admin."""

    queryset = Portfolio.objects.none()
    serializer_class = given.PortfolioSerializer

    def get_queryset(self) -> QuerySet[Portfolio]:
        return portfolios_for(person(self.request), filters_in(self.request.query_params, _FILTERS))

    @extend_schema(
        request=given.NewPortfolioSerializer,
        responses={201: given.PortfolioSerializer},
        examples=[examples.PORTFOLIO],
        tags=TAG,
        operation_id="portfolios_create",
    )
    def post(self, request: Request) -> Response:
        """A paper portfolio with money to begin with. Its name is yours once, so twice is refused."""
        data = valid_data(given.NewPortfolioSerializer(data=request.data))
        made = create_portfolio(person(request), **data)
        return Response(_shown(made), status=status.HTTP_201_CREATED)


class PortfolioView(APIView):
    @extend_schema(responses=given.PortfolioSerializer, tags=TAG, operation_id="portfolios_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One portfolio with its sums."""
        return Response(_shown(find_portfolio(person(request), pk)))


class DepositView(APIView):
    @extend_schema(
        parameters=[examples.IDEMPOTENCY_KEY],
        request=given.MoneySerializer,
        responses=given.PortfolioSerializer,
        examples=[examples.MONEY],
        tags=TAG,
        operation_id="portfolios_deposit",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Put money in; booked once for one key."""
        data = valid_data(given.MoneySerializer(data=request.data))
        return Response(_shown(deposit(person(request), pk, **data, reference=_key(request))))


class WithdrawView(APIView):
    @extend_schema(
        parameters=[examples.IDEMPOTENCY_KEY],
        request=given.MoneySerializer,
        responses=given.PortfolioSerializer,
        examples=[examples.MONEY],
        tags=TAG,
        operation_id="portfolios_withdraw",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Take money out that no open order may need; booked once for one key."""
        data = valid_data(given.MoneySerializer(data=request.data))
        return Response(_shown(withdraw(person(request), pk, **data, reference=_key(request))))


class PositionsView(APIView):
    @extend_schema(responses=given.HeldSerializer(many=True), tags=TAG, operation_id="portfolios_positions")
    def get(self, request: Request, pk: UUID) -> Response:
        """What is held, and what was held before, at the newest known prices."""
        portfolio = find_portfolio(person(request), pk)
        positions = list(portfolio.positions.all())
        found = held_in(positions, sums_of(portfolio, positions))
        return Response(given.HeldSerializer(found, many=True).data)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="portfolios_fills"))
class FillsView(ListAPIView[Fill]):
    """What was filled, the newest first."""

    queryset = Fill.objects.none()
    serializer_class = given.FillSerializer

    def get_queryset(self) -> QuerySet[Fill]:
        return fills_of(find_portfolio(person(self.request), self.kwargs["pk"]))


@extend_schema_view(
    get=extend_schema(
        tags=TAG,
        operation_id="portfolios_ledger",
        parameters=[OpenApiParameter("kind", str, enum=given.ENTRY_KINDS)],
    )
)
class LedgerView(ListAPIView[LedgerEntry]):
    """Bookings with their postings, the newest first."""

    queryset = LedgerEntry.objects.none()
    serializer_class = given.EntrySerializer

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        portfolio = find_portfolio(person(self.request), self.kwargs["pk"])
        return entries_of(portfolio, filters_in(self.request.query_params, {"kind": given.ENTRY_KINDS}))


class LedgerFileView(APIView):
    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR}, tags=TAG, operation_id="portfolios_ledger_csv"
    )
    def get(self, request: Request, pk: UUID) -> StreamingHttpResponse:
        """All postings as CSV, the oldest first."""
        portfolio = find_portfolio(person(request), pk)
        pieces, name = ledger_csv(portfolio), f"ledger-{portfolio.pk}.csv"
        return file_response(request._request, pieces, name=name, content_type="text/csv; charset=utf-8")


class FillsFileView(APIView):
    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR}, tags=TAG, operation_id="portfolios_fills_csv"
    )
    def get(self, request: Request, pk: UUID) -> StreamingHttpResponse:
        """All fills as CSV, the oldest first."""
        portfolio = find_portfolio(person(request), pk)
        pieces, name = fills_csv(portfolio), f"fills-{portfolio.pk}.csv"
        return file_response(request._request, pieces, name=name, content_type="text/csv; charset=utf-8")


def _shown(portfolio: Portfolio) -> Any:
    row = valued(Portfolio.objects.filter(pk=portfolio.pk)).get()
    return given.PortfolioSerializer(row).data


def _key(request: Request) -> str:
    return request.headers.get("Idempotency-Key", "")
