"""Reads request bodies, within limits."""

from __future__ import annotations

from typing import IO, Any, Final

from django.conf import settings
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from orchestrator.core import json
from orchestrator.core.errors import TooLarge

MAX_DEPTH: Final = 100


def read_within(stream: IO[bytes], limit: int, complaint: str) -> bytes:
    """The whole body. Raises TooLarge, in these words, for one of more bytes."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(complaint)
    return body


class JsonParser(parsers.BaseParser):
    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = read_within(stream, limit, f"The request body is larger than {limit:,} bytes.")
        try:
            value = json.normalize(json.loads(body)) if body else {}
        except json.NotJson as error:
            raise ParseError(str(error)) from error
        if json.depth_of(value, limit=MAX_DEPTH) > MAX_DEPTH:
            raise ParseError(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
        return value
