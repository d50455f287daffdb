"""Pages of strategy sessions: the board, one session with its steps and log, sessions in and out."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.trading.strategy.domain.test_documents import VALIDATOR, make_document
from tests.trading.strategy.making import make_advice, make_corporation, make_session
from tests.workspaces.test_pages import client_of
from trading.strategy.models import Corporation, StrategicSession
from trading.strategy.services.logging import write_log
from trading.strategy.templatetags.strategy import label, old, readable

pytestmark = pytest.mark.django_db
BOARD = "/strategy/"


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def corporation(owner: User) -> Corporation:
    return make_corporation(owner)


def seen(user: User, path: str) -> str:
    answer = client_of(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def queries(user: User, path: str) -> int:
    client = client_of(user)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(path)
    return len(found)


def test_the_board_has_a_column_for_each_status_with_its_newest(
    owner: User, corporation: Corporation
) -> None:
    for _ in range(14):
        make_session(corporation)
    make_session(corporation, status="archived")

    page = seen(owner, BOARD)

    assert page.count('class="board-card"') == 13
    assert 'href="?status=active">All 14' in page
    listed = seen(owner, f"{BOARD}?status=active&corporation={corporation.pk}")
    assert listed.count('class="row-link"') == 14
    assert "No session fits" in seen(owner, f"{BOARD}?search=nothing")
    assert "No session yet" in seen(make_user("other"), BOARD)


def test_a_board_costs_as_many_queries_however_full_it_is(owner: User, corporation: Corporation) -> None:
    for status in ("active", "paused", "completed", "archived"):
        make_session(corporation, status=status)
    few = queries(owner, BOARD), queries(owner, f"{BOARD}?status=active")
    for number in range(10):
        make_session(make_corporation(owner, eve_id=98_000_100 + number))

    assert (queries(owner, BOARD), queries(owner, f"{BOARD}?status=active")) == few


def test_a_step_shows_what_it_was_given_what_came_of_it_and_on_what_that_rests(
    owner: User, corporation: Corporation
) -> None:
    steps = make_document()["steps"]
    steps[0]["output"] = {"burnRate": 1_250_000, "notes": ["<b>all</b> quiet", {"deep": True}]}
    session = make_session(corporation, steps=steps)
    make_advice(session, hours=5)

    page = seen(owner, f"/strategy/sessions/{session.pk}/")

    assert "1,250,000" in page
    assert "Burn rate" in page
    assert "&lt;b&gt;all&lt;/b&gt; quiet" in page
    assert "12.50 ISK in all" in page
    assert page.count("5 h old") == 3, "of the step, at the source and at the citation"
    assert "What is there?" in page
    assert "70 %" in page


def test_a_session_costs_as_many_queries_however_much_is_in_it(owner: User, corporation: Corporation) -> None:
    session = make_session(corporation)
    make_advice(session)
    path = f"/strategy/sessions/{session.pk}/"
    few = queries(owner, path)
    big = make_session(corporation, steps=make_document()["steps"] * 10)
    make_advice(big, hours=7)
    fill_log(big, 40)

    assert queries(owner, f"/strategy/sessions/{big.pk}/") == few


def fill_log(session: StrategicSession, times: int) -> None:
    with transaction.atomic():
        for number in range(times):
            write_log(session, f"event_{number % 3}", at=utc_now(), actor=session.created_by)


def test_a_document_is_downloaded_and_imported_from_a_file(owner: User, corporation: Corporation) -> None:
    session = make_session(corporation)
    told = client_of(owner).get(f"/strategy/sessions/{session.pk}/document/")
    VALIDATOR.validate(json.loads(told.content))
    other = make_user("other")
    make_corporation(other)
    file = SimpleUploadedFile("session.json", told.content)

    made = client_of(other).post("/strategy/sessions/import/", {"file": file})

    copy = StrategicSession.objects.get(corporation__owner=other)
    assert made["Location"] == f"/strategy/sessions/{copy.pk}/"
    assert json.loads(client_of(other).get(f"{made['Location']}document/").content) == json.loads(
        told.content
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Choose a file"),
        ("{", "not JSON"),
        ("[]", "not of type"),
        (json.dumps(make_document(currentStep=9)), "between 0 and 1"),
    ],
)
def test_what_is_no_document_is_told_and_stays_typed(
    owner: User, corporation: Corporation, text: str, words: str
) -> None:
    answer = client_of(owner).post("/strategy/sessions/import/", {"text": text})

    page = answer.content.decode()
    assert (answer.status_code, words in page) == (400, True)
    assert not StrategicSession.objects.exists()


def test_values_are_told_as_people_read_them() -> None:
    assert readable({}) == readable(None)
    assert "yes" in readable([True])
    assert readable(["x"] * 250).count("<li>") == 200
    assert "and 50 more" in readable(["x"] * 250)
    assert "<code>" in readable({"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}})
    assert (label("burn_rate"), label("burnRate")) == ("Burn rate", "Burn rate")
    assert [old(each) for each in (5, 90, 7_200, 200_000)] == ["just now", "1 min old", "2 h old", "2 d old"]
