"""Corporations, sessions, matrices, and what ESI said."""

from trading.strategy.models.corporations import (
    Character,
    Corporation,
    CorporationMember,
    Snapshot,
)
from trading.strategy.models.matrices import (
    MatrixCriterion,
    MatrixOption,
    MatrixScore,
    StrategicMatrix,
)
from trading.strategy.models.sessions import (
    Recommendation,
    StrategicSession,
    StrategicStep,
    WorkflowLog,
)

__all__ = [
    "Character",
    "Corporation",
    "CorporationMember",
    "MatrixCriterion",
    "MatrixOption",
    "MatrixScore",
    "Recommendation",
    "Snapshot",
    "StrategicMatrix",
    "StrategicSession",
    "StrategicStep",
    "WorkflowLog",
]
