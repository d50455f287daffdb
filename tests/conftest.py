"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import hypothesis
import pytest
from django.core.cache import caches

from orchestrator.core import rates
from orchestrator.core.redis import redis_client
from orchestrator.executions.runtime import presence
from orchestrator.executions.runtime.engine import Engine

hypothesis.settings.register_profile("here", deadline=None)  # a busy machine is slow, which is no fault
hypothesis.settings.load_profile("here")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop in the thread of the tests once it has begun,
    beside which no test can run a loop of its own.
    """
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


@pytest.fixture(autouse=True)
def _counts_and_cache_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests beside each other share one Redis: what one counts or keeps is not the others'."""
    own = f"test:{uuid4().hex}"
    monkeypatch.setattr(rates, "_PREFIX", own)
    monkeypatch.setattr(caches["default"], "key_prefix", own)


@pytest.fixture
def signs_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What engines and sweeps tell of themselves: tests beside this one start some on the same Redis."""
    keys = [f"test:{name}:{uuid4()}" for name in ("engines", "figures", "swept")]
    for name, key in zip(("_KEY", "_FIGURES", "_SWEPT"), keys, strict=True):
        monkeypatch.setattr(presence, name, key)
    yield
    redis_client().delete(*keys)


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
