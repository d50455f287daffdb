"""The one form of an error over HTTP: RFC 9457 problem details. Needs no web framework."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

CONTENT_TYPE: Final = "application/problem+json"


def problem(status: int, code: str, detail: str, **extra: object) -> dict[str, Any]:
    return {
        "type": f"urn:orchestrator:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
