"""A workflow's ``concurrency`` limit: how many of its runs go at a time; the others wait in order."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.core.prepared import PreparedInsert
from orchestrator.executions.models import Execution
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.models import Workflow

_INSERT: Final = PreparedInsert(Execution)


def insert(execution: Execution, *, now: datetime) -> None:
    """Add a new execution: due now, or queued if its workflow is full. In the caller's transaction, if any.

    The workflow's row is locked while counting, so that two starts cannot both take the last place.
    """
    limit = execution.workflow.settings.get("concurrency")
    execution.wake_at = now
    if limit is None:
        _INSERT.insert(execution)
        return
    with transaction.atomic():
        Workflow.objects.select_for_update().values_list("pk").get(pk=execution.workflow_id)
        if Execution.objects.live().filter(workflow_id=execution.workflow_id).count() >= limit:
            execution.wake_at = None
        _INSERT.insert(execution)


@transaction.atomic
def admit(workflow_id: UUID, *, now: datetime) -> int:
    """Make queued runs due, oldest first, as far as there is room; the number admitted."""
    queued = Execution.objects.queued().filter(workflow_id=workflow_id)
    if not queued.exists():
        return 0
    workflow = Workflow.objects.select_for_update().get(pk=workflow_id)
    limit = WorkflowSettings.model_validate(workflow.settings).concurrency
    live = Execution.objects.live().filter(workflow_id=workflow_id).count()
    room = queued.count() if limit is None else limit - (live - queued.count())
    if room <= 0:
        return 0
    chosen = list(queued.order_by("id").values_list("id", flat=True)[:room])
    return Execution.objects.filter(pk__in=chosen).update(wake_at=now)


def workflows_with_queue() -> list[UUID]:
    """Workflows that have runs waiting to be admitted."""
    return list(Execution.objects.queued().values_list("workflow_id", flat=True).distinct())
