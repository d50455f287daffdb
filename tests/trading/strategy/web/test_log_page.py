"""The page of a session's log: narrowed by event, person, step and time, paged, and the same as a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.trading.strategy.making import make_corporation, make_session
from tests.workspaces.test_pages import client_of
from trading.strategy.models import StrategicSession
from trading.strategy.services.logging import write_log
from trading.strategy.templatetags.strategy_told import brief

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def session(owner: User) -> StrategicSession:
    return make_session(make_corporation(owner))


def write(session: StrategicSession, times: int, *, at: datetime | None = None) -> None:
    with transaction.atomic():
        for number in range(times):
            write_log(
                session, f"event_{number % 3}", at=at or utc_now(), actor=session.created_by, step=number % 2
            )


def path_of(session: StrategicSession) -> str:
    return f"/strategy/sessions/{session.pk}/log/"


def counted(user: User, path: str) -> int:
    answer = client_of(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode().count('data-label="When"')


def test_the_log_is_narrowed_and_paged(owner: User, session: StrategicSession) -> None:
    write(session, 60)
    path = path_of(session)

    assert counted(owner, path) == 50
    assert counted(owner, f"{path}?event=event_1") == 20
    assert counted(owner, f"{path}?step=1") == 30
    assert "Nothing of that kind" in client_of(owner).get(f"{path}?actor=system").content.decode()
    assert counted(owner, f"/strategy/sessions/{session.pk}/") == 6, "the newest of it"


def test_times_are_in_the_zone_of_whoever_reads(owner: User, session: StrategicSession) -> None:
    owner.time_zone = "Asia/Tokyo"
    owner.save(update_fields=["time_zone"])
    write(session, 2, at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    path = path_of(session)

    assert counted(owner, f"{path}?after=2026-03-01T20:59&before=2026-03-01T21:01") == 2
    assert "Nothing of that kind" in client_of(owner).get(f"{path}?before=2026-03-01T21:00").content.decode()


@pytest.mark.parametrize("query", ["after=soon", "step=-1", "after=2026-03-02T00:00&before=2026-03-01T00:00"])
def test_filters_that_cannot_be_read_are_told(owner: User, session: StrategicSession, query: str) -> None:
    assert client_of(owner).get(f"{path_of(session)}?{query}").status_code == 400
    assert client_of(owner).get(f"{path_of(session)}csv/?{query}").status_code == 400


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_is_filtered_is_downloaded(owner: User, session: StrategicSession, kind: str) -> None:
    write(session, 6)
    path = path_of(session)
    page = client_of(owner).get(f"{path}?event=event_2&step=1").content.decode()
    assert f"{path}{kind}/?event=event_2&amp;step=1" in page

    all_of_it = b"".join(client_of(owner).get(f"{path}{kind}/")).splitlines()
    some = b"".join(client_of(owner).get(f"{path}{kind}/?event=event_2&step=1")).splitlines()

    assert len(all_of_it) == (7 if kind == "csv" else 6)
    assert len(some) == (2 if kind == "csv" else 1)
    if kind == "jsonl":
        assert json.loads(some[0])["event"] == "event_2"
    assert client_of(owner).get(f"{path}xls/").status_code == 400


def test_details_are_told_in_brief_and_without_ids() -> None:
    told = brief(
        {
            "round": 1,
            "edited": False,
            "confidence": 0.51,
            "matrix": "01a201fd-2418-776f-a334-14c524986c78",
            "after": {"title": "<b>", "scores": 1200},
            "changed": ["status", "steps"],
        }
    )

    assert told == [
        ("Title", "<b>"),
        ("Scores", "1,200"),
        ("Changed", "status, steps"),
        ("Confidence", "51 %"),
    ]
    assert brief({}) == []
