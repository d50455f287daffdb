"""Pattern workspaces and everything that hangs on them."""

from workspaces.models.candles import CandleSet
from workspaces.models.coding import AlgorithmVersion, ClaudeExecution
from workspaces.models.deployments import Deployment, VercelConnection
from workspaces.models.history import ImplementationSession, ImportedRecord
from workspaces.models.sessions import (
    FeedbackItem,
    PatternSession,
    RegressionCase,
    SessionDetection,
)
from workspaces.models.timeline import Attachment, WorkspaceMessage
from workspaces.models.workspace import PatternWorkspace, WorkspaceMember

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
