"""The one form of an error over HTTP: RFC 9457 problem details. Needs no web framework."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from orchestrator.core.errors import DomainError

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


def problem_of(error: DomainError) -> dict[str, Any]:
    """With what the error says beyond its message, and the complaints about single fields as ``errors``."""
    fields = {"errors": error.fields} if error.fields else {}
    return problem(error.status, error.code, error.message, **error.extra, **fields)
