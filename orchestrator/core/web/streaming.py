"""Files that are written while they are sent, under ASGI without holding up the event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import chain
from typing import Final

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from orchestrator.core.rls import for_the_same_person

_END: Final = object()


def file_response(
    request: HttpRequest, pieces: Iterator[bytes], *, name: str, content_type: str
) -> StreamingHttpResponse:
    """A download. The first piece is made at once, so that what is wrong with the request is still told."""
    first = next(pieces, b"")
    body = body_of(request, for_the_same_person(chain((first,), pieces)))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(body, content_type=content_type, headers=headers)


def body_of(request: HttpRequest, pieces: Iterator[bytes]) -> Iterator[bytes] | AsyncIterator[bytes]:
    """What a StreamingHttpResponse takes under the server that answers this request."""
    return _in_thread(pieces) if isinstance(request, ASGIRequest) else pieces


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    following = sync_to_async(lambda: next(pieces, _END))
    while isinstance(piece := await following(), bytes):
        yield piece
