"""The API of markets: finding them, and what the reader's tapes know of one."""

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
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import WithTies
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import filters_in
from trading.api import market_serializers as given
from trading.api.filters import check_amount
from trading.models import Market
from trading.queries.market_pages import (
    CLOSING,
    ORDERINGS,
    find_market,
    markets_for,
    min_volume_of,
    ordering_of,
    tapes_about,
    told_by,
)
from trading.services.exploring import Wanted, add_market, find_markets

TAG: Final = ["markets"]


_STATES: Final = ["open", "closed", "generated"]


def _chosen(request: Request, states: list[str], *more: str) -> dict[str, str]:
    """Raises InvalidInput."""
    allowed = {"state": states, "closing": CLOSING, "ordering": ORDERINGS}
    texts = dict.fromkeys(("search", "category", "min_volume", *more))
    chosen = filters_in(request.query_params, {**texts, **allowed})
    check_amount(chosen, "min_volume")
    return chosen


class MarketPagination(WithTies):
    """By what the address asks for."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        self.ordering = ordering_of(request.query_params.dict())
        return super().get_ordering(request, queryset, view)


@extend_schema_view(
    get=extend_schema(
        tags=TAG,
        operation_id="markets_list",
        parameters=[
            OpenApiParameter("search", str, description="Words of the question or of its event"),
            OpenApiParameter("category", str),
            OpenApiParameter("state", str, enum=_STATES),
            OpenApiParameter("closing", str, enum=list(CLOSING), description="Within 1, 7 or 30 days"),
            OpenApiParameter("min_volume", str, description="In USDC"),
            OpenApiParameter("ordering", str, enum=list(ORDERINGS)),
        ],
    )
)
class MarketsView(ListAPIView[Market]):
    """Markets as they were last read."""

    queryset = Market.objects.none()
    serializer_class = given.MarketSerializer
    pagination_class = MarketPagination

    def get_queryset(self) -> QuerySet[Market]:
        return markets_for(_chosen(self.request, _STATES), now=utc_now())


class ExchangeView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter(
                "search", str, description="Words, an address of polymarket.com, an id or token"
            ),
            OpenApiParameter("category", str),
            OpenApiParameter("state", str, enum=["open", "closed"]),
            OpenApiParameter("closing", str, enum=list(CLOSING), description="Within 1, 7 or 30 days"),
            OpenApiParameter("min_volume", str, description="In USDC"),
            OpenApiParameter("ordering", str, enum=list(ORDERINGS), description="Traded most today first"),
            OpenApiParameter("after", str, description="The `next` of the page before"),
        ],
        responses=given.FindingsSerializer,
        tags=TAG,
        operation_id="markets_exchange_list",
    )
    def get(self, request: Request) -> Response:
        """Look for markets at the exchange; those that are known here have an id.

        A 503 says that the exchange is away or wants fewer calls, a 502 that its answer cannot be read.
        """
        chosen = _chosen(request, _STATES[:2], "after")
        wanted = Wanted(
            typed=chosen.get("search", ""),
            category=chosen.get("category", ""),
            state=chosen.get("state", ""),
            days=CLOSING.get(chosen.get("closing", "")),
            min_volume=min_volume_of(chosen),
            ordering=chosen.get("ordering", ""),
            after=chosen.get("after", ""),
        )
        return Response(given.FindingsSerializer(find_markets(wanted)).data)

    @extend_schema(
        request=given.AddMarketSerializer,
        responses={201: given.MarketSerializer},
        tags=TAG,
        operation_id="markets_exchange_add",
    )
    def post(self, request: Request) -> Response:
        """Keep a market of the exchange here, or bring it up to date."""
        data = valid_data(given.AddMarketSerializer(data=request.data))
        market = add_market(person(request), data["market"])
        return Response(given.MarketSerializer(market).data, status=status.HTTP_201_CREATED)


class MarketView(APIView):
    @extend_schema(responses=given.MarketSerializer, tags=TAG, operation_id="markets_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One market."""
        return Response(given.MarketSerializer(find_market(pk)).data)


class BooksView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("tape", UUID, description="The newest that tells of it, if left out")],
        responses=given.MarketBookSerializer(many=True),
        tags=TAG,
        operation_id="markets_books",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The last books of a market's outcomes that a tape of yours has; none without a tape."""
        market = find_market(pk)
        rows = tapes_about(person(request), market)
        wanted = request.query_params.get("tape", "")
        try:
            tape = (rows.filter(pk=UUID(wanted)) if wanted else rows).first()
        except ValueError as error:
            raise InvalidInput("This is no id.", fields={"tape": ["This is no id."]}) from error
        found = told_by(tape, market) if tape is not None else []
        return Response(given.MarketBookSerializer(found, many=True).data)
