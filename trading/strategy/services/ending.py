"""What a session makes of the end of its run: completed, or an error that a person can try to mend.

A message says that a run ended; the sweep finds the runs of whose end nobody heard.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from orchestrator.core.clock import utc_now
from orchestrator.core.hinting import send_hint
from orchestrator.core.json import JsonObject
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus
from trading.strategy.models import StrategicSession, StrategicStep, WorkflowLog
from trading.strategy.services.logging import write_log

TASK: Final = "strategy.close_session"
_OPEN: Final = (SessionStatus.ACTIVE.value, SessionStatus.PAUSED.value)


def hint(execution_id: UUID) -> None:
    """Let a worker close the session of a run that has ended."""
    send_hint(TASK, str(execution_id), unsent="ending_hint_not_sent", execution=str(execution_id))


@transaction.atomic
def close_session(execution_id: UUID) -> None:
    """Safe to do any number of times."""
    session = StrategicSession.objects.select_for_update().filter(execution_id=execution_id).first()
    run = Execution.objects.only("status", "error", "finished_at").filter(pk=execution_id).first()
    if session is None or run is None or run.finished_at is None or session.status not in _OPEN:
        return
    if run.status == Status.COMPLETED:
        session.status = SessionStatus.COMPLETED.value
        write_log(session, "session_completed", at=utc_now())
        return
    ended: JsonObject = {"execution": str(execution_id), "status": run.status}
    if WorkflowLog.objects.filter(session=session, event="run_ended", details__contains=ended).exists():
        return
    step = _stopped_at(session)
    if step is not None:
        now = utc_now()
        told = (run.error or {}).get("message") or f"The run ended as {run.status.replace('_', ' ')}."
        code = (run.error or {}).get("code") or run.status
        step.status = StepStatus.ERROR.value
        step.error = {"code": code, "message": told, "at": now.isoformat()}
        step.save(update_fields=["status", "error"])
    position = step.position if step is not None else None
    write_log(session, "run_ended", at=utc_now(), step=position, details=ended)


def close_left() -> int:
    """Close the sessions of runs that are over; how many were looked at."""
    left = StrategicSession.objects.filter(
        Q(execution__status=Status.COMPLETED.value) | Q(updated_at__lt=F("execution__finished_at")),
        status__in=_OPEN,
        execution__finished_at__isnull=False,
    )
    found = list(left.values_list("execution_id", flat=True)[:500])
    for execution_id in found:
        if execution_id is not None:
            close_session(execution_id)
    return len(found)


def _stopped_at(session: StrategicSession) -> StrategicStep | None:
    """The step that was at work, else the one that would have come next."""
    rows = session.steps.order_by("position")
    at_work = rows.filter(status=StepStatus.IN_PROGRESS.value, output__isnull=True).first()
    return at_work or rows.filter(status=StepStatus.PENDING.value).first()
