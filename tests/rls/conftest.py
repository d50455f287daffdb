"""Code and raw SQL as a web process runs them: as the web role, for one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from orchestrator.accounts.models import User
from orchestrator.core.rls import acting_as, bound
from orchestrator.workflows.models import Workflow

AsWeb = Callable[[User | None], AbstractContextManager[None]]


@contextmanager
def web(person: User | None) -> Iterator[None]:
    with bound(), acting_as(person.pk if person else None):
        yield


@pytest.fixture(autouse=True)
def only_what_the_test_makes(request: pytest.FixtureRequest, _django_db_helper: None) -> None:
    """Those that every installation begins with are public: here is only what a test makes."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        Workflow.objects.all().delete()


@pytest.fixture
def as_web(db: None) -> AsWeb:
    """``with as_web(person): …`` is bound by the policies; ``None`` is somebody unknown."""
    return web
