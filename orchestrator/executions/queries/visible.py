"""What a person may see, as rows of lists: pages and API filter and page them further."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from orchestrator.accounts.models import User
from orchestrator.executions.models import Approval, Execution


def executions_for(user: User, *, workflows: Sequence[UUID] | None = None) -> QuerySet[Execution]:
    """Runs the person may see, as rows of a list: payloads stay in the database.

    ``workflows``: all that the person may see, where they are known; the database need not find them again.
    """
    if workflows is not None:
        return as_rows(Execution.objects.filter(workflow__in=workflows))
    return as_rows(Execution.objects.visible_to(user))


def as_rows(runs: QuerySet[Execution]) -> QuerySet[Execution]:
    """What lists show of runs."""
    return (
        runs.select_related("workflow", "version", "started_by")
        .only(
            "id", "status", "trigger", "current_node_ids", "error", "metrics", "parent_id", "retry_of_id",
            "created_at", "started_at", "finished_at", "workflow__id", "workflow__name", "version__id",
            "version__number", "started_by__id", "started_by__username", "started_by__first_name",
            "started_by__last_name",
        )
    )  # fmt: skip


def approvals_for(user: User) -> QuerySet[Approval]:
    """Approvals the person may see, with ``can_answer``, in one query."""
    open_ones = Approval.objects.open_to(user).filter(pk=OuterRef("pk"))
    return (
        Approval.objects.visible_to(user)
        .select_related("execution", "workflow", "decided_by")
        .defer("execution__state", "execution__seed", "execution__input", "execution__output")
        .annotate(can_answer=Exists(open_ones))
        .order_by("-id")
    )
