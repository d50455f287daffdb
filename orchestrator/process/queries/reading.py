"""The sessions that a person may look at."""

from __future__ import annotations

from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotFound
from orchestrator.process.models import Session


def find_session(user: User, session_id: UUID) -> Session:
    """The person's own session, or one that they were lent, with what is one row of it. Raises NotFound."""
    rows = Session.objects.readable_by(user).select_related(
        "process_version", "current_node", "current_section", "scope", "profile"
    )
    session = rows.filter(pk=session_id).first()
    if session is None:
        raise NotFound("There is no such session, or none of yours.")
    return session
