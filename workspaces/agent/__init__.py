"""A coding agent in a process of its own: it changes the files of one folder and reaches a model (ADR 25)."""

from workspaces.agent.outside import (
    AgentMissing,
    AgentStopped,
    Ending,
    Session,
    Step,
    missing,
    work,
)

__all__ = ["AgentMissing", "AgentStopped", "Ending", "Session", "Step", "missing", "work"]
