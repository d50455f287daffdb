"""Steering runs under way: pause, resume, cancel, signals.

All of it is mail: the worker that holds the run acts on it within moments, and nobody else ever changes
a run's state. What these functions refuse, they refuse by the state at the time of asking.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.context import current_origin
from orchestrator.core.errors import InvalidInput, TooLarge, WrongState
from orchestrator.core.json import Json, NotJson
from orchestrator.executions.access import find_execution
from orchestrator.executions.domain.arrivals import Arrival, Cancel, Pause, Resume, Signal
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime import mail
from orchestrator.executions.runtime.hints import hint_on_commit
from orchestrator.workflows.models import Access

MAX_PAYLOAD_BYTES = 256 * 1024


def pause_execution(user: User, execution_id: UUID) -> Execution:
    """No new step begins; what is under way ends. Raises WrongState if the run is over or paused."""
    execution = find_execution(user, execution_id, Access.EDITOR)
    if execution.status == Status.PAUSED:
        raise WrongState("This run is paused already.")
    return _send(execution, Pause(by=user.username))


def resume_execution(user: User, execution_id: UUID) -> Execution:
    """Raises WrongState if the run is not paused and was not asked to."""
    execution = find_execution(user, execution_id, Access.EDITOR)
    if execution.status != Status.PAUSED and not execution.mail.filter(kind="pause").exists():
        raise WrongState(f"This run is {execution.status}, not paused.")
    return _send(execution, Resume(by=user.username))


def cancel_execution(user: User, execution_id: UUID, *, reason: str = "") -> Execution:
    """Ask running steps to stop, withdraw what waits, and end the run. Raises WrongState if it is over."""
    execution = find_execution(user, execution_id, Access.EDITOR)
    return _send(execution, Cancel(by=user.username, reason=reason[:500]))


def cancel_for(person: User, execution_id: UUID, *, reason: str = "") -> Execution:
    """Cancel a run that a product started by ``start_for``, whatever the person may see of its workflow.

    For services of products, which know that the person may end it. Raises WrongState if it is over.
    """
    return _send(Execution.objects.get(pk=execution_id), Cancel(by=person.username, reason=reason[:500]))


def signal_for(person: User, execution_id: UUID, name: str, payload: Json = None) -> Execution:
    """Signal a run that a product started by ``start_for``, as ``cancel_for`` cancels one."""
    return _send(Execution.objects.get(pk=execution_id), Signal(name, payload, by=person.username))


def resume_for(person: User, execution_id: UUID) -> Execution:
    """Resume a run that a product paused by ``pause_for``. Raises WrongState if it is over."""
    return _send(Execution.objects.get(pk=execution_id), Resume(by=person.username))


@transaction.atomic
def pause_for(execution_id: UUID, *, by: str) -> bool:
    """Pause a run for a product that stops all of its own, whoever may see it. False: it is over, paused,
    or was asked to already."""
    row = Execution.objects.filter(pk=execution_id).first()
    if row is None or row.mail.filter(kind="pause").exists():
        return False
    if row.status == Status.PAUSED and not row.mail.filter(kind="resume").exists():
        return False
    posted = mail.post(row.pk, Pause(by=by), now=utc_now(), metadata=current_origin().as_metadata())
    hint_on_commit()
    return posted


def signal_execution(user: User, execution_id: UUID, name: str, payload: Json = None) -> Execution:
    """Deliver a signal to every step that waits for it, or keep it for one that will."""
    if not 1 <= len(name) <= 100:
        raise InvalidInput("A signal's name has 1 to 100 characters.")
    try:
        json.normalize(payload, limit=MAX_PAYLOAD_BYTES)
    except NotJson as error:
        raise TooLarge(str(error)) from error
    execution = find_execution(user, execution_id, Access.EDITOR)
    return _send(execution, Signal(name, payload, by=user.username))


@transaction.atomic
def _send(execution: Execution, arrival: Arrival) -> Execution:
    origin = current_origin().as_metadata()
    if not mail.post(execution.pk, arrival, now=utc_now(), metadata=origin):
        raise WrongState(f"This run is over: it is {_status_of(execution)}.")
    hint_on_commit()
    execution.refresh_from_db(fields=["status", "wake_at"])
    return execution


def _status_of(execution: Execution) -> str:
    execution.refresh_from_db(fields=["status"])
    return execution.status.replace("_", " ")
