"""Bytes that are served in parts, as players of sound and video ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from orchestrator.core.web.streaming import body_of

_PIECE: Final = 256 * 1024


def bytes_answer(data: bytes, media_type: str, asked: str) -> HttpResponse:
    """All of it, or the one range that ``Range`` asks for (RFC 9110); several are answered by all.

    It is kept nowhere on the way.
    """
    size = len(data)
    part = _asked(size, asked)
    if part is None:
        answer = _unsatisfiable(size)
    else:
        answer = HttpResponse(data[part.start : part.stop], content_type=media_type)
        _mark(answer, part, size, asked)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def file_answer(request: HttpRequest, path: Path, media_type: str) -> HttpResponseBase:
    """The same for a file on the disk, which is read while it is sent. Raises FileNotFoundError."""
    size, asked = path.stat().st_size, request.headers.get("range", "")
    part = _asked(size, asked)
    if part is None:
        answer: HttpResponseBase = _unsatisfiable(size)
    else:
        answer = StreamingHttpResponse(body_of(request, _pieces(path, part)), content_type=media_type)
        answer["Content-Length"] = str(len(part))
        _mark(answer, part, size, asked)
    answer["Accept-Ranges"] = "bytes"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


_NOTHING_ACTS: Final = (
    "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'"
)


def harmless_file_answer(
    request: HttpRequest, path: Path, media_type: str, name: str, *, download: bool
) -> HttpResponseBase:
    """A file that somebody sent, so that nothing in it can act: as its own type, in a sandbox, for this
    reader alone. Raises FileNotFoundError."""
    answer = file_answer(request, path, media_type)
    answer["Content-Disposition"] = content_disposition_header(download, name) or "attachment"
    answer["Content-Security-Policy"] = _NOTHING_ACTS
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _pieces(path: Path, part: range) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(part.start)
        left = len(part)
        while left and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


def _asked(size: int, asked: str) -> range | None:
    """All for a request without a range that is understood; None for one beyond the end."""
    return _part(size, *found.groups()) if (found := _understood(asked)) else range(size)


def _understood(asked: str) -> re.Match[str] | None:
    found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", asked.strip())
    return None if found is None or found.groups() == ("", "") else found


def _mark(answer: HttpResponseBase, part: range, size: int, asked: str) -> None:
    """Players tell by the 206 that they may seek, also where they asked for all."""
    if _understood(asked):
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"


def _unsatisfiable(size: int) -> HttpResponse:
    answer = HttpResponse(status=416)
    answer["Content-Range"] = f"bytes */{size}"
    return answer


def _part(size: int, first: str, last: str) -> range | None:
    if not first:  # the last so many bytes
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    return range(start, stop) if start < stop else None
