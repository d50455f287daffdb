"""The API of tapes: making them up, importing, recording, reading, giving them out."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
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
from orchestrator.core.clock import utc_now
from orchestrator.core.params import filters_in
from orchestrator.core.web.streaming import file_response
from trading.api import examples
from trading.api import tape_serializers as given
from trading.models import Tape
from trading.queries.tape_pages import file_name, pieces_of, shape_of, tapes_for
from trading.services import tapes

TAG: Final = ["tapes"]
_FILTERS: Final = {
    "search": None,
    "origin": given.TAPE_ORIGINS,
    "status": given.TAPE_STATUSES,
    "mine": ["true", "false", "1", "0"],
}
_GZIP: Final = "application/gzip"


class TapeParser(parsers.BaseParser):
    """The body as it is, up to what a tape's file may have."""

    media_type = "*/*"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.TAPE_MAX_BYTES
        return read_within(stream, limit, f"The file is larger than {limit / 1024**2:g} MB.")


@extend_schema_view(
    get=extend_schema(
        tags=TAG,
        operation_id="tapes_list",
        parameters=[
            OpenApiParameter("origin", str, enum=given.TAPE_ORIGINS),
            OpenApiParameter("status", str, enum=given.TAPE_STATUSES),
            OpenApiParameter("mine", bool),
            OpenApiParameter("search", str, description="Part of the name"),
        ],
        examples=[examples.TAPE],
    )
)
class TapesView(ListAPIView[Tape]):
    """Your tapes, and those generated for everybody."""

    queryset = Tape.objects.none()
    serializer_class = given.TapeSerializer

    def get_queryset(self) -> QuerySet[Tape]:
        return tapes_for(person(self.request), filters_in(self.request.query_params, _FILTERS))


class GenerateTapeView(APIView):
    @extend_schema(
        parameters=[examples.IDEMPOTENCY_KEY],
        request=given.GenerateTapeSerializer,
        responses={200: given.TapeSerializer, 201: given.TapeSerializer},
        examples=[examples.GENERATE, examples.TAPE],
        tags=TAG,
        operation_id="tapes_generate",
    )
    def post(self, request: Request) -> Response:
        """A tape that nobody traded, the same for the same seed, labelled as generated."""
        data = valid_data(given.GenerateTapeSerializer(data=request.data))
        return _made(request, lambda: tapes.generate_tape(person(request), **data))


class ImportTapeView(APIView):
    parser_classes = (TapeParser,)

    @extend_schema(
        parameters=[
            examples.IDEMPOTENCY_KEY,
            OpenApiParameter("name", str, description="The file's own, if left out"),
        ],
        request={_GZIP: OpenApiTypes.BINARY},
        responses={200: given.TapeSerializer, 201: given.TapeSerializer},
        tags=TAG,
        operation_id="tapes_import",
    )
    def post(self, request: Request) -> Response:
        """Import a tape from the file that is the body: JSON lines, plain or gzipped. Errors name lines."""
        about = valid_data(given.ImportTapeSerializer(data=request.query_params))
        body: Any = request.data
        content = io.BytesIO(body if isinstance(body, bytes) else b"")
        return _made(request, lambda: tapes.import_tape(person(request), content, name=about["name"]))


class RecordTapeView(APIView):
    @extend_schema(
        parameters=[examples.IDEMPOTENCY_KEY],
        request=given.RecordTapeSerializer,
        responses={202: given.TapeSerializer},
        examples=[examples.RECORD],
        tags=TAG,
        operation_id="tapes_record",
    )
    def post(self, request: Request) -> Response:
        """Begin to record these tokens; the recorder takes it up when it next looks."""
        data = valid_data(given.RecordTapeSerializer(data=request.data))
        return _made(request, lambda: tapes.begin_recording(person(request), **data), accepted=True)


class TapeView(APIView):
    @extend_schema(
        responses=given.TapeSerializer, examples=[examples.TAPE], tags=TAG, operation_id="tapes_retrieve"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One tape, without its messages."""
        return Response(given.TapeSerializer(tapes.find_tape(person(request), pk)).data)

    @extend_schema(
        request=given.TapeNameSerializer,
        responses=given.TapeSerializer,
        tags=TAG,
        operation_id="tapes_rename",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Give a tape another name."""
        data = valid_data(given.TapeNameSerializer(data=request.data))
        return Response(given.TapeSerializer(tapes.rename_tape(person(request), pk, **data)).data)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="tapes_delete")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a tape that no run and no desk rests on."""
        tapes.delete_tape(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StopTapeView(APIView):
    @extend_schema(request=None, responses={202: given.TapeSerializer}, tags=TAG, operation_id="tapes_stop")
    def post(self, request: Request, pk: UUID) -> Response:
        """End a recording; asked twice, it ends once."""
        tape = tapes.ask_to_stop(person(request), pk, at=utc_now())
        return Response(given.TapeSerializer(tape).data, status=status.HTTP_202_ACCEPTED)


class TapeShapeView(APIView):
    @extend_schema(responses=given.ShapeSerializer, tags=TAG, operation_id="tapes_shape")
    def get(self, request: Request, pk: UUID) -> Response:
        """Messages a second over the tape, and its first gaps."""
        return Response(given.ShapeSerializer(shape_of(tapes.find_tape(person(request), pk))).data)


class TapeFileView(APIView):
    @extend_schema(responses={(200, _GZIP): OpenApiTypes.BINARY}, tags=TAG, operation_id="tapes_export")
    def get(self, request: Request, pk: UUID) -> StreamingHttpResponse:
        """The tape as a gzip file of JSON lines, as import takes it."""
        tape = tapes.find_tape(person(request), pk)
        return file_response(request._request, pieces_of(tape), name=file_name(tape), content_type=_GZIP)


def _made(request: Request, make: Callable[[], Tape], *, accepted: bool = False) -> Response:
    key = request.headers.get("Idempotency-Key", "")
    tape, is_new = tapes.once(person(request), key, make)
    code = status.HTTP_202_ACCEPTED if accepted else status.HTTP_201_CREATED
    return Response(given.TapeSerializer(tape).data, status=code if is_new or accepted else 200)
