"""What tests of coding runs share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from orchestrator.executions.runtime.engine import Engine


@pytest.fixture
def engine(db: None) -> Iterator[Engine]:
    """One whose lease outlasts a session on a busy machine: ``run_until_idle`` has no heartbeat."""
    engine = Engine(lease=timedelta(minutes=10))
    yield engine
    engine.close()
