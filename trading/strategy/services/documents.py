"""Sessions in and out as documents, in the shape of the collection they come from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import JsonObject
from trading.strategy.access import May, corporation_numbered, find_session
from trading.strategy.domain.documents import (
    BadDocument,
    LogDocument,
    SessionDocument,
    StepDocument,
    read,
    write,
)
from trading.strategy.domain.steps import definition_of
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus
from trading.strategy.models import (
    Corporation,
    Recommendation,
    StrategicSession,
    StrategicStep,
    WorkflowLog,
)
from trading.strategy.services.advice_documents import read_recommendation, recommendation_document

_CHANGED: Final = "There is a session with this id in the corporation already, and it says something else."


def export_session(user: User, session_id: UUID) -> JsonObject:
    """The whole session as a document. Raises NotFound."""
    return write(document_of(find_session(user, session_id)))


def document_of(session: StrategicSession) -> SessionDocument:
    """In three queries. An imported session keeps the id that it came with."""
    steps = session.steps.prefetch_related("recommendations")
    is_imported = bool(session.imported_id)
    return SessionDocument(
        corporation_id=session.corporation.eve_id,
        session_id=session.imported_id or str(session.pk),
        initiator=session.initiator,
        status=SessionStatus(session.status),
        created_at=session.created_at,
        updated_at=session.updated_at,
        steps=tuple(_step_document(step, is_imported) for step in steps),
        current_step=session.current_step,
        log=tuple(LogDocument(each.at, each.event, each.details) for each in session.log.all()),
    )


def _step_document(step: StrategicStep, is_imported: bool) -> StepDocument:
    return StepDocument(
        step_type=step.step_type,
        status=StepStatus(step.status),
        started_at=step.started_at,
        completed_at=step.completed_at,
        input=step.input,
        output=step.output,
        confidence=step.confidence_score,
        recommendations=tuple(
            recommendation_document(each, is_imported=is_imported) for each in step.recommendations.all()
        ),
    )


@transaction.atomic
def import_session(user: User, document: Any) -> tuple[StrategicSession, bool]:
    """The session, and whether it is new: the same document again gives the session that it is of.

    Its corporation must have been added. Raises InvalidInput with a fault for each place, NotAllowed, and
    WrongState for a session that is here and says something else.
    """
    try:
        told = read(document)
    except BadDocument as error:
        raise InvalidInput("This is no session document.", fields=error.faults) from error
    corporation = corporation_numbered(user, told.corporation_id, May.WORK)
    known = _known(corporation, told.session_id)
    if known is not None:
        if document_of(known) != told:
            raise WrongState(_CHANGED)
        return known, False
    try:
        with transaction.atomic():
            session = _store(user, corporation, told)
    except IntegrityError as error:
        raise WrongState("The same document is being imported.") from error
    record_audit(
        user,
        "strategic_session.imported",
        session,
        after={"session_id": told.session_id, "steps": len(told.steps)},
    )
    return session, True


def _known(corporation: Corporation, session_id: str) -> StrategicSession | None:
    """That came with this id, or that was begun here and has it."""
    meant = Q(imported_id=session_id)
    with suppress(ValueError):
        meant |= Q(pk=UUID(session_id), imported_id="")
    return (
        StrategicSession.objects.select_related("corporation").filter(meant, corporation=corporation).first()
    )


def _store(user: User, corporation: Corporation, told: SessionDocument) -> StrategicSession:
    session = StrategicSession.objects.create(
        corporation=corporation,
        created_by=user,
        initiator=told.initiator,
        title=f"Imported session {told.session_id}"[:200],
        status=told.status.value,
        current_step=told.current_step,
        imported_id=told.session_id,
        created_at=told.created_at,
        updated_at=told.updated_at,
        last_seq=len(told.log),
    )
    WorkflowLog.objects.bulk_create(
        WorkflowLog(session=session, seq=seq, at=each.at, event=each.event, details=each.details)
        for seq, each in enumerate(told.log, start=1)
    )
    _add_steps(session, told.steps, first=0)
    return session


def replace_steps(session: StrategicSession, told: Sequence[StepDocument]) -> None:
    """Those of an imported session, whose row is locked; a step that says the same stays the row it was."""
    kept = list(session.steps.prefetch_related("recommendations"))
    same = 0
    while same < min(len(kept), len(told)) and _step_document(kept[same], True) == told[same]:
        same += 1
    session.steps.filter(position__gte=same).delete()
    _add_steps(session, told[same:], first=same)


def _add_steps(session: StrategicSession, told: Sequence[StepDocument], *, first: int) -> None:
    steps = StrategicStep.objects.bulk_create(
        StrategicStep(
            session=session,
            position=position,
            step_type=each.step_type,
            title=_titled(each.step_type),
            status=each.status.value,
            input=each.input,
            output=each.output,
            confidence_score=each.confidence,
            started_at=each.started_at,
            completed_at=each.completed_at,
        )
        for position, each in enumerate(told, start=first)
    )
    Recommendation.objects.bulk_create(
        read_recommendation(step, number, each)
        for step, document in zip(steps, told, strict=True)
        for number, each in enumerate(document.recommendations, start=1)
    )


def _titled(step_type: str) -> str:
    definition = definition_of(step_type)
    return definition.title if definition else step_type.replace("_", " ").capitalize()[:200]
