"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from orchestrator.executions.runtime.engine import Engine


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop in the thread of the tests once it has begun,
    beside which no test can run a loop of its own.
    """
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


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
