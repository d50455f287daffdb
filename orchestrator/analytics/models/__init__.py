"""The history of finished runs, and its sums."""

from orchestrator.analytics.models.days import DayCut, ProviderDay, RunDay
from orchestrator.analytics.models.history import ExecutionHistory, OfWorkflowQuerySet, Outcome
from orchestrator.analytics.models.summaries import (
    EVERYTHING,
    AnswerSum,
    NodeSum,
    Position,
    ProviderSum,
    RunSum,
    WorkflowTotal,
)

__all__ = [
    "EVERYTHING",
    "AnswerSum",
    "DayCut",
    "ExecutionHistory",
    "NodeSum",
    "OfWorkflowQuerySet",
    "Outcome",
    "Position",
    "ProviderDay",
    "ProviderSum",
    "RunDay",
    "RunSum",
    "WorkflowTotal",
]
