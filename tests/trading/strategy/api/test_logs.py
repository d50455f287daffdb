"""The log of sessions by API: narrowed, in order, and as files that spreadsheets and programs read."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from orchestrator.accounts.models import User
from tests.factories import make_user
from tests.trading.strategy.making import make_corporation, make_session
from tests.workspaces.test_pages import client_of
from trading.strategy.models import StrategicSession
from trading.strategy.services.logging import write_log

pytestmark = pytest.mark.django_db
LOGS = "/api/v1/strategy/logs/"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def session(owner: User) -> StrategicSession:
    """With three entries: by the system, by its owner, and one that a spreadsheet would reckon with."""
    made = make_session(make_corporation(owner))
    with transaction.atomic():
        write_log(made, "step_started", at=NOON, step=0)
        write_log(made, "step_accepted", at=NOON + timedelta(hours=1), actor=owner, step=0)
        write_log(made, "=cmd", at=NOON + timedelta(hours=2), details={"comment": 'a "b",\nc'})
    return made


def test_entries_are_narrowed_by_each_filter(owner: User, session: StrategicSession) -> None:
    client = client_of(owner)
    with transaction.atomic():
        write_log(make_session(make_corporation(owner, eve_id=98_000_002)), "elsewhere", at=NOON)

    def found(query: str) -> list[str]:
        return [each["event"] for each in client.get(f"{LOGS}?{query}").json()["results"]]

    assert found(f"session={session.pk}") == ["=cmd", "step_accepted", "step_started"]
    assert found("corporation=98000002") == ["elsewhere"]
    assert found("event=step_started") == ["step_started"]
    assert found("actor=OWNER") == ["step_accepted"]
    assert found(f"actor=system&session={session.pk}") == ["=cmd", "step_started"]
    assert found("occurred_after=2026-11-22T13:00:00Z&occurred_before=2026-11-22T14:00:00Z") == [
        "step_accepted"
    ]
    assert found("step=0") == ["step_accepted", "step_started"]
    for wrong in ("session=5", "step=-1", "step=first", "corporation=Goons", "occurred_after=soon"):
        refused = client.get(f"{LOGS}?{wrong}")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [wrong.split("=")[0]])


def test_a_list_by_cursor_gives_each_entry_once(owner: User, session: StrategicSession) -> None:
    client = client_of(owner)
    first = client.get(f"{LOGS}?page_size=2").json()
    second = client.get(first["next"]).json()

    assert [each["seq"] for each in first["results"] + second["results"]] == [3, 2, 1]
    assert (second["next"], second["results"][0]["actor"]) == (None, "system")


def test_a_file_of_lines_holds_every_entry_oldest_first(owner: User, session: StrategicSession) -> None:
    answer = client_of(owner).get(f"{LOGS}export/?as=jsonl&session={session.pk}")

    lines = [json.loads(line) for line in b"".join(answer).splitlines()]
    assert [each["seq"] for each in lines] == [1, 2, 3]
    assert lines[2]["details"] == {"comment": 'a "b",\nc'}
    assert answer["Content-Type"] == "application/x-ndjson"


def test_a_table_is_read_back_and_holds_no_formula(owner: User, session: StrategicSession) -> None:
    answer = client_of(owner).get(f"{LOGS}export/")

    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert [each["event"] for each in rows] == ["step_started", "step_accepted", "'=cmd"]
    assert [each["actor"] for each in rows] == ["system", "owner", "system"]
    assert json.loads(rows[2]["details"]) == {"comment": 'a "b",\nc'}
    assert client_of(owner).get(f"{LOGS}export/?as=xls").status_code == 400


def test_others_see_none_of_it(session: StrategicSession) -> None:
    client = client_of(make_user("stranger"))

    assert not client.get(LOGS).json()["results"]
    assert not b"".join(client.get(f"{LOGS}export/?as=jsonl"))
