"""Whatever a session document may hold is the same after a round through the tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.core.errors import InvalidInput, WrongState
from tests.factories import make_user
from tests.trading.strategy.domain.test_documents import VALIDATOR, make_document, sessions
from tests.trading.strategy.making import make_corporation, make_session
from trading.strategy.domain.documents import SessionDocument, snake, write
from trading.strategy.domain.judging import Judgement
from trading.strategy.domain.vocabulary import Outcome
from trading.strategy.models import Recommendation, StrategicSession
from trading.strategy.services.changing import change_session
from trading.strategy.services.documents import export_session, import_session
from trading.strategy.services.judging import judge_recommendation, record_outcome

pytestmark = pytest.mark.django_db
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ADVICE = {"title": "Hold", "detail": "", "citations": [], "confidence": 0.5, "status": "proposed"}


@MANY
@given(told=sessions(), spelled=st.sampled_from([write, lambda each: snake(write(each))]))
def test_any_document_comes_out_as_it_went_in_and_goes_in_again(
    transactional: None, told: SessionDocument, spelled: Any
) -> None:
    one, two = make_user(), make_user()
    for each in (one, two):
        make_corporation(each, eve_id=told.corporation_id % 2**31 or 1)
    number = str(told.corporation_id % 2**31 or 1)
    document = write(told) | {"corporationId": number}
    sent = spelled(told)
    sent["corporationId" if "corporationId" in sent else "corporation_id"] = number

    first, _ = import_session(one, json.loads(json.dumps(sent)))
    out = export_session(one, first.pk)
    second, is_new = import_session(two, json.loads(json.dumps(out)))

    VALIDATOR.validate(out)
    assert out == document
    assert is_new
    assert export_session(two, second.pk) == out
    assert import_session(one, out) == (first, False)


@pytest.fixture
def transactional(db: None) -> None:
    """Examples share the test's transaction; each has people of its own."""


def test_what_people_made_of_a_recommendation_goes_along() -> None:
    one, two = make_user("one"), make_user("two")
    corporation = make_corporation(one)
    make_corporation(two)
    document = make_document(corporationId=str(corporation.eve_id))
    document["steps"][0]["recommendations"] = [{}, {"name": "odd", "status": "mine"}, {**ADVICE, "own": [1]}]
    session, _ = import_session(one, document)
    judged = Recommendation.objects.get(step__session=session, number=3)
    assert judged.confidence_score == 0.5
    before: Any = export_session(one, session.pk)
    assert before["steps"][0]["recommendations"] == document["steps"][0]["recommendations"]

    judge_recommendation(one, judged.pk, Judgement.DONE, note="Held.")
    record_outcome(one, judged.pk, Outcome.PARTIAL)
    told: Any = export_session(one, session.pk)
    copied, _ = import_session(two, told)

    advice = told["steps"][0]["recommendations"]
    assert advice[:2] == document["steps"][0]["recommendations"][:2]
    assert (advice[2]["status"], advice[2]["outcome"], advice[2]["own"]) == ("done", "partial", [1])
    assert export_session(two, copied.pk) == told
    row = Recommendation.objects.get(step__session=copied, number=3)
    assert (row.status, row.outcome, row.note) == ("done", "partial", "Held.")


@pytest.mark.parametrize(
    "claim",
    [
        {"status": "done"},
        {"status": "proposed", "outcome": "success"},
        {"status": "done", "done_at": "soon", "outcome": "success", "judged_at": "2026-11-22T12:00:00Z"},
        {"status": ["done"], "note": 5, "confidence": "high", "citations": "all", "title": ["x"]},
        {"status": "done", "done_at": "2026-11-22T12:00:00Z", "outcome": "success"},
        {"confidence": 7, "citations": [1, {"kind": 5}, {"kind": "wallets"}]},
    ],
)
def test_a_judgement_that_does_not_hold_together_is_kept_and_not_believed(claim: dict[str, Any]) -> None:
    owner = make_user()
    corporation = make_corporation(owner)
    document = make_document(corporationId=str(corporation.eve_id))
    document["steps"][0]["recommendations"] = [claim]

    session, _ = import_session(owner, document)

    row = Recommendation.objects.get(step__session=session)
    assert (row.status, row.outcome, row.confidence_score) == ("proposed", "", None)
    told: Any = export_session(owner, session.pk)
    assert told["steps"][0]["recommendations"] == [claim]


def test_an_id_that_is_taken_by_another_document_is_a_conflict() -> None:
    owner = make_user()
    corporation = make_corporation(owner)
    session = make_session(corporation, sessionId="taken")
    told = export_session(owner, session.pk)
    assert import_session(owner, told) == (session, False)

    with pytest.raises(WrongState, match="with this id"):
        import_session(owner, {**told, "status": "paused"})
    change_session(owner, session.pk, {"status": "paused"})
    with pytest.raises(WrongState, match="says something else"):
        import_session(owner, told)
    assert StrategicSession.objects.count() == 1


def test_an_empty_id_finds_no_session_of_ours() -> None:
    owner = make_user()
    corporation = make_corporation(owner)
    make_session(corporation)
    StrategicSession.objects.update(imported_id="")

    with pytest.raises(InvalidInput) as caught:
        import_session(owner, make_document(corporationId=str(corporation.eve_id), sessionId=""))
    assert list(caught.value.fields) == ["sessionId"]
