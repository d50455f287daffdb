"""Making, changing and removing triggers. What fires them stands above, with the runs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.json import Json
from orchestrator.workflows.access import find_workflow, workflow_and_access
from orchestrator.workflows.domain.occurrences import jittered
from orchestrator.workflows.models import Access, Trigger, TriggerDelivery, TriggerKind, Workflow
from orchestrator.workflows.services.trigger_fields import checked_fields

MOST_TRIGGERS: Final = 100
_SECRETS: Final = frozenset({"secret", "signing_secret"})


@transaction.atomic
def create_trigger(user: User, workflow_id: UUID, *, kind: str, **fields: Any) -> Trigger:
    """A new trigger, whose runs start on behalf of ``user``. Raises InvalidInput, with the field's name."""
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    if kind not in TriggerKind.values:
        raise InvalidInput("There is no such kind.", fields={"kind": [f"One of {', '.join(TriggerKind)}."]})
    if workflow.triggers.count() >= MOST_TRIGGERS:
        raise WrongState(f"A workflow has at most {MOST_TRIGGERS} triggers.")
    now = utc_now()
    trigger = Trigger(workflow=workflow, kind=kind, run_as=user, created_at=now, updated_at=now)
    if kind == TriggerKind.WEBHOOK:
        trigger.secret, trigger.input = new_secret(), {"=": "trigger.payload"}
    else:
        trigger.input = {}
    _apply(trigger, checked_fields(trigger, fields, now=now))
    plan_next(trigger, now=now)
    trigger.save(force_insert=True)
    record_audit(user, "trigger.created", workflow, after=_told(trigger, {"kind", "name", *fields}))
    return trigger


@transaction.atomic
def change_trigger(user: User, workflow_id: UUID, trigger_id: UUID, **fields: Any) -> Trigger:
    """Change what is given; its runs start on behalf of ``user`` from now on.

    A schedule is counted from now: moments that are queued or overdue are forgotten.
    """
    trigger = _locked(user, workflow_id, trigger_id)
    now = utc_now()
    values = checked_fields(trigger, fields, now=now)
    changed = {name for name, value in values.items() if name in _SECRETS or getattr(trigger, name) != value}
    before = _told(trigger, changed)
    _apply(trigger, values)
    trigger.run_as, trigger.updated_at = user, now
    trigger.last_error = ""
    plan_next(trigger, now=now)
    trigger.save()
    record_audit(user, "trigger.changed", trigger.workflow, before=before, after=_told(trigger, changed))
    return trigger


@transaction.atomic
def enable_trigger(user: User, workflow_id: UUID, trigger_id: UUID, *, enabled: bool) -> Trigger:
    """Switch on or off. Switched on, a schedule is counted from now. Idempotent."""
    trigger = _locked(user, workflow_id, trigger_id)
    if trigger.enabled == enabled:
        return trigger
    trigger.enabled, trigger.updated_at = enabled, utc_now()
    plan_next(trigger, now=trigger.updated_at)
    trigger.save(update_fields=["enabled", "updated_at", "next_run_at", "due_at", "queued"])
    action = "trigger.enabled" if enabled else "trigger.disabled"
    record_audit(user, action, trigger.workflow, after={"trigger": trigger.name})
    return trigger


@transaction.atomic
def rotate_secret(user: User, workflow_id: UUID, trigger_id: UUID) -> Trigger:
    """Give a webhook a new address; the old one stops at once. Raises WrongState for other kinds."""
    trigger = _locked(user, workflow_id, trigger_id)
    if trigger.kind != TriggerKind.WEBHOOK:
        raise WrongState("Only a webhook has an address that can be changed.")
    trigger.secret, trigger.updated_at = new_secret(), utc_now()
    trigger.save(update_fields=["secret", "updated_at"])
    record_audit(user, "trigger.rotated", trigger.workflow, after={"trigger": trigger.name})
    return trigger


@transaction.atomic
def delete_trigger(user: User, workflow_id: UUID, trigger_id: UUID) -> None:
    """Its runs stay, and say what started them."""
    trigger = _locked(user, workflow_id, trigger_id)
    record_audit(user, "trigger.deleted", trigger.workflow, before=_told(trigger, {"kind", "name"}))
    trigger.delete()


def find_trigger(user: User, workflow_id: UUID, trigger_id: UUID, need: Access = Access.VIEWER) -> Trigger:
    """Raises NotFound for a trigger of a workflow that the person may not see, NotAllowed below ``need``."""
    trigger, _ = trigger_and_access(user, workflow_id, trigger_id, need)
    return trigger


def trigger_and_access(
    user: User, workflow_id: UUID, trigger_id: UUID, need: Access = Access.VIEWER
) -> tuple[Trigger, Access]:
    """As ``find_trigger``, with what the person may do with its workflow."""
    workflow, access = workflow_and_access(user, workflow_id, need)
    return _of(workflow, trigger_id, Trigger.objects.select_related("run_as")), access


def find_delivery(user: User, workflow_id: UUID, trigger_id: UUID, delivery_id: UUID) -> TriggerDelivery:
    """For somebody who may edit the workflow. Raises NotFound also for one that is no longer kept."""
    trigger = find_trigger(user, workflow_id, trigger_id, Access.EDITOR)
    delivery = trigger.deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("There is no such delivery: only the latest are kept.")
    return delivery


def plan_next(trigger: Trigger, *, now: datetime) -> None:
    """Set when the trigger is next due, counted from now; nothing is saved."""
    schedule = trigger.schedule if trigger.enabled else None
    following = next(iter(schedule.after(now)), None) if schedule is not None else None
    trigger.next_run_at, trigger.queued = following, []
    trigger.due_at = (
        jittered(following, trigger.jitter_seconds, trigger.pk) if following is not None else None
    )


def new_secret() -> str:
    """256 bits, in letters that an address takes as they are."""
    return secrets.token_urlsafe(32)


def _locked(user: User, workflow_id: UUID, trigger_id: UUID) -> Trigger:
    """The workflow's row is locked first, as everywhere."""
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    return _of(workflow, trigger_id, Trigger.objects.select_for_update())


def _of(workflow: Workflow, trigger_id: UUID, rows: Any) -> Trigger:
    trigger: Trigger | None = rows.filter(workflow=workflow, pk=trigger_id).first()
    if trigger is None:
        raise NotFound("This workflow has no such trigger.")
    trigger.workflow = workflow
    return trigger


def _apply(trigger: Trigger, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(trigger, name, value)


def _told(trigger: Trigger, names: set[str]) -> dict[str, Json]:
    """For the record: what changed, never a secret."""
    told: dict[str, Json] = {"trigger": trigger.name}
    for name in sorted(names):
        value = getattr(trigger, name, None)
        told[name] = "(hidden)" if name in _SECRETS else _plain(value)
    return told


def _plain(value: Any) -> Json:
    return value.isoformat() if isinstance(value, datetime) else value
