"""The API of a session's book, of its readers, and of everything that is stored."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.api.input import valid_data
from orchestrator.core.encryption import opened
from orchestrator.core.errors import NotFound
from orchestrator.core.web.streaming import file_response
from process.api import book_serializers as given
from process.api import examples
from process.api.parsers import ImageParser
from process.api.sessions import TAG
from process.models import Session, SessionGrant
from process.queries.book import (
    Appendix,
    parts_of,
    photo_data,
    photo_of,
    title_page_of,
)
from process.queries.lending import lent_to, readers_of
from process.queries.sessions import find_session, own_session
from process.services import book_files, books, lending
from process.services.exports import export_session

_BEING_MADE = "The file is being made. Ask again in a few seconds."
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def shown_book(user: User, session: Session) -> dict[str, Any]:
    page, is_mine = title_page_of(session), session.user_id == user.pk
    return {
        **{name: opened(getattr(page, name)) for name in books.LENGTHS},
        "language": page.language,
        "has_photo": photo_of(session) is not None,
        "chapters": [part for part in parts_of(session) if is_mine or not part.is_left_out],
    }


class BookView(APIView):
    @extend_schema(
        responses=given.BookSerializer, examples=[examples.BOOK], tags=TAG, operation_id="process_book"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Title page and approved chapters."""
        user = person(request)
        return Response(given.BookSerializer(shown_book(user, find_session(user, pk))).data)

    @extend_schema(
        request=given.BookWriteSerializer,
        responses=given.BookSerializer,
        examples=[examples.TITLE_PAGE],
        tags=TAG,
        operation_id="process_book_update",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change the title page, the order of the chapters, or which are left out."""
        user = person(request)
        books.save_book(user, pk, **valid_data(given.BookWriteSerializer(data=request.data)))
        return Response(given.BookSerializer(shown_book(user, find_session(user, pk))).data)


class PhotoView(APIView):
    parser_classes = (ImageParser,)

    @extend_schema(
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, tags=TAG, operation_id="process_book_photo"
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The photo of the title page."""
        stored = photo_of(find_session(person(request), pk))
        if stored is None:
            raise NotFound("There is no photo.")
        return HttpResponse(photo_data(stored).data, content_type=stored.media_type, headers=_PRIVATE)

    @extend_schema(
        request={"image/*": OpenApiTypes.BINARY},
        responses={204: None},
        tags=TAG,
        operation_id="process_book_set_photo",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Send a JPEG, PNG or WebP; it is encoded anew, without what the camera wrote into it."""
        own_session(person(request), pk)  # before so much is read
        sent = cast(dict[str, bytes], request.data)
        books.set_photo(person(request), pk, sent["photo"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_book_remove_photo")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete the photo, if there is one."""
        books.remove_photo(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BookFileView(APIView):
    @extend_schema(
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            202: OpenApiResponse(given.BeingMadeSerializer, description="Ask again after `Retry-After`"),
        },
        examples=[examples.BEING_MADE],
        parameters=[
            OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(books.FORMATS)),
            OpenApiParameter(
                "answers",
                str,
                enum=[each.value for each in Appendix],
                description="Adds an appendix of answers: `shared` those not private. Default: `none`",
            ),
        ],
        tags=TAG,
        operation_id="process_book_file",
    )
    def get(self, request: Request, pk: UUID, kind: str) -> HttpResponse:
        """The book as Markdown, Word or PDF. A long PDF is made meanwhile: ask again until it is there."""
        user = person(request)
        made, content = book_files.write_book(
            user, pk, kind, answers=request.query_params.get("answers", "none")
        )
        if content is None:
            return Response({"detail": _BEING_MADE}, status=202, headers={**_PRIVATE, "Retry-After": "3"})
        headers = {**_PRIVATE, "Content-Disposition": books.disposition(made, kind)}
        return HttpResponse(content, content_type=books.FORMATS[kind][1], headers=headers)


class SessionExportView(APIView):
    @extend_schema(
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/zip"): OpenApiTypes.BINARY,
        },
        tags=TAG,
        operation_id="process_sessions_export",
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """Everything that is stored: JSON, in a ZIP archive where there are recordings or a photo."""
        file = export_session(own_session(person(request), pk))
        return file_response(request._request, file.pieces, name=file.name, content_type=file.content_type)


class GrantsView(APIView):
    @extend_schema(
        responses=given.SessionGrantSerializer(many=True), tags=TAG, operation_id="process_grants_list"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Who may read the session."""
        rows = readers_of(own_session(person(request), pk))
        return Response(given.SessionGrantSerializer(rows, many=True).data)

    @extend_schema(
        request=given.LendSerializer,
        responses={201: given.SessionGrantSerializer},
        examples=[examples.LEND],
        tags=TAG,
        operation_id="process_grants_lend",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Let somebody read the book, and the answers that are not private."""
        data = valid_data(given.LendSerializer(data=request.data))
        grant = lending.lend_session(person(request), pk, reader=data["reader"])
        return Response(given.SessionGrantSerializer(grant).data, status=status.HTTP_201_CREATED)


class GrantView(APIView):
    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_grants_take_back")
    def delete(self, request: Request, pk: UUID, user_id: UUID) -> Response:
        """Take it back; a reader gives it back by their own id."""
        user = person(request)
        if user_id == user.pk:
            lending.give_back(user, pk)
        else:
            lending.take_back(user, pk, reader_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="process_lent_list"))
class LentView(ListAPIView[SessionGrant]):
    """What others let you read, the latest first."""

    queryset = SessionGrant.objects.none()
    serializer_class = given.LentSessionSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[SessionGrant]:
        return lent_to(person(self.request))
