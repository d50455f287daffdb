"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from orchestrator.executions.runtime.engine import Engine


@pytest.fixture
def engine(db: None) -> Iterator[Engine]:
    """An engine in this thread and on this connection: it sees what the test has not committed."""
    engine = Engine(lease=timedelta(seconds=15))
    yield engine
    engine.close()


@pytest.fixture
def drain(engine: Engine) -> Callable[[], None]:
    """Lets every due run go on until it ends or waits."""
    return engine.run_until_idle
