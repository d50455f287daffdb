"""The sweep: finds what fell through, and hints again. Run by beat every second."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.admission import admit, workflows_with_queue
from orchestrator.executions.runtime.hints import send_hint
from orchestrator.executions.runtime.presence import note_sweep


@dataclass(frozen=True, slots=True)
class Swept:
    due: int
    admitted: int


def sweep() -> Swept:
    """Hint if runs are due that nobody holds, and admit queued runs whose workflow has room again.

    A lost message, a killed worker, an emptied Redis or a restarted PostgreSQL thereby costs a delay,
    never a run. Safe to run at any time, by several at once.
    """
    now = utc_now()
    admitted = sum(admit(workflow_id, now=now) for workflow_id in workflows_with_queue())
    due = Execution.objects.due(now).count()
    if due or admitted:
        send_hint(force=True)
    note_sweep(now=now)
    return Swept(due, admitted)
