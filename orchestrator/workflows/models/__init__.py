"""Tables of workflows, their versions, who may see them, and what starts them."""

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
    "DeliveryStatus",
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
    "WorkflowVersion",
]
