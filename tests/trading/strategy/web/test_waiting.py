"""What waits for a person: first on the board, on the page of a session, and never for who only reads."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import Role
from tests.factories import make_user
from tests.trading.strategy.sessions.scene import Drain
from tests.trading.strategy.web.test_moving import waiting
from tests.workspaces.test_pages import client_of
from trading.strategy.domain.vocabulary import Access
from trading.strategy.queries.waiting import waiting_steps
from trading.strategy.services.corporations import lend_corporation

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_stands_first_for_who_may_work_in_it(drain: Drain) -> None:
    scene, session, client, path = waiting(drain)
    reader, viewer = make_user("reader"), make_user("viewer", role=Role.VIEWER)
    lend_corporation(scene.user, scene.corporation.pk, username="reader", access=Access.READER)
    lend_corporation(scene.user, scene.corporation.pk, username="viewer", access=Access.EDITOR)

    assert [len(waiting_steps(each)) for each in (scene.user, reader, viewer)] == [1, 0, 0]
    board = client.get("/strategy/").content.decode()
    assert "Waits for you" in board
    assert f"{path}#step-0" in board
    for each in (reader, viewer):
        seen = client_of(each).get("/strategy/").content.decode()
        assert ("Waits for you" in seen, "Waits for review" in seen) == (False, True)
        page = client_of(each).get(path).content.decode()
        assert ("waits for a review" in page, "Accept" in page) == (True, False)
    assert "waits for your review" in client.get(path).content.decode()
    assert session.title in client.get("/strategy/?status=waiting").content.decode()
    assert "Waits for you" not in client.get("/strategy/?search=no").content.decode()
    client.post(f"{path}pause/")
    assert not waiting_steps(scene.user), "nothing can be reviewed while it is paused"
