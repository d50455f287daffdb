"""The API of orders: those of portfolios, placing them by hand on paper, cancelling, trying out."""

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
from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import filters_in
from trading.api import examples
from trading.api import portfolio_serializers as given
from trading.domain.vocabulary import Mode, OrderType, Side, TimeInForce
from trading.models import Order
from trading.queries.portfolio_pages import orders_for
from trading.services.manual_orders import Asked, cancel_order, find_order, place_order
from trading.services.previewing import preview_order

TAG: Final = ["orders"]
MODES: Final = [each.value for each in Mode]
_FILTERS: Final = {
    "portfolio": None,
    "token": None,
    "status": ["standing", *given.ORDER_STATUSES],
    "side": given.SIDES,
    "by": ["hand", "strategy"],
    "mode": MODES,
}


@extend_schema_view(
    get=extend_schema(
        tags=TAG,
        operation_id="orders_list",
        parameters=[
            OpenApiParameter("portfolio", UUID),
            OpenApiParameter("status", str, enum=["standing", *given.ORDER_STATUSES]),
            OpenApiParameter("side", str, enum=given.SIDES),
            OpenApiParameter("by", str, enum=["hand", "strategy"]),
            OpenApiParameter("mode", str, enum=MODES),
            OpenApiParameter("token", str),
        ],
    )
)
class OrdersView(ListAPIView[Order]):
    """Orders of your portfolios, the newest first."""

    queryset = Order.objects.none()
    serializer_class = given.OrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        chosen = filters_in(self.request.query_params, _FILTERS)
        try:
            UUID(chosen.get("portfolio") or str(UUID(int=0)))
        except ValueError as error:
            raise InvalidInput("This is no id.", fields={"portfolio": ["This is no id."]}) from error
        return orders_for(person(self.request), chosen)

    @extend_schema(
        request=given.NewOrderSerializer,
        responses={200: given.OrderSerializer, 201: given.OrderSerializer},
        examples=[examples.LIMIT_ORDER, examples.MARKET_ORDER],
        tags=TAG,
        operation_id="orders_place",
    )
    def post(self, request: Request) -> Response:
        """Place an order on paper against a tape's newest book. Sent again, it is answered, not repeated.

        A refusal (price off the tick, too little cash, …) is a 400 that names the field.
        """
        data = valid_data(given.NewOrderSerializer(data=request.data))
        order, is_new = place_order(
            person(request), data["portfolio"], _asked(data), client_order_id=data["client_order_id"]
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(given.OrderSerializer(order).data, status=code)


class PreviewView(APIView):
    @extend_schema(
        request=given.AskedSerializer,
        responses=given.PreviewSerializer,
        examples=[examples.LIMIT_ORDER],
        tags=TAG,
        operation_id="orders_preview",
    )
    def post(self, request: Request) -> Response:
        """What an order would do now; nothing is placed."""
        data = valid_data(given.AskedSerializer(data=request.data))
        found = preview_order(person(request), data["portfolio"], _asked(data))
        return Response(given.PreviewSerializer(found).data)


class OrderView(APIView):
    @extend_schema(responses=given.OrderSerializer, tags=TAG, operation_id="orders_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One order."""
        return Response(given.OrderSerializer(find_order(person(request), pk)).data)


class CancelOrderView(APIView):
    @extend_schema(request=None, responses=given.OrderSerializer, tags=TAG, operation_id="orders_cancel")
    def post(self, request: Request, pk: UUID) -> Response:
        """End an order that stands, as far as it is not filled."""
        return Response(given.OrderSerializer(cancel_order(person(request), pk)).data)


def _asked(data: dict[str, Any]) -> Asked:
    return Asked(
        tape_id=data["tape"],
        token=data["token"],
        side=Side(data["side"]),
        type=OrderType(data["type"]),
        price=data["price"],
        size=data["size"],
        amount=data["amount"],
        time_in_force=TimeInForce(data["time_in_force"]),
        expires_at=data["expires_at"],
    )
