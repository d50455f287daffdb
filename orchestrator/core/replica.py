"""Reading lists and analytics from a read replica, where one is configured.

A replica lags behind by moments. So only views named in ``settings.REPLICA_VIEWS`` read from it, only with
GET, never inside a transaction, and not in the seconds after the same browser has changed something: people
find what they have just done in the list that they come back to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

REPLICA: Final = "replica"
FRESH_COOKIE: Final = "fresh"
FRESH_SECONDS: Final = 5

_may_lag: ContextVar[bool] = ContextVar("reads_may_lag", default=False)


@contextmanager
def reads_may_lag() -> Iterator[None]:
    """What is read inside may be some moments old."""
    token = _may_lag.set(True)
    try:
        yield
    finally:
        _may_lag.reset(token)


class ReplicaRouter:
    """Writes, and reads that must be fresh, go to the primary; so does everything without a replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        if not _may_lag.get() or REPLICA not in connections.settings:
            return DEFAULT_DB_ALIAS
        return DEFAULT_DB_ALIAS if connections[DEFAULT_DB_ALIAS].in_atomic_block else REPLICA

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class ReplicaMiddleware:
    """Comes after everything that asks for sessions and people, which are always read from the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if REPLICA not in connections.settings:
            return self.get_response(request)
        with reads_may_lag() if _reads_a_list(request) else _as_ever():
            response = self.get_response(request)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            response.set_cookie(
                FRESH_COOKIE, "1", max_age=FRESH_SECONDS, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response


@contextmanager
def _as_ever() -> Iterator[None]:
    yield


def _reads_a_list(request: HttpRequest) -> bool:
    if request.method not in ("GET", "HEAD") or FRESH_COOKIE in request.COOKIES:
        return False
    try:
        view = resolve(request.path_info)
    except Resolver404:
        return False
    return view.view_name.startswith(settings.REPLICA_VIEWS)
