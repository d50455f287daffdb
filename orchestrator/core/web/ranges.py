"""Bytes that are served in parts, as players of sound ask for them, and are kept nowhere on the way."""

from __future__ import annotations

import re

from django.http import HttpResponse


def bytes_answer(data: bytes, media_type: str, asked: str) -> HttpResponse:
    """All of it, or the one range that ``Range`` asks for (RFC 9110); several are answered by all."""
    found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", asked.strip())
    if found is None or found.groups() == ("", ""):
        return _headed(HttpResponse(data, content_type=media_type))
    part = _part(len(data), *found.groups())
    if part is None:
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{len(data)}"
        return _headed(answer)
    answer = HttpResponse(data[part.start : part.stop], status=206, content_type=media_type)
    answer["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(data)}"
    return _headed(answer)


def _part(size: int, first: str, last: str) -> range | None:
    if not first:  # the last so many bytes
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    return range(start, stop) if start < stop else None


def _headed(answer: HttpResponse) -> HttpResponse:
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
