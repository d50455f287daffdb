"""Beginning strategy sessions, pausing them, going on, and putting them away."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.ai.domain.catalog import OFFLINE, PROVIDERS
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import JsonObject
from orchestrator.core.rls import as_server
from orchestrator.executions.models import Execution
from orchestrator.executions.services.starting import start_execution, start_for
from orchestrator.executions.services.steering import cancel_for, pause_for, resume_for
from orchestrator.workflows.access import find_runnable
from orchestrator.workflows.models import WorkflowVersion
from trading.strategy.access import May, find_corporation, find_session
from trading.strategy.domain.vocabulary import MOVES, SessionStatus
from trading.strategy.models import Corporation, StrategicSession, StrategicStep
from trading.strategy.services.builtin import NAME, builtin_workflow
from trading.strategy.services.layout import steps_of, title_of
from trading.strategy.services.logging import write_log

MOST_TITLE: Final = 200
MOST_OBJECTIVE: Final = 10_000
MOST_INITIATOR: Final = 150
AGENT: Final = "agent:"
_IMPORTED: Final = "This session was imported and has no run: it is read, scored and exported, not moved."
_GONE: Final = (
    "The run of this session was deleted, as runs are that ended long ago: it is read, scored and exported, "
    "not moved. To go on, begin another."
)
_WHY: Final = "the run belongs to a workflow of the server, or of somebody else who lent only the corporation"


def start_session(
    user: User,
    corporation_id: UUID,
    *,
    workflow_id: UUID | None = None,
    title: str = "",
    objective: str = "",
    initiator: str = "",
    provider: str = OFFLINE,
    idempotency_key: str = "",
) -> tuple[StrategicSession, bool]:
    """A session that begins, and whether it is new: one ``idempotency_key`` of a person gives one.

    Without a workflow it goes through the built-in steps. ``initiator`` is empty for the person, or
    ``agent:`` and what the agent is called. ``provider`` answers where a step names none. Raises NotFound,
    NotAllowed, InvalidInput, and WrongState for a workflow that cannot be run.
    """
    corporation = find_corporation(user, corporation_id, May.WORK)
    known = _known(user, idempotency_key, corporation)
    if known is not None:
        return known, False
    session = StrategicSession(
        corporation=corporation,
        created_by=user,
        initiator=_initiator(user, initiator),
        title=_text("title", title, MOST_TITLE),
        objective=_text("objective", objective, MOST_OBJECTIVE),
        idempotency_key=_text("idempotency_key", idempotency_key, 100),
    )
    if provider not in PROVIDERS:
        message = f"There is no such provider; there are {', '.join(PROVIDERS)}."
        raise InvalidInput(message, fields={"provider": [message]})
    try:
        with transaction.atomic():
            _insert(user, session, corporation, workflow_id, provider)
    except IntegrityError:
        known = _known(user, idempotency_key, corporation)
        if known is None:
            raise
        return known, False  # the same key at the same moment: the other one was quicker
    return session, True


@transaction.atomic
def pause_session(user: User, session_id: UUID) -> StrategicSession:
    """No further step begins; what is under way ends. Raises NotFound, NotAllowed, WrongState."""
    session = find_moving(user, session_id, SessionStatus.PAUSED)
    assert session.execution_id is not None
    with as_server(_WHY):
        pause_for(session.execution_id, by=user.username)
    return _moved(user, session, SessionStatus.PAUSED)


@transaction.atomic
def resume_session(user: User, session_id: UUID) -> StrategicSession:
    """Raises NotFound, NotAllowed, WrongState."""
    session = find_moving(user, session_id, SessionStatus.ACTIVE)
    assert session.execution_id is not None
    with as_server(_WHY):
        if is_live(session):
            resume_for(user, session.execution_id)
    return _moved(user, session, SessionStatus.ACTIVE)


@transaction.atomic
def archive_session(user: User, session_id: UUID) -> StrategicSession:
    """Put away for good: read and scored, and never moved again. Raises NotFound, NotAllowed, WrongState."""
    session = find_moving(user, session_id, SessionStatus.ARCHIVED)
    stop_run(user, session, "The session was archived.")
    return _moved(user, session, SessionStatus.ARCHIVED)


@transaction.atomic
def delete_session(user: User, session_id: UUID) -> None:
    """With its steps, log and matrices. By who began it, or the corporation's owner.

    Raises NotFound and NotAllowed.
    """
    session = find_session(user, session_id, May.WORK, lock=True)
    if session.created_by_id != user.pk:
        find_corporation(user, session.corporation_id, May.OWN)
    stop_run(user, session, "The session was deleted.")
    record_audit(user, "strategic_session.deleted", session, before={"status": session.status})
    session.delete()


def find_moving(user: User, session_id: UUID, target: SessionStatus) -> StrategicSession:
    """The session, locked, if it may become that. Raises NotFound, NotAllowed, WrongState."""
    session = find_session(user, session_id, May.WORK, lock=True)
    status = SessionStatus(session.status)
    if status is target:
        raise WrongState(f"This session is {status} already.")
    if target not in MOVES[status]:
        raise WrongState(f"This session is {status}; it cannot become {target}.")
    if session.execution_id is None:
        raise no_run(session)
    return session


def no_run(session: StrategicSession) -> WrongState:
    """Why a session without a run cannot be moved."""
    return WrongState(_IMPORTED if session.imported_id else _GONE)


def is_live(session: StrategicSession) -> bool:
    """Whether its run goes on. To be asked as the server."""
    return Execution.objects.filter(pk=session.execution_id, finished_at__isnull=True).exists()


def _insert(
    user: User, session: StrategicSession, corporation: Corporation, workflow_id: UUID | None, provider: str
) -> None:
    """Session, run and steps in one transaction: none is without the others."""
    given: JsonObject = {"session": str(session.pk), "provider": provider}
    name = NAME
    if workflow_id is None:
        _, workflow = builtin_workflow()
        with as_server(_WHY):
            version = WorkflowVersion.objects.only("pk").get(workflow=workflow, is_current=True).pk
            steps = steps_of(version)
            execution, _ = start_for(user, workflow.pk, input=given)
    else:
        runnable = find_runnable(user, workflow_id)
        name = runnable.workflow.name
        steps = steps_of(runnable.version.pk)
        execution, _ = start_execution(user, workflow_id, input=given, trigger={"type": "strategy"})
    session.execution = execution
    session.title = session.title or f"{corporation.name}: {name}"[:MOST_TITLE]
    session.save(force_insert=True)
    StrategicStep.objects.bulk_create(
        StrategicStep(
            session=session,
            position=position,
            node_id=each.id,
            step_type=each.node.data.config.get("step_type", "situation"),
            title=title_of(each),
        )
        for position, each in enumerate(steps)
    )
    details: JsonObject = {"initiator": session.initiator, "workflow": name, "steps": len(steps)}
    write_log(session, "session_started", at=session.created_at, actor=user, details=details)
    after = {"corporation": corporation.eve_id, "initiator": session.initiator, "steps": len(steps)}
    record_audit(user, "strategic_session.started", session, after=after)


def _known(user: User, key: str, corporation: Corporation) -> StrategicSession | None:
    rows = StrategicSession.objects.select_related("corporation")
    known = rows.filter(created_by=user, idempotency_key=key).first() if key else None
    if known is not None and known.corporation_id != corporation.pk:
        message = "By this key you began a session of another corporation. Send a new key."
        raise InvalidInput(message, fields={"idempotency_key": [message]})
    return known


def _initiator(user: User, initiator: str) -> str:
    given = initiator.strip()
    if given in ("", user.username):
        return user.username[:MOST_INITIATOR]
    if given.startswith(AGENT) and given.removeprefix(AGENT).strip():
        return _text("initiator", given, MOST_INITIATOR)
    message = f"Yourself (leave it out), or {AGENT} and what the agent is called."
    raise InvalidInput(message, fields={"initiator": [message]})


def _text(field: str, value: str, most: int) -> str:
    text = value.strip()
    if len(text) > most:
        message = f"Say it in {most:,} characters; these are {len(text):,}."
        raise InvalidInput(message, fields={field: [message]})
    if "\x00" in text:
        raise InvalidInput("It holds a character that cannot be stored.", fields={field: ["No NUL, please."]})
    return text


def stop_run(user: User, session: StrategicSession, reason: str) -> None:
    """So that nothing works on it any more. The session is locked."""
    with as_server(_WHY):
        if is_live(session):
            cancel_for(user, session.execution_id, reason=reason)


def _moved(user: User, session: StrategicSession, target: SessionStatus) -> StrategicSession:
    before, session.status = session.status, target.value
    event = {"active": "session_resumed"}.get(target.value, f"session_{target}")
    write_log(session, event, at=utc_now(), actor=user, details={"from": before})
    record_audit(
        user,
        f"strategic_session.{target}",
        session,
        before={"status": before},
        after={"status": target.value},
    )
    return session
