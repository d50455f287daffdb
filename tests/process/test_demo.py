"""The demo brings one process that can be begun."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import Role
from orchestrator.process.demo import load
from orchestrator.process.models import ProcessVersion
from orchestrator.process.services.sessions import start_session
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_demo_brings_the_life_story_once() -> None:
    bob = make_user()
    assert load(bob) == "", "nobody is there to activate it"
    make_user(role=Role.ADMIN)
    assert load(bob) == "Process “Life story 1” can be begun."
    assert load(bob) == ""
    version = ProcessVersion.objects.get()
    assert version.is_active
    assert start_session(bob).process_version == version
