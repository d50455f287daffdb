"""Logging in with a user name or an e-mail address, in whatever case it is typed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.http import HttpRequest

from orchestrator.accounts.models import User
from orchestrator.core.kept import Kept


class AnyCaseBackend(ModelBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        user = account_named(username)
        if user is None:
            User().set_password(password)  # takes as long as a check, so that names cannot be guessed by time
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def get_user(self, user_id: UUID) -> User | None:
        """Of every request with a session: a query that is built once."""
        user = _BY_ID.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


_BY_ID: Final = Kept(User, lambda pk: User.objects.filter(pk=pk), {"pk": UUID})


def name_to_count(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Under which name failed log-ins are counted: an account's own, however it was called just now."""
    typed = str((credentials or {}).get("username") or "")
    found = account_named(typed) if typed else None
    return (found.username if found else typed).lower().replace("\0", "")[:255]


def account_named(name: str) -> User | None:
    """By user name if there is one, else by e-mail address; both have an index in lower case."""
    for column in ("username", "email"):
        user = User.objects.filter(Exact(Lower(column), name.lower())).first()
        if user is not None:
            return user
    return None
