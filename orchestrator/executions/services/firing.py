"""Triggers that fire: schedules whose moment has come, and triggers that a person fires by hand.

Two beats at the same moment, or one delivered twice, start nothing twice: whoever locks the trigger's row
moves it on to its next moment, and each moment has an idempotency key besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError, InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain.arrivals import Cancel
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.runs import started_by_trigger
from orchestrator.executions.runtime import mail
from orchestrator.executions.services.starting import start_execution
from orchestrator.graphs.expressions import EvaluationError, ExpressionError, compile_binding
from orchestrator.workflows.domain.occurrences import (
    MissedPolicy,
    OverlapPolicy,
    find_due,
    jittered,
    resolve_overlap,
)
from orchestrator.workflows.domain.schedules import ScheduleError
from orchestrator.workflows.models import Access, Trigger, TriggerKind
from orchestrator.workflows.models.trigger import TriggerQuerySet
from orchestrator.workflows.services.trigger_fields import NAMES
from orchestrator.workflows.services.triggers import find_trigger

MOST_AT_ONCE: Final = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fired:
    """``failed`` counts moments at which no run could start."""

    started: int = 0
    skipped: int = 0
    failed: int = 0

    def __add__(self, other: Fired) -> Fired:
        return Fired(self.started + other.started, self.skipped + other.skipped, self.failed + other.failed)


def fire_due_triggers(*, now: datetime | None = None) -> Fired:
    """Start what is due. Safe to run at any time, by several at once: each trigger is one's at a time.

    A trigger that cannot be fired for a reason nobody foresaw is logged and does not hold up the others.
    """
    moment = now or utc_now()
    due = list(Trigger.objects.due(moment).values_list("pk", flat=True)[:MOST_AT_ONCE])
    total = Fired()
    for trigger_id in due:
        try:
            total += fire_schedule(trigger_id, now=moment)
        except Exception:
            log.exception("trigger_not_fired", trigger=str(trigger_id))
    return total


@transaction.atomic
def fire_schedule(trigger_id: UUID, *, now: datetime) -> Fired:
    """Start the runs of one trigger's moments that are due, and plan the next; nothing if another does.

    Locks the workflow's and the trigger's row without ever waiting for them.
    """
    trigger = _locked(trigger_id, skip_locked=True).due(now).first()
    if trigger is None:
        return Fired()
    try:
        schedule = trigger.schedule
    except ScheduleError as error:  # a zone that the time zone database has dropped
        schedule = None
        _note_error(trigger, error.message, now)
    if schedule is None or trigger.next_run_at is None:
        wanted, skipped, following = tuple(trigger.queued), 0, None
    else:
        due = find_due(
            schedule,
            trigger.next_run_at,
            now,
            missed=MissedPolicy(trigger.missed),
            catch_up=trigger.catch_up,
            jitter_seconds=trigger.jitter_seconds,
            seed=trigger.pk,
        )
        wanted, skipped, following = (*trigger.queued, *due.run), due.skipped, due.next_run_at
    policy = OverlapPolicy(trigger.overlap)
    is_running = policy is not OverlapPolicy.ALLOW and _live_runs(trigger).exists()
    overlap = resolve_overlap(policy, wanted, running=is_running)
    started = sum(_start(trigger, each, now, cancel=overlap.cancel_previous) for each in overlap.start)
    fired = Fired(started, skipped + overlap.dropped, len(overlap.start) - started)
    trigger.queued, trigger.next_run_at = list(overlap.queue), following
    later = jittered(following, trigger.jitter_seconds, trigger.pk) if following is not None else None
    trigger.due_at = now if overlap.queue else later
    trigger.started_count += fired.started
    trigger.skipped_count += fired.skipped
    trigger.failed_count += fired.failed
    trigger.save(
        update_fields=[
            "queued", "next_run_at", "due_at", "started_count", "skipped_count", "failed_count",
            "last_run_at", "last_execution_id", "last_error", "last_error_at",
        ]
    )  # fmt: skip
    return fired


def _start(trigger: Trigger, moment: datetime, now: datetime, *, cancel: bool) -> bool:
    """Whether a run was started for a moment of the schedule."""
    about = about_trigger(trigger, now, scheduled_at=moment.isoformat())
    key = f"trigger:{trigger.pk}:{moment.isoformat()}"
    try:
        with transaction.atomic():
            execution, is_new = start_for(trigger, about, key=key, now=now)
            if cancel and is_new:
                _cancel_others(trigger, execution.pk, now)
    except DomainError as error:
        _note_error(trigger, error.sentence, now)
        return False
    trigger.last_run_at, trigger.last_execution_id, trigger.last_error = now, execution.pk, ""
    return True


def start_for(
    trigger: Trigger,
    about: JsonObject,
    *,
    key: str | None,
    now: datetime,
    scope: JsonObject | None = None,
    user: User | None = None,
) -> tuple[Execution, bool]:
    """Start a run as ``start_execution`` does, with the trigger's version and its input for these values.

    ``about`` is stored with the run; ``scope`` are further names below ``trigger`` that only the input sees.
    Raises what keeps it from starting, in words for whoever looks after the trigger.
    """
    person = user or trigger.run_as
    if person is None or not person.is_active:
        raise NotAllowed("The person it runs as is not active any more. Save it to have it run as yourself.")
    try:
        return start_execution(
            person,
            trigger.workflow_id,
            input=input_of(trigger, {**about, **(scope or {})}, now=now),
            version=trigger.version_number,
            idempotency_key=key,
            trigger=about,
        )
    except (NotFound, NotAllowed) as error:
        if user is not None or (trigger.version_number is not None and isinstance(error, NotFound)):
            raise
        raise NotAllowed(
            f"{person.username}, as whom it runs, may not run this workflow any more. "
            "Save it to have it run as yourself."
        ) from error


def input_of(trigger: Trigger, about: JsonObject, *, now: datetime) -> Json:
    """The input of a run, from the trigger's template. Raises InvalidInput where it has no value."""
    try:
        return compile_binding(trigger.input, names=NAMES).evaluate({"trigger": about}, now=now)
    except (EvaluationError, ExpressionError) as error:
        raise InvalidInput(f"The input cannot be made: {error}") from error


