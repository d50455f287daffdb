"""What every request carries along: where it comes from, and in which zone its reader lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import timezone

from orchestrator.core.context import Origin, origin
from orchestrator.core.rls import act_as, bound, for_the_same_person

Handler = Callable[[HttpRequest], HttpResponse]

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class ProbeMiddleware:
    """Answers probes ahead of everything that looks at host names, TLS, sessions and people.

    Whoever probes a server addresses it by whatever name or number it has there, over plain HTTP.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in PROBES:
            return self.get_response(request)
        response: HttpResponse = resolve(request.path_info).func(request)
        response["Cache-Control"] = "no-store"
        return response


class RowSecurityMiddleware:
    """Binds everything a request asks of the database to the person behind it; see core/rls.py.

    Until OriginMiddleware has found out who that is, it is nobody.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with bound():
            response: HttpResponseBase = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                parts = cast(Iterator[bytes], response.streaming_content)
                response.streaming_content = for_the_same_person(parts)
        return response


class OriginMiddleware:
    """Makes the request's origin known to audit rows, run events and log lines.

    The answer carries the request's id as ``X-Request-ID``; a client may choose it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("x-request-id", "")
        request_id = given if given.isalnum() and len(given) <= 64 else uuid4().hex
        here = Origin(
            user_id=str(request.user.pk or ""),
            session_id=_fingerprint(request.session.session_key),
            ip_address=request.META.get("REMOTE_ADDR", ""),
            user_agent=request.headers.get("user-agent", "")[:400],
            request_id=request_id,
        )
        act_as(request.user.pk)
        with origin(here), structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class TimeZoneMiddleware:
    """Shows times in the zone of the person who reads them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "time_zone", "UTC")
        with timezone.override(ZoneInfo(name)):
            return self.get_response(request)


def _fingerprint(session_key: str | None) -> str:
    """Enough of a session to tell it from others, not enough to take it over."""
    return session_key[:8] if session_key else ""
