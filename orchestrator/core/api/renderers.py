"""JSON in and out of the API by the product's own rules."""

from __future__ import annotations

from typing import Any

from rest_framework import renderers

from orchestrator.core import json
from orchestrator.core.problems import CONTENT_TYPE


class JsonRenderer(renderers.BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code >= 400:
            response["Content-Type"] = CONTENT_TYPE
        return b"" if data is None else json.dumps(data)
