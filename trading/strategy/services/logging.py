"""The log of a session: whatever changes it writes here, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from trading.strategy.models import StrategicSession, WorkflowLog


def write_log(
    session: StrategicSession,
    event: str,
    *,
    at: datetime,
    actor: User | None = None,
    step: int | None = None,
    details: JsonObject | None = None,
) -> WorkflowLog:
    """The session's row must be locked: its ``last_seq`` gives the entry its number. Saves the session."""
    session.last_seq += 1
    session.updated_at = at
    session.save(update_fields=["last_seq", "updated_at", "status", "current_step"])
    return WorkflowLog.objects.create(
        session=session,
        seq=session.last_seq,
        at=at,
        event=event,
        actor=actor,
        step_position=step,
        details=details or {},
    )
