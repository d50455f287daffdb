"""The demo's part of the history: two months of made-up runs for its workflows."""

from __future__ import annotations

from orchestrator.accounts.models import User
from orchestrator.analytics.models import ExecutionHistory
from orchestrator.analytics.services.generating import generate_history
from orchestrator.core.clock import utc_now
from orchestrator.workflows.models import Workflow

RUNS, DAYS = 150, 60


def load(owner: User) -> str:
    """What was made, in a sentence; empty if there is generated history already."""
    if ExecutionHistory.objects.filter(is_generated=True).exists():
        return ""
    workflows = list(Workflow.objects.filter(owner=owner).select_related("owner").order_by("pk")[:8])
    made = generate_history(workflows, runs=RUNS, days=DAYS, now=utc_now())
    return f"{made} rows of history generated."