def about_trigger(trigger: Trigger, now: datetime, **more: Json) -> JsonObject:
    """What a run remembers of the trigger that started it; it stays when the trigger is gone."""
    return {
        "type": trigger.kind,
        "id": str(trigger.pk),
        "name": trigger.name,
        "fired_at": now.isoformat(),
        **more,
    }


@transaction.atomic
def fire_by_hand(user: User, workflow_id: UUID, trigger_id: UUID) -> Execution:
    """Start one run as this trigger would, now, on behalf of the person who asks.

    It starts also where the schedule would leave it out or have it wait; a trigger whose newest run ends the
    others ends them. Raises WrongState for a webhook, whose runs need a delivery.
    """
    found = find_trigger(user, workflow_id, trigger_id, Access.EDITOR)
    if found.kind == TriggerKind.WEBHOOK:
        raise WrongState("A webhook needs something to be delivered: replay a delivery instead.")
    trigger, now = _locked(found.pk).get(), utc_now()
    about = about_trigger(trigger, now, type="manual", scheduled_at=now.isoformat(), by=user.username)
    execution, _ = start_for(trigger, about, key=None, now=now, user=user)
    if trigger.overlap == OverlapPolicy.CANCEL_PREVIOUS:
        _cancel_others(trigger, execution.pk, now)
    Trigger.objects.filter(pk=trigger.pk).update(last_run_at=now, last_execution_id=execution.pk)
    return execution


def _live_runs(trigger: Trigger) -> QuerySet[Execution]:
    return Execution.objects.live().filter(started_by_trigger(trigger.pk), workflow=trigger.workflow_id)


def _locked(trigger_id: UUID, *, skip_locked: bool = False) -> TriggerQuerySet:
    """The trigger, with its row and its workflow's locked: who starts runs of it does so one at a time."""
    rows = Trigger.objects.select_for_update(skip_locked=skip_locked, of=("self", "workflow"), no_key=True)
    return rows.select_related("workflow", "run_as").filter(pk=trigger_id)


def _cancel_others(trigger: Trigger, newest: UUID, now: datetime) -> None:
    """End all runs of the trigger but the newest, in the transaction that starts it and holds its lock.

    Both happen or neither; another that starts one at the same time waits, then finds this one and ends it.
    """
    arrival = Cancel(by="trigger", reason=f"The trigger “{trigger.name}” started a newer run.")
    others = _live_runs(trigger).exclude(pk=newest).order_by("pk")
    for execution_id in others.values_list("pk", flat=True):
        mail.post(execution_id, arrival, now=now, metadata={})


def _note_error(trigger: Trigger, message: str, now: datetime) -> None:
    trigger.last_error, trigger.last_error_at = message[:500], now
