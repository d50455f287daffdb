"""Who is at the other end of a WebSocket: a browser's session, or a program's key or access token."""

from __future__ import annotations

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from django.contrib.auth.models import AnonymousUser
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from orchestrator.accounts.models import ApiScope, User
from orchestrator.accounts.services.keys import use_api_key
from orchestrator.core.clock import utc_now
from orchestrator.core.rls import act_as, bound


class SocketAuthentication:
    """Sets ``scope["user"]``. An ``Authorization`` header counts before a session cookie, as in the API.

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
            user = await database_sync_to_async(_by_header)(header.decode("latin-1"))
            return await self._application({**scope, "user": user}, receive, send)


class _ForThePerson:
    """Runs the application for ``scope["user"]``, as far as the database is concerned."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        act_as(scope["user"].pk)
        return await self._application(scope, receive, send)


def _by_header(header: str) -> User | AnonymousUser:
    kind, _, secret = header.partition(" ")
    if kind.lower() == "api-key":
        key = use_api_key(secret.strip(), now=utc_now())
        return key.user if key is not None and ApiScope.READ in key.scopes else AnonymousUser()
    if kind.lower() == "bearer":
        tokens = JWTAuthentication()
        try:
            user = tokens.get_user(tokens.get_validated_token(secret.strip().encode()))
        except (InvalidToken, AuthenticationFailed):
            return AnonymousUser()
        return user if isinstance(user, User) else AnonymousUser()
    return AnonymousUser()
