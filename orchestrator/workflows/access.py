"""Who may do what with a workflow. The one place that services ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from orchestrator.core.kept import Kept
from orchestrator.core.prepared import Prepared
from orchestrator.workflows.models import (
    Access,
    VersionStatus,
    Workflow,
    WorkflowPermission,
    WorkflowStatus,
    WorkflowVersion,
)

_RANK = {Access.VIEWER: 1, Access.EDITOR: 2, Access.OWNER: 3}
_VERBS = {Access.VIEWER: "see", Access.EDITOR: "change or run", Access.OWNER: "share or delete"}


def access_of(user: User, workflow: Workflow) -> Access | None:
    """The person's access to a workflow; None if they may not even see it."""
    if user.is_admin:
        return Access.OWNER
    permission = _GRANTED.first(workflow=workflow.pk, user=user.pk)
    return _effective(user, permission.access if permission else None, is_public=workflow.is_public)


_GRANTED: Final = Kept(
    WorkflowPermission,
    lambda workflow, user: WorkflowPermission.objects.filter(workflow=workflow, user=user),
    {"workflow": UUID, "user": UUID},
)


def _effective(user: User, granted: str | None, *, is_public: bool) -> Access | None:
    """What a granted access comes to: people with the role viewer only look."""
    if user.is_admin:
        return Access.OWNER
    if granted is not None:
        return Access(granted) if user.may_build else Access.VIEWER
    return Access.VIEWER if is_public else None


def _require(access: Access | None, need: Access) -> Access:
    if access is None:
        raise NotFound("There is no such workflow, or none that you may see.")
    if _RANK[access] < _RANK[need]:
        raise NotAllowed(f"You may not {_VERBS[need]} this workflow.")
    return access


def find_workflow(user: User, workflow_id: UUID, need: Access, *, lock: bool = False) -> Workflow:
    """The workflow, if the person has at least this access to it.

    Raises NotFound for one that the person may not see, NotAllowed for one that they may see and not
    change. ``lock`` takes the row's lock, so that the caller's checks hold until it commits.
    """
    workflow, _ = workflow_and_access(user, workflow_id, need, lock=lock)
    return workflow


def workflow_and_access(
    user: User, workflow_id: UUID, need: Access, *, lock: bool = False
) -> tuple[Workflow, Access]:
    """As ``find_workflow``, for who also wants to know what more the person may do."""
    workflow = (_LOCKED if lock else _FOUND).first(workflow=workflow_id)
    if workflow is None:
        raise NotFound("There is no such workflow, or none that you may see.")
    return workflow, _require(access_of(user, workflow), need)


_FOUND: Final = Kept(
    Workflow, lambda workflow: Workflow.objects.filter(pk=workflow).defer("search_vector"), {"workflow": UUID}
)
_LOCKED: Final = Kept(
    Workflow,
    lambda workflow: Workflow.objects.select_for_update().filter(pk=workflow).defer("search_vector"),
    {"workflow": UUID},
)


@dataclass(frozen=True, slots=True)
class Runnable:
    """A workflow and the version of it that a run would use."""

    workflow: Workflow
    version: WorkflowVersion


def find_runnable(user: User, workflow_id: UUID, number: int | None = None) -> Runnable:
    """The current version, or the published one with this number, for somebody who may run it.

    On the path of every start, therefore one prepared query; both objects hold only what is needed there:
    ids, name, settings and number. Raises NotFound, NotAllowed and WrongState.
    """
    rows = _RUNNABLE.fetch(workflow=workflow_id, user=user.pk)
    if not rows:
        raise NotFound("There is no such workflow, or none that you may see.")
    name, status, is_public, settings, granted, version_id, current = rows[0]
    workflow = Workflow(pk=workflow_id, name=name, is_public=is_public, settings=json.loads(settings))
    _require(_effective(user, granted, is_public=is_public), Access.EDITOR)
    if status == WorkflowStatus.ARCHIVED:
        raise WrongState(f"{name} is archived; restore it to run it.")
    if number is not None and number != current:
        chosen = WorkflowVersion.objects.filter(workflow=workflow_id, status=VersionStatus.PUBLISHED)
        asked = chosen.filter(number=number).values_list("pk", "archived_at").first()
        if asked is None:
            raise NotFound(f"{name} has no published version {number}.")
        version_id, archived_at = asked
        if archived_at is not None:
            raise WrongState(f"Version {number} of {name} is put away; take it out of the archive to run it.")
    if version_id is None:
        raise WrongState(f"{name} has no published version yet; publish it to run it.")
    return Runnable(workflow, WorkflowVersion(pk=version_id, workflow=workflow, number=number or current))


def _runnable(workflow: UUID, user: UUID) -> QuerySet[Any]:
    current = WorkflowVersion.objects.filter(workflow=OuterRef("pk"), is_current=True)
    mine = WorkflowPermission.objects.filter(workflow=OuterRef("pk"), user=user)
    return (
        Workflow.objects.filter(pk=workflow)
        .order_by()
        .values_list(
            "name",
            "status",
            "is_public",
            "settings",
            Subquery(mine.values("access")[:1]),
            Subquery(current.values("pk")[:1]),
            Subquery(current.values("number")[:1]),
        )
    )


_RUNNABLE: Final = Prepared(_runnable, {"workflow": UUID, "user": UUID})


def require_builder(user: User) -> None:
    """Raises NotAllowed for viewers, who own no workflows."""
    if not user.may_build:
        raise NotAllowed("A viewer cannot own workflows.")
