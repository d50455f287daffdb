"""What the engine keeps: executions, their events, steps, approvals and mail, and what people are told.

The execution's row is the truth. A broker message only says "look"; an event only says what has
happened already. Only the worker that holds a row's lease changes its state; everybody else posts mail.
"""

from orchestrator.executions.models.approval import Approval, ApprovalLink, ApprovalStatus, ApprovalVote
from orchestrator.executions.models.execution import STATUS_CHOICES, Execution
from orchestrator.executions.models.mail import Mail
from orchestrator.executions.models.notification import (
    EndpointKind,
    Notification,
    NotificationEndpoint,
    NotificationKind,
    NotificationMedium,
    NotificationState,
    Occasion,
    PushSubscription,
)
from orchestrator.executions.models.records import EventRow, StepRun, StepStatus

__all__ = [
    "STATUS_CHOICES",
    "Approval",
    "ApprovalLink",
    "ApprovalStatus",
    "ApprovalVote",
    "EndpointKind",
    "EventRow",
    "Execution",
    "Mail",
    "Notification",
    "NotificationEndpoint",
    "NotificationKind",
    "NotificationMedium",
    "NotificationState",
    "Occasion",
    "PushSubscription",
    "StepRun",
    "StepStatus",
]
