"""What pages and API clients read of workflows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from orchestrator.accounts.models import User
from orchestrator.workflows.domain.schedules import ScheduleError
from orchestrator.workflows.models import (
    Access,
    Trigger,
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


_MOST_CHOICES: Final = 200


@dataclass(frozen=True, slots=True)
class Facets:
    """What the list can be narrowed to."""

    tags: list[str]
    folders: list[str]
    categories: list[str]


def facets_for(user: User) -> Facets:
    """Tags, folders and categories of the workflows the person may see, in two queries."""
    visible = Workflow.objects.visible_to(user).order_by()
    unnested = visible.annotate(tag=Func(F("tags"), function="unnest")).values_list("tag", flat=True)
    places = list(visible.values_list("folder", "category").distinct()[:_MOST_CHOICES])
    return Facets(
        tags=sorted(unnested.distinct()[:_MOST_CHOICES]),
        folders=sorted({folder for folder, _ in places if folder}),
        categories=sorted({category for _, category in places if category}),
    )


def people_of(workflow: Workflow) -> QuerySet[WorkflowPermission]:
    """Everybody with access of their own, the owner first."""
    return workflow.permissions.select_related("user", "granted_by").order_by("created_at")


def history_of(workflow: Workflow) -> QuerySet[WorkflowVersion]:
    """Versions without their graphs, newest first."""
    return workflow.versions.select_related("author", "parent").defer(
        "nodes", "edges", "parent__nodes", "parent__edges"
    )


def triggers_of(workflow: Workflow) -> list[Trigger]:
    """What starts it, the oldest first; each ``says`` when it comes round, in words."""
    found = list(workflow.triggers.select_related("run_as").defer("secret", "signing_secret").order_by("id"))
    for trigger in found:
        trigger.says = words_of(trigger)  # type: ignore[attr-defined]  # for the template
    return found


def words_of(trigger: Trigger) -> str:
    """A schedule in words, or what is wrong with it; empty for other kinds."""
    try:
        schedule = trigger.schedule
    except ScheduleError as error:
        return error.message
    return schedule.describe() if schedule is not None else ""
