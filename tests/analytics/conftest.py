"""Made-up history with known figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from orchestrator.analytics.models import ExecutionHistory
from orchestrator.analytics.services.recording import add_histories
from orchestrator.workflows.models import Workflow

MakeHistory = Callable[..., ExecutionHistory]


@pytest.fixture(autouse=True)
def figures_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept figures would be those of another test."""
    monkeypatch.setattr("orchestrator.analytics.queries.overview.KEPT_SECONDS", 0)


@pytest.fixture
def make_history(db: None) -> MakeHistory:
    """``make_history(workflow, at, …)``: a run that ended at this moment, counted in the sums."""

    def make(workflow: Workflow, at: datetime, *, took_ms: int = 1_000, **fields: Any) -> ExecutionHistory:
        values = {"status": "success", "user_name": "someone", "trigger": "manual", "version": 1, **fields}
        history = ExecutionHistory(
            execution_id=uuid4(),
            workflow_id=workflow.pk,
            workflow_name=workflow.name,
            started_at=at - timedelta(milliseconds=took_ms),
            finished_at=at,
            duration_ms=took_ms,
            **values,
        )
        assert add_histories([history]) == 1
        return history

    return make
