"""The API of candles: uploading, making up, naming, reading them."""

from __future__ import annotations

from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import parsers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.parsers import read_within
from orchestrator.core.errors import InvalidInput
from workspaces.api import session_examples as examples
from workspaces.api import session_serializers as given
from workspaces.domain.archive import part, unpack
from workspaces.models import CandleSet
from workspaces.services import candles

TAG = ["candles"]
MOST_BARS: Final = 10_000


class CsvParser(parsers.BaseParser):
    """The body as it is, up to what a file of candles may have."""

    media_type = "*/*"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.CANDLES_MAX_BYTES
        size = f"{limit / 1024 / 1024:g} MB"
        return read_within(stream, limit, f"The file is larger than {size}. Upload it in parts.")


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="candles_list"))
class CandleSetsView(ListAPIView[CandleSet]):
    """Your candles, those made up for everybody, and those of sessions that you see."""

    queryset = CandleSet.objects.none()
    serializer_class = given.CandleSetSerializer
    parser_classes = (CsvParser,)

    def get_queryset(self) -> QuerySet[CandleSet]:
        return CandleSet.objects.visible_to(person(self.request)).defer("data")

    @extend_schema(
        parameters=[
            OpenApiParameter("name", str, required=True),
            OpenApiParameter("day_first", bool, description="Of dates such as 03/04/2024"),
        ],
        request={"text/csv": OpenApiTypes.STR},
        responses={201: given.CandleSetSerializer},
        tags=TAG,
        operation_id="candles_upload",
    )
    def post(self, request: Request) -> Response:
        """Upload a CSV file, which is the body: time, open, high, low, close and, if there is one, volume.

        Faults are told with their rows.
        """
        about = valid_data(given.CandleUploadSerializer(data=request.query_params))
        body: Any = request.data
        kept = candles.upload_candles(
            person(request), content=body if isinstance(body, bytes) else b"", **about
        )
        return Response(given.CandleSetSerializer(kept).data, status=status.HTTP_201_CREATED)


class GeneratedCandlesView(APIView):
    @extend_schema(
        request=given.GeneratedSerializer,
        responses={201: given.CandleSetSerializer},
        examples=[examples.MADE_UP],
        tags=TAG,
        operation_id="candles_generate",
    )
    def post(self, request: Request) -> Response:
        """Candles that nobody traded, the same for the same seed."""
        data = valid_data(given.GeneratedSerializer(data=request.data))
        kept = candles.make_up_candles(person(request), **data)
        return Response(given.CandleSetSerializer(kept).data, status=status.HTTP_201_CREATED)


class CandleSetView(APIView):
    @extend_schema(responses=given.CandleSetSerializer, tags=TAG, operation_id="candles_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One set, without its bars."""
        return Response(given.CandleSetSerializer(candles.find_candles(person(request), pk)).data)

    @extend_schema(
        request=given.CandleNameSerializer,
        responses=given.CandleSetSerializer,
        tags=TAG,
        operation_id="candles_rename",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Give a set another name."""
        data = valid_data(given.CandleNameSerializer(data=request.data))
        kept = candles.rename_candles(person(request), pk, name=data["name"])
        return Response(given.CandleSetSerializer(kept).data)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="candles_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a set that no test session looks at."""
        candles.delete_candles(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BarsView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("first", int), OpenApiParameter("last", int)],
        responses=given.BarsSerializer,
        tags=TAG,
        operation_id="candles_bars",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Bars `first` to `last`, both included, a list a column: up to 10,000 at a time."""
        kept = candles.find_candles(person(request), pk, with_data=True)
        first = _number(request, "first", 0)
        last = min(_number(request, "last", first + MOST_BARS - 1), kept.count - 1)
        if last - first >= MOST_BARS:
            message = f"At most {MOST_BARS:,} bars at a time."
            raise InvalidInput(message, fields={"last": [message]})
        bars = part(unpack(kept.data), first, last)
        columns = ("time", "open", "high", "low", "close", "volume")
        return Response({"first_bar": first, **{name: getattr(bars, name).tolist() for name in columns}})


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        message = "Give the number of a bar, counted from 0."
        raise InvalidInput(message, fields={name: [message]})
    return int(text)
