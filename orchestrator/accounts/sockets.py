"""Who is at the other end of a WebSocket: a browser's session, or a program's key or access token."""

from __future__ import annotations

from typing import Any, cast

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from django.contrib.auth.models import AnonymousUser
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from orchestrator.accounts.models import ApiScope, User
from orchestrator.accounts.services.keys import use_api_key
from orchestrator.accounts.services.tokens import FAMILY, user_of_token
from orchestrator.core.clock import utc_now
from orchestrator.core.rls import act_as, bound

LogIn = tuple[str, str]
"""The kind of a log-in and its id, as ``services.sessions.is_live`` takes them."""


def log_in_of(scope: dict[str, Any]) -> LogIn | None:
    """What the socket of a scope stands on: a program's log-in, else the browser's session."""
    if scope.get("log_in") is not None:
        return cast(LogIn, scope["log_in"])
    key = getattr(scope.get("session"), "session_key", None)
    return ("session", key) if key else None


class SocketAuthentication:
    """Sets ``scope["user"]``, and ``scope["log_in"]`` for programs: what must stay good.

    An ``Authorization`` header counts before a session cookie, as in the API.

    A browser sends its cookies with any page's socket, so a session counts only for pages of this site.
    A header cannot be set by a foreign page, and programs send no ``Origin``.
    """

    def __init__(self, application: Any) -> None:
        self._application = _ForThePerson(application)
        self._by_session = AllowedHostsOriginValidator(AuthMiddlewareStack(self._application))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        with bound():
            header = dict(scope["headers"]).get(b"authorization")
            if header is None:
                return await self._by_session(scope, receive, send)
            user, log_in = await database_sync_to_async(_by_header)(header.decode("latin-1"))
            return await self._application({**scope, "user": user, "log_in": log_in}, receive, send)


class _ForThePerson:
    """Runs the application for ``scope["user"]``, as far as the database is concerned."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        act_as(scope["user"].pk)
        return await self._application(scope, receive, send)


def _by_header(header: str) -> tuple[User | AnonymousUser, LogIn | None]:
    kind, _, secret = header.partition(" ")
    now = utc_now()
    if kind.lower() == "api-key":
        key = use_api_key(secret.strip(), now=now)
        if key is not None and ApiScope.READ in key.scopes:
            return key.user, ("key", str(key.pk))
    if kind.lower() == "bearer":
        try:
            token = JWTAuthentication().get_validated_token(secret.strip().encode())
        except InvalidToken:
            return AnonymousUser(), None
        user = user_of_token(token.payload, now=now)
        if user is not None:
            return user, ("tokens", str(token[FAMILY]))
    return AnonymousUser(), None
