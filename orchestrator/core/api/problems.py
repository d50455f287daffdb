"""Every API error in one format: RFC 9457 problem details."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from orchestrator.core.errors import DomainError
from orchestrator.core.problems import CONTENT_TYPE, problem, problem_of


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets Django answer 500, with the details only in the log."""
    problem = _problem(error)
    if problem is None:
        return None
    set_rollback()
    headers = _headers(error)
    return Response(problem, status=problem["status"], headers=headers, content_type=CONTENT_TYPE)


def _problem(error: Exception) -> dict[str, Any] | None:
    match error:
        case DomainError():
            return problem_of(error)
        case exceptions.ValidationError():
            return problem(400, "invalid", "Some fields are not right.", errors=_fields(error.detail))
        case Http404():
            return problem(404, "not_found", "There is nothing here, or nothing that you may see.")
        case PermissionDenied():
            return problem(403, "forbidden", "You may not do this.")
        case exceptions.APIException():
            return problem(error.status_code, _code(error), _sentence(error.detail))
    return None


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _sentence(detail: Any) -> str:
    """Some errors of libraries bring a mapping, with the sentence under ``detail``."""
    return str(detail.get("detail", detail)) if isinstance(detail, dict) else str(detail)


def _fields(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Field errors flattened to ``{"settings.timeout_seconds": ["…"]}``."""
    if isinstance(detail, dict):
        parts = [_fields(value, f"{path}.{key}" if path else str(key)) for key, value in detail.items()]
        return {key: value for part in parts for key, value in part.items()}
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        parts = [_fields(value, f"{path}.{index}") for index, value in enumerate(detail)]
        return {key: value for part in parts for key, value in part.items()}
    messages = detail if isinstance(detail, list) else [detail]
    return {path or "non_field_errors": [str(message) for message in messages]}


def _headers(error: Exception) -> dict[str, str]:
    """Those that DRF's own handler sets: how to authenticate, when to come back."""
    challenge, wait = getattr(error, "auth_header", None), getattr(error, "wait", None)
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    return headers | ({"Retry-After": str(int(wait))} if wait else {})
