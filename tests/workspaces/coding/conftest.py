"""What tests of coding runs share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from orchestrator.executions.runtime.engine import Engine
from tests.workspaces.coding.scene import Scene, make_reviewed_scene


@pytest.fixture
def engine(db: None) -> Iterator[Engine]:
    """One whose lease outlasts a session on a busy machine: ``run_until_idle`` has no heartbeat."""
    engine = Engine(lease=timedelta(minutes=10))
    yield engine
    engine.close()


@pytest.fixture
def scene() -> Scene:
    """Ready to be sent."""
    return make_reviewed_scene()
