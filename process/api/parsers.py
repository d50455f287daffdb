"""Reads a photo that is sent as it is."""

from __future__ import annotations

from typing import IO, Any

from rest_framework import parsers

from orchestrator.core.api.parsers import read_within
from process.output.photos import MOST_BYTES


class ImageParser(parsers.BaseParser):
    """Whatever kind of image it says to be: what it is, its bytes say."""

    media_type = "image/*"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        complaint = f"A photo of at most {MOST_BYTES // 1024**2} MB, please. This one is larger."
        return {"photo": bytes(read_within(stream, MOST_BYTES, complaint))}
