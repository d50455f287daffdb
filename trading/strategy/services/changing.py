"""Changing a session by its document: what a client may say of it, checked against what it is.

A session that runs is moved by its run; only one that was imported takes steps from a document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import JsonObject
from trading.strategy.access import May, find_session
from trading.strategy.domain.documents import BadDocument, SessionDocument, camel, read, write
from trading.strategy.domain.vocabulary import MOVES, SessionStatus
from trading.strategy.models import StrategicSession
from trading.strategy.services.documents import document_of, replace_steps
from trading.strategy.services.logging import write_log
from trading.strategy.services.sessions import archive_session, pause_session, resume_session

_OURS: Final = {"title": 200, "objective": 10_000}
_KEPT: Final = ("corporationId", "sessionId", "initiator")
"""May be sent, and say the same as before."""
_TOLD: Final = ("createdAt", "updatedAt", "sessionLog")
"""The server's: what is sent of them is passed over, so that what was read can be sent back."""
_CHANGED: Final = ("status", "currentStep", "steps")


@transaction.atomic
def change_session(
    user: User, session_id: UUID, wanted: JsonObject, *, whole: bool = False
) -> StrategicSession:
    """The session after it. ``whole``: ``wanted`` is a whole document, else only what is to change.

    Raises NotFound, NotAllowed, InvalidInput with a fault for each place, and WrongState: for what is
    archived, a move that there is not, and steps of a session that runs.
    """
    session = find_session(user, session_id, May.WORK, lock=True)
    has_run = session.execution_id is not None
    before = document_of(session)
    given = camel({name: value for name, value in wanted.items() if name not in _OURS})
    after = _read(given, write(before), whole=whole)
    words = _words(wanted)
    old = {name: getattr(session, name) for name in words}
    changes: JsonObject = {name: text for name, text in words.items() if text != old[name]}
    changes |= _told(before, after)
    if not changes:
        return session
    if session.status == SessionStatus.ARCHIVED:
        raise WrongState("This session is archived and stays as it is.")
    for name, text in words.items():
        setattr(session, name, text)
    session.save(update_fields=["title", "objective"])
    if before.status != after.status:
        check_move(before.status, after.status)
    if not has_run:
        _follow(session, before, after)
    else:
        _check_run(before, after)
    details: JsonObject = {"changed": [*sorted(changes)]}
    write_log(session, "session_changed", at=utc_now(), actor=user, details=details)
    told = {name: value for name, value in changes.items() if name not in _OURS}
    record_audit(user, "strategic_session.changed", session, after={**told, **details})
    if has_run and before.status != after.status:
        return _MOVERS[after.status](user, session_id)
    return session


def put_away(user: User, session_id: UUID) -> StrategicSession:
    """Archive it, whether a run works on it or it was imported. Raises NotFound, NotAllowed, WrongState."""
    has_run = find_session(user, session_id, May.WORK).execution_id is not None
    if has_run:
        return archive_session(user, session_id)
    return change_session(user, session_id, {"status": SessionStatus.ARCHIVED.value})


_MOVERS: Final[dict[SessionStatus, Callable[[User, UUID], StrategicSession]]] = {
    SessionStatus.PAUSED: pause_session,
    SessionStatus.ACTIVE: resume_session,
    SessionStatus.ARCHIVED: archive_session,
}


def check_move(current: SessionStatus, target: SessionStatus) -> None:
    """Raises WrongState."""
    if target not in MOVES[current]:
        raise WrongState(f"A session that is {current} cannot become {target}.")


def _read(given: Any, before: JsonObject, *, whole: bool) -> SessionDocument:
    faults: dict[str, list[str]] = {}
    for name in given:
        if name not in (*_KEPT, *_TOLD, *_CHANGED):
            faults[name] = ["A session has no such field."]
    for name in _KEPT:
        if name in given and given[name] != before[name]:
            faults[name] = [f"This stays as it is: {before[name]}."]
    document = given if whole else {**before, **given}
    document |= {name: before[name] for name in _TOLD}
    try:
        told = read(document)
    except BadDocument as error:
        raise InvalidInput("This cannot be taken.", fields={**error.faults, **faults}) from error
    if faults:
        raise InvalidInput("This cannot be taken.", fields=faults)
    return told


def _words(wanted: JsonObject) -> dict[str, str]:
    """Title and objective, which are no part of the document."""
    found: dict[str, str] = {}
    faults: dict[str, list[str]] = {}
    for name, most in _OURS.items():
        if name not in wanted:
            continue
        text = wanted[name]
        if not isinstance(text, str) or "\0" in text or len(text.strip()) > most:
            faults[name] = [f"This is text of at most {most:,} characters."]
        elif name == "title" and not text.strip():
            faults[name] = ["A session has a title."]
        else:
            found[name] = text.strip()
    if faults:
        raise InvalidInput("This cannot be taken.", fields=faults)
    return found


def _told(before: SessionDocument, after: SessionDocument) -> JsonObject:
    found: JsonObject = {}
    if before.status != after.status:
        found["status"] = after.status.value
    if before.current_step != after.current_step:
        found["current_step"] = after.current_step
    if before.steps != after.steps:
        found["steps"] = len(after.steps)
    return found


def _follow(session: StrategicSession, before: SessionDocument, after: SessionDocument) -> None:
    session.status, session.current_step = after.status.value, after.current_step
    if before.steps != after.steps:
        replace_steps(session, after.steps)


def _check_run(before: SessionDocument, after: SessionDocument) -> None:
    if before.steps != after.steps:
        raise WrongState("The steps of a session that runs change when they are reviewed.")
    if before.current_step != after.current_step:
        raise WrongState("The run says which step is current. Advance the session instead.")
    if before.status != after.status and after.status not in _MOVERS:
        raise WrongState("A session is completed when its last step was accepted.")
