"""One run in a few words, for lists that update themselves."""

from __future__ import annotations

from datetime import datetime

from orchestrator.core.json import JsonObject
from orchestrator.executions.models import Execution


def execution_summary(execution: Execution) -> JsonObject:
    """From a row of ``queries.visible.executions_for``."""
    return {
        "id": str(execution.pk),
        "workflow": execution.workflow.name,
        "status": execution.status,
        "current_node_ids": list(execution.current_node_ids),
        "started_at": _iso(execution.started_at),
        "finished_at": _iso(execution.finished_at),
        "duration_ms": execution.duration_ms,
        "error": (execution.error or {}).get("message"),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
