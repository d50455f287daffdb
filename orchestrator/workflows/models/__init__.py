"""Tables of workflows, their versions, who may see them, where they lie, and what starts them."""

from orchestrator.workflows.models.bulk import BulkJob, BulkJobError, BulkState
from orchestrator.workflows.models.folder import Folder
from orchestrator.workflows.models.library import SavedView, WorkflowTemplate, WorkflowVisit
from orchestrator.workflows.models.trigger import (
    MISSED_CHOICES,
    OVERLAP_CHOICES,
    UNIT_CHOICES,
    DeliveryStatus,
    Signature,
    Trigger,
    TriggerDelivery,
    TriggerKind,
)
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
    "MISSED_CHOICES",
    "OVERLAP_CHOICES",
    "UNIT_CHOICES",
    "Access",
    "BulkJob",
    "BulkJobError",
    "BulkState",
    "DeliveryStatus",
    "Folder",
    "SavedView",
    "Signature",
    "Trigger",
    "TriggerDelivery",
    "TriggerKind",
    "VersionStatus",
    "Workflow",
    "WorkflowFavorite",
    "WorkflowPermission",
    "WorkflowQuerySet",
    "WorkflowStatus",
    "WorkflowTemplate",
    "WorkflowVersion",
    "WorkflowVisit",
]
