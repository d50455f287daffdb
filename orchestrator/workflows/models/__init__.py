"""Tables of workflows, their versions, who may see them, and what starts them."""

from orchestrator.workflows.models.workflow import (
    Access,
    VersionStatus,
    Workflow,
    WorkflowFavorite,
    WorkflowPermission,
    WorkflowQuerySet,
    WorkflowStatus,
    WorkflowVersion,
)

__all__ = [
    "Access",
    "VersionStatus",
    "Workflow",
    "WorkflowFavorite",
    "WorkflowPermission",
    "WorkflowQuerySet",
    "WorkflowStatus",
    "WorkflowVersion",
]
