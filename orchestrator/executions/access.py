"""Who may do what with an execution: what they may do with its workflow."""

from __future__ import annotations

from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotAllowed, NotFound
from orchestrator.executions.models import Execution
from orchestrator.workflows.access import access_of
from orchestrator.workflows.models import Access


def find_execution(user: User, execution_id: UUID, need: Access = Access.VIEWER) -> Execution:
    """Raises NotFound for a run of a workflow that the person may not see, NotAllowed where they only may."""
    execution, access = execution_and_access(user, execution_id)
    if need is not Access.VIEWER and access is Access.VIEWER:
        raise NotAllowed("You may see this run, and not steer it.")
    return execution


def execution_and_access(user: User, execution_id: UUID) -> tuple[Execution, Access]:
    """The run and what the person may do with it. Raises NotFound where they may not even see it."""
    execution = (
        Execution.objects.select_related("workflow", "version", "started_by")
        .defer("seed", "version__nodes", "version__edges")
        .filter(pk=execution_id)
        .first()
    )
    access = access_of(user, execution.workflow) if execution is not None else None
    if execution is None or access is None:
        raise NotFound("There is no such run, or none that you may see.")
    return execution, access
