"""What pages and API clients read of workflows."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from orchestrator.accounts.models import User
from orchestrator.workflows.models import (
    Access,
    Workflow,
    WorkflowFavorite,
    WorkflowPermission,
    WorkflowVersion,
)


def workflows_for(user: User) -> QuerySet[Workflow]:
    """Workflows the person may see, with ``is_favorite``, ``access`` and ``current_number``, one query."""
    mine = WorkflowPermission.objects.filter(workflow=OuterRef("pk"), user=user)
    current = WorkflowVersion.objects.filter(workflow=OuterRef("pk"), is_current=True)
    granted = Coalesce(Subquery(mine.values("access")[:1]), Value(Access.VIEWER.value))
    access = Value(Access.OWNER.value) if user.is_admin else granted
    return (
        Workflow.objects.visible_to(user)
        .select_related("owner")
        .defer("search_vector")
        .annotate(
            is_favorite=Exists(WorkflowFavorite.objects.filter(workflow=OuterRef("pk"), user=user)),
            access=access,
            current_number=Subquery(current.values("number")[:1]),
        )
    )
