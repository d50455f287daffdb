"""Who may do what with a workflow. The one place that services ask."""

from __future__ import annotations

from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotAllowed, NotFound
from orchestrator.workflows.models import Access, Workflow, WorkflowPermission

_RANK = {Access.VIEWER: 1, Access.EDITOR: 2, Access.OWNER: 3}
_VERBS = {Access.VIEWER: "see", Access.EDITOR: "change or run", Access.OWNER: "share or delete"}


def access_of(user: User, workflow: Workflow) -> Access | None:
    """The person's access to a workflow; None if they may not even see it."""
    if user.is_admin:
        return Access.OWNER
    permission = WorkflowPermission.objects.filter(workflow=workflow, user=user).values_list(
        "access", flat=True
    )
    granted = permission.first()
    if granted is not None:
        access = Access(granted)
        return access if user.may_build else Access.VIEWER
    return Access.VIEWER if workflow.is_public else None


def find_workflow(user: User, workflow_id: UUID, need: Access, *, lock: bool = False) -> Workflow:
    """The workflow, if the person has at least this access to it.

    Raises NotFound for one that the person may not see, NotAllowed for one that they may see and not
    change. ``lock`` takes the row's lock, so that the caller's checks hold until it commits.
    """
    rows = Workflow.objects.select_for_update() if lock else Workflow.objects
    workflow = rows.filter(pk=workflow_id).first()
    access = access_of(user, workflow) if workflow is not None else None
    if workflow is None or access is None:
        raise NotFound("There is no such workflow, or none that you may see.")
    if _RANK[access] < _RANK[need]:
        raise NotAllowed(f"You may not {_VERBS[need]} this workflow.")
    return workflow


def require_builder(user: User) -> None:
    """Raises NotAllowed for viewers, who own no workflows."""
    if not user.may_build:
        raise NotAllowed("A viewer cannot own workflows.")
