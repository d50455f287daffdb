"""Keeps in mind what a person opened."""

from __future__ import annotations

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.workflows.models import Workflow, WorkflowVisit


def record_visit(user: User, workflow: Workflow) -> None:
    """The person has opened it now. One statement, also for two pages at once."""
    visit = WorkflowVisit(user=user, workflow=workflow, opened_at=utc_now())
    WorkflowVisit.objects.bulk_create(
        [visit], update_conflicts=True, unique_fields=["user", "workflow"], update_fields=["opened_at"]
    )
