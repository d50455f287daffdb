"""What becomes of recommendations, and what is told of it."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from tests.factories import make_user
from tests.trading.strategy.making import make_bare_session, make_corporation, make_recommendation, make_step
from trading.strategy.domain.judging import Judgement
from trading.strategy.domain.vocabulary import Access, Outcome
from trading.strategy.models import StrategicSession
from trading.strategy.queries.recommendations import calibration_of, recommendations_for
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.judging import judge_recommendation, record_outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def session(owner: User) -> StrategicSession:
    return make_bare_session(make_corporation(owner))


def test_a_recommendation_is_accepted_carried_out_and_judged(owner: User, session: StrategicSession) -> None:
    row = make_recommendation(make_step(session))
    with pytest.raises(WrongState, match="carried out"):
        record_outcome(owner, row.pk, Outcome.SUCCESS)
    judge_recommendation(owner, row.pk, Judgement.ACCEPT, note=" Good ")
    judge_recommendation(owner, row.pk, Judgement.DONE)
    done = record_outcome(owner, row.pk, Outcome.PARTIAL, note="Half of it")
    corrected = record_outcome(owner, row.pk, Outcome.FAILURE)

    assert (done.status, done.note) == ("done", "Half of it")
    assert (corrected.outcome, corrected.note, corrected.judged_by) == ("failure", "Half of it", owner)
    with pytest.raises(WrongState, match="done cannot become"):
        judge_recommendation(owner, row.pk, Judgement.DISMISS)
    assert [each.event for each in session.log.all()] == ["recommendation_judged"] * 2 + [
        "recommendation_outcome"
    ] * 2


def test_the_same_judgement_again_is_told_once(owner: User, session: StrategicSession) -> None:
    row = make_recommendation(make_step(session))
    judge_recommendation(owner, row.pk, Judgement.DISMISS)
    judge_recommendation(owner, row.pk, Judgement.DISMISS)

    assert session.log.count() == 1


def test_sessions_that_ended_are_judged_later_by_those_who_may(
    owner: User, session: StrategicSession
) -> None:
    session.status = "archived"
    session.save()
    row = make_recommendation(make_step(session))
    reader = make_user("reader")
    lend_corporation(owner, session.corporation_id, username="reader", access=Access.READER)

    with pytest.raises(NotAllowed):
        judge_recommendation(reader, row.pk, Judgement.ACCEPT)
    with pytest.raises(NotFound):
        judge_recommendation(make_user("stranger"), row.pk, Judgement.ACCEPT)
    assert judge_recommendation(owner, row.pk, Judgement.DONE).accepted_at is not None


def test_calibration_takes_the_confidence_of_the_step_where_there_is_no_other(
    owner: User, session: StrategicSession
) -> None:
    step = make_step(session, confidence_score=0.6)
    for number, (confidence, outcome) in enumerate([(0.9, "success"), (None, "failure"), (0.5, "")], 1):
        row = make_recommendation(step, number, confidence_score=confidence)
        judge_recommendation(owner, row.pk, Judgement.DONE)
        if outcome:
            record_outcome(owner, row.pk, Outcome(outcome))
    make_recommendation(
        make_step(make_bare_session(make_corporation(make_user("other")))), confidence_score=0.1
    )

    found = calibration_of(recommendations_for(owner, {}))

    assert (found.count, found.confidence, found.came_true) == (2, 0.75, 0.5)
    assert [each.title for each in recommendations_for(owner, {"outcome": "none"})] == ["Move 3"]
    assert recommendations_for(owner, {"corporation": str(session.corporation_id)}).count() == 3
