"""Pages and lists of strategy ask as many questions of the database for one row as for many."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.trading.strategy.making import make_advice, make_corporation, make_matrix, make_session
from tests.workspaces.test_pages import client_of
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Character, Corporation, Snapshot
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.logging import write_log

pytestmark = pytest.mark.django_db
API: Final = "/api/v1/strategy/"
BUDGETS: Final[dict[str, int]] = {
    "/strategy/": 7,
    "/strategy/?status=active": 5,
    "/strategy/sessions/{session}/": 11,
    "/strategy/sessions/{session}/document/": 7,
    "/strategy/corporations/": 4,
    "/strategy/corporations/{corporation}/": 8,
    "/strategy/matrices/": 6,
    "/strategy/matrices/{matrix}/": 10,
    "/strategy/recommendations/": 8,
    f"{API}sessions/": 3,
    f"{API}sessions/{{session}}/": 7,
    f"{API}sessions/{{session}}/cost/": 5,
    f"{API}logs/": 3,
    f"{API}logs/?session={{session}}": 3,
    f"{API}logs/export/": 4,
    f"{API}corporations/": 3,
    f"{API}corporations/{{corporation}}/": 4,
    f"{API}matrices/": 3,
    f"{API}recommendations/": 3,
    f"{API}recommendations/calibration/": 3,
}
"""With the person, the rates and the session of the browser."""


@pytest.fixture
def owner() -> User:
    return make_user("owner")


def fill(corporation: Corporation, *, sessions: int, advice: int) -> dict[str, Any]:
    """Something of everything that these pages show."""
    now = utc_now()
    made: dict[str, Any] = {"corporation": corporation.pk}
    for number in range(sessions):
        session = make_session(corporation)
        for at in range(advice):
            row = make_advice(session, hours=1 + at + 100 * number)
            row.number = 100 + at
            row.status, row.outcome = "done", "success"
            row.done_at = row.judged_at = now
            row.judged_by = corporation.owner
            row.save()
            write_log(session, "step_accepted", at=now, actor=make_user(), step=0)
        matrix = make_matrix(corporation.owner, corporation, session=session)
        made |= {"session": session.pk, "matrix": matrix.pk}
    for number in range(sessions):
        make_user(f"reader-{corporation.eve_id}-{number}")
        name = f"reader-{corporation.eve_id}-{number}"
        lend_corporation(corporation.owner, corporation.pk, username=name, access=Access.READER)
        Character.objects.create(
            corporation=corporation,
            connected_by=make_user(),
            character_id=90_000_000 + number,
            name="Pilot",
            owner_hash="x",
            access_token="a",
            refresh_token="b",
            expires_at=now,
        )
        Snapshot.objects.create(
            corporation=corporation,
            kind="members",
            data={"count": 1},
            as_of=now - timedelta(days=number),
            until=now,
        )
    known = {"divisions": [{"division": 1, "balance": "5"}], "total": "5"}
    Snapshot.objects.filter(kind="wallets").update(data=known)
    return made


def asked(owner: User, path: str) -> int:
    client = client_of(owner)
    assert client.get(path).status_code == 200, "and what is kept between requests is kept then"
    with CaptureQueriesContext(connection) as found:
        answer = client.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # as StreamingHttpResponse has it
    return len(found)


@pytest.mark.parametrize("path", list(BUDGETS))
def test_a_page_asks_as_much_for_many_as_for_one(owner: User, path: str) -> None:
    few = fill(make_corporation(owner), sessions=1, advice=1)
    first = asked(owner, path.format(**few))
    many = few
    for number in range(1, 4):
        many = fill(make_corporation(owner, eve_id=98_000_001 + number), sessions=4, advice=3)
    assert (asked(owner, path.format(**many)), first) == (first, BUDGETS[path])
