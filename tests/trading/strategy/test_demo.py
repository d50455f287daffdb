"""What the demo shows of corporation strategy: sessions to look at, labelled, and loaded once."""

from __future__ import annotations

import json

import pytest

from orchestrator.accounts.models import User
from tests.factories import make_user
from tests.trading.strategy.domain.test_documents import VALIDATOR
from tests.trading.strategy.sessions.scene import Drain
from trading.strategy.demo import load
from trading.strategy.domain.calibration import Verdict
from trading.strategy.models import Recommendation, StrategicMatrix, StrategicSession
from trading.strategy.queries.recommendations import calibration_of, recommendations_for
from trading.strategy.services.documents import export_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> User:
    return make_user("bob")


def test_there_are_sessions_that_are_over_and_one_that_waits(owner: User, drain: Drain) -> None:
    told = load(owner)
    drain()

    over = StrategicSession.objects.filter(status="completed")
    live = StrategicSession.objects.get(status="active")
    assert "3 generated sessions" in told
    assert over.count() == 3
    assert live.steps.get(position=0).awaits_review
    assert StrategicMatrix.objects.filter(session__in=over).count() == 3
    for each in (*over, live):
        VALIDATOR.validate(json.loads(json.dumps(export_session(owner, each.pk))))


def test_past_recommendations_were_judged_so_that_calibration_says_something(owner: User) -> None:
    load(owner)

    found = calibration_of(recommendations_for(owner, {}))
    assert found.verdict is not Verdict.TOO_FEW
    assert sum(each.count > 0 for each in found.bins) > 2
    assert {"proposed", "accepted", "dismissed", "done"} == set(
        Recommendation.objects.values_list("status", flat=True)
    )


def test_everything_says_that_it_was_generated(owner: User) -> None:
    load(owner)

    for session in StrategicSession.objects.select_related("corporation"):
        assert "generated" in session.title.lower()
        assert "generated" in session.corporation.name.lower()
    for judged in Recommendation.objects.exclude(outcome=""):
        assert "Generated for the demo" in judged.note


def test_loading_it_again_changes_nothing(owner: User) -> None:
    load(owner)
    before = list(StrategicSession.objects.values_list("pk", "updated_at", "last_seq"))

    assert load(owner) == ""
    assert list(StrategicSession.objects.values_list("pk", "updated_at", "last_seq")) == before
