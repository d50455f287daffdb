"""The workflows a person opened last."""

from __future__ import annotations

from typing import Final

from django.db.models import F, QuerySet

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow, WorkflowVisit
from orchestrator.workflows.queries.rows import workflows_for

MOST: Final = 50


def recently_opened(user: User) -> QuerySet[Workflow]:
    """The last fifty, the latest first, of those that the person may still see."""
    last = WorkflowVisit.objects.filter(user=user).order_by("-opened_at").values("pk")[:MOST]
    rows = workflows_for(user, Workflow.objects.filter(visits__user=user, visits__pk__in=last))
    return rows.annotate(opened_at=F("visits__opened_at")).order_by("-opened_at")
