"""Pattern workspaces and everything that hangs on them."""

from orchestrator.workspaces.models.candles import CandleSet
from orchestrator.workspaces.models.coding import AlgorithmVersion, ClaudeExecution
from orchestrator.workspaces.models.deployments import Deployment, VercelConnection
from orchestrator.workspaces.models.history import ImplementationSession, ImportedRecord
from orchestrator.workspaces.models.sessions import (
    FeedbackItem,
    PatternSession,
    RegressionCase,
    SessionDetection,
)
from orchestrator.workspaces.models.timeline import Attachment, WorkspaceMessage
from orchestrator.workspaces.models.workspace import PatternWorkspace, WorkspaceMember

__all__ = [
    "AlgorithmVersion",
    "Attachment",
    "CandleSet",
    "ClaudeExecution",
    "Deployment",
    "FeedbackItem",
    "ImplementationSession",
    "ImportedRecord",
    "PatternSession",
    "PatternWorkspace",
    "RegressionCase",
    "SessionDetection",
    "VercelConnection",
    "WorkspaceMember",
    "WorkspaceMessage",
]
