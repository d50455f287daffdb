"""Workflows as rows of lists, with what the person may do with them, and what they can be narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from orchestrator.accounts.models import Role, User
from orchestrator.core.kept import Kept
from orchestrator.workflows.models import (
    Access,
    VersionStatus,
    Workflow,
    WorkflowFavorite,
    WorkflowPermission,
    WorkflowQuerySet,
    WorkflowStatus,
    WorkflowVersion,
)


def workflows_for(user: User, few: WorkflowQuerySet | None = None) -> QuerySet[Workflow]:
    """Workflows the person may see, of all or of these few, as one query: with ``is_favorite``, ``access``,
    ``current_number`` and ``folder_path``, which is empty for all but the owner and admins.
    """
    rows = Workflow.objects.visible_to(user) if few is None else few.seen_one_by_one(user)
    mine = WorkflowPermission.objects.filter(workflow=OuterRef("pk"), user=user)
    current = WorkflowVersion.objects.filter(workflow=OuterRef("pk"), is_current=True)
    granted = Coalesce(Subquery(mine.values("access")[:1]), Value(Access.VIEWER.value))
    access = Value(Access.OWNER.value) if user.is_admin else granted
    path: Case | Coalesce = Coalesce(F("folder__path"), Value(""))
    if not user.is_admin:
        path = Case(When(owner=user, then=path), default=Value(""))
    return (
        rows.select_related("owner")
        .defer("search_vector", "node_titles", *User.unseen("owner"))
        .annotate(
            folder_path=path,
            is_favorite=Exists(WorkflowFavorite.objects.filter(workflow=OuterRef("pk"), user=user)),
            access=access,
            current_number=Subquery(current.values("number")[:1]),
        )
    )


def workflow_rows(user: User, ids: Sequence[UUID]) -> list[Workflow]:
    """The rows of ``workflows_for`` with these ids, in their order; without those the person may not see."""
    if not ids:
        return []
    rows = {row.pk: row for row in _ROWS[user.is_admin].rows(user=user.pk, ids=list(ids))}
    return [rows[pk] for pk in ids if pk in rows]


def workflow_row(user: User, pk: UUID) -> Workflow | None:
    """One row of ``workflows_for``; None if there is none that the person may see."""
    return next(iter(workflow_rows(user, [pk])), None)


def _rows_of(role: Role) -> Kept[Workflow]:
    """The shape of the query depends on whether it is for an admin, and on nothing else of the person."""
    return Kept(
        Workflow,
        lambda user, ids: workflows_for(
            User(pk=user, role=role.value), Workflow.objects.filter(pk__any_of=ids)
        ),
        {"user": UUID, "ids": tuple},
    )


_ROWS: Final = {True: _rows_of(Role.ADMIN), False: _rows_of(Role.USER)}


def newest_rows(user: User, limit: int) -> list[Workflow]:
    """The rows of ``workflows_for`` that changed last, none of them archived: the library's first page."""
    return _first_page(Role.ADMIN if user.is_admin else Role.USER, limit).rows(user=user.pk)


@lru_cache(maxsize=500)
def _first_page(role: Role, limit: int) -> Kept[Workflow]:
    def build(user: Any) -> QuerySet[Workflow]:
        person = User(pk=user, role=role.value)
        newest = Workflow.objects.filter(pk__any_of=ArraySubquery(_newest(person, limit)))
        return workflows_for(person, newest).order_by("-updated_at", "-id")[:limit]

    return Kept(Workflow, build, {"user": UUID})


_NEWEST: Final = 500
"""Workflows whose tags and categories are counted: those changed last. More would cost every page."""
_MOST_CHOICES: Final = 100


@dataclass(frozen=True, slots=True)
class Facet:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What the list can be narrowed to, the most frequent first."""

    tags: list[Facet]
    categories: list[Facet]


def facets_for(user: User) -> Facets:
    """Tags and categories of the workflows the person may see, in two queries."""
    newest = Workflow.objects.filter(pk__in=_newest(user, _NEWEST)).order_by()
    tags = newest.annotate(value=Func(F("tags"), function="unnest", output_field=CharField()))
    return Facets(_counted(tags), _counted(newest.exclude(category="").annotate(value=F("category"))))


def _newest(user: User, limit: int) -> QuerySet[Workflow, Any]:
    """At least their ids: those shared with the person and the public ones, each found by an index."""
    kept = Workflow.objects.exclude(status=WorkflowStatus.ARCHIVED)
    branches = [kept if user.is_admin else kept.filter(is_public=True)]
    if not user.is_admin:
        branches.append(kept.granted_to(user))
    parts = [each.order_by("-updated_at", "-id").values("pk")[:limit] for each in branches]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


def _counted(rows: QuerySet[Any, Any]) -> list[Facet]:
    counted = rows.values("value").annotate(count=Count("pk")).order_by("-count", "value")
    return [Facet(row["value"], row["count"]) for row in counted[:_MOST_CHOICES]]


def people_of(workflow: Workflow) -> QuerySet[WorkflowPermission]:
    """Everybody with access of their own, the owner first."""
    return workflow.permissions.select_related("user", "granted_by").order_by("created_at")


def draft_and_current(workflow: Workflow) -> tuple[WorkflowVersion | None, WorkflowVersion | None]:
    """The version under work and the one that new runs use, without their graphs. One of them there is."""
    rows = workflow.versions.filter(Q(status=VersionStatus.DRAFT) | Q(is_current=True))
    found = {each.status: each for each in rows.defer("nodes", "edges")}
    return found.get(VersionStatus.DRAFT), found.get(VersionStatus.PUBLISHED)


def history_of(workflow: Workflow, *, archived: bool | None = False) -> QuerySet[WorkflowVersion]:
    """Versions without their graphs, newest first; those put away, all of them for None, or the others."""
    rows = workflow.versions.all()
    if archived is not None:
        rows = rows.filter(archived_at__isnull=not archived)
    people = User.unseen("author")
    return rows.select_related("author", "parent").defer(
        "nodes", "edges", "parent__nodes", "parent__edges", *people
    )


_UNDER_WAY: Final = ("pending", "running", "waiting", "paused")


def runs_under_way(workflow: Workflow) -> dict[UUID, int]:
    """How many runs of each version have not ended, by the version's id; by the index of their states."""
    live = workflow.executions.filter(status__in=_UNDER_WAY).order_by()
    return dict(live.values("version").annotate(count=Count("pk")).values_list("version", "count"))
