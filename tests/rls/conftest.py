"""Code and raw SQL as a web process runs them: as the web role, for one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from orchestrator.accounts.models import User
from orchestrator.core.rls import acting_as, bound

AsWeb = Callable[[User | None], AbstractContextManager[None]]


@contextmanager
def web(person: User | None) -> Iterator[None]:
    with bound(), acting_as(person.pk if person else None):
        yield


@pytest.fixture
def as_web(db: None) -> AsWeb:
    """``with as_web(person): …`` is bound by the policies; ``None`` is somebody unknown."""
    return web
