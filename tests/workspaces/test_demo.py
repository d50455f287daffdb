"""The demo: a workspace that was tried once, in generated candles that everybody may look at."""

from __future__ import annotations

import pytest

from orchestrator.workspaces.demo import load
from orchestrator.workspaces.models import CandleSet, PatternSession
from orchestrator.workspaces.services.candles import find_candles
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_session_in_candles_for_everybody_and_is_made_once() -> None:
    owner = make_user()
    assert "has a test session" in load(owner)
    assert load(owner) == ""
    session = PatternSession.objects.get()
    assert (session.last_bar, session.reviewed_count) == (599, 4)
    seen = find_candles(make_user(), session.candles_id)
    assert (seen.owner, seen.is_generated) == (None, True)
    assert CandleSet.objects.filter(owner__isnull=True).count() == 2
