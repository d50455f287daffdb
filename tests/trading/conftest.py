"""What tests of strategies share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from trading.nodes import threads
from trading.services import sessions


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads leave no connection behind, and no replay is kept from one test to the next."""
    monkeypatch.setattr(threads, "close_old_connections", connections.close_all)
    yield
    sessions.forget_all()
