"""Where sessions of browsers are kept: Django's table, read by a query that is built once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from orchestrator.core.clock import utc_now
from orchestrator.core.kept import Kept

_LIVE: Final = Kept(
    Session,
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    {"key": str, "now": datetime},
)


class SessionStore(db.SessionStore):
    """Every request of a browser begins with it."""

    def _get_session_from_db(self) -> Session | None:
        found = _LIVE.first(key=self.session_key, now=utc_now())
        if found is None:
            self._session_key = None
        return found
