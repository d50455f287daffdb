"""Events of Vercel: only signed ones are heard, and they do no more than have it asked."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from orchestrator.core.clock import utc_now
from tests.stand_in import Answer, Received
from tests.workspaces.deployments.scene import entries, finish, look, make_deployed
from tests.workspaces.deployments.wire import SECRET, TOKEN, Host, event, hosting
from workspaces.models import Deployment
from workspaces.services.deployments import receiving
from workspaces.services.deployments.accounts import choose_target
from workspaces.services.deployments.following import follow
from workspaces.vercel import is_signed

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/hooks/vercel/"


@pytest.fixture
def host(settings: Settings) -> Iterator[Host]:
    with hosting(settings) as host:
        yield host


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Workers look at once."""
    seen: list[object] = []
    monkeypatch.setattr(receiving, "hint", seen.append)
    return seen


def post(body: bytes, signature: str, url: str = URL) -> int:
    answer = Client().post(
        url, body, content_type="application/json", headers={"x-vercel-signature": signature}
    )
    return answer.status_code


def test_an_event_has_it_asked_at_once_and_says_nothing_itself(host: Host, hints: list[object]) -> None:
    host.states = ["BUILDING", "READY"]
    row = look(make_deployed())
    assert post(*event("deployment.error", "dpl_1")) == 200
    row.refresh_from_db()
    assert (row.status, hints) == ("queued", [row.pk]), "what it claims is not taken over"
    assert row.due_at is not None
    assert row.due_at <= utc_now()
    follow(row.pk)
    row.refresh_from_db()
    assert row.status == "building"


def test_twice_old_and_out_of_order_do_no_harm(host: Host) -> None:
    row = finish(make_deployed())
    before = [(each.type, each.updated_at) for each in entries(row)]
    for kind in ("deployment.created", "deployment.succeeded", "deployment.succeeded", "deployment.error"):
        assert post(*event(kind, "dpl_1")) == 200
    row.refresh_from_db()
    assert (row.status, row.due_at) == ("ready", None)
    assert [(each.type, each.updated_at) for each in entries(row)] == before


def test_an_event_before_the_answer_to_the_request_finds_its_deployment(host: Host) -> None:
    seen: list[object] = []

    def meanwhile(request: Received) -> Answer | None:
        if request.method == "POST":
            row = Deployment.objects.get()
            seen.append(post(*event("deployment.created", "dpl_1", tag=str(row.pk))))
            row.refresh_from_db()
            seen.append(row.remote_id)
            connection.close()  # the thread is the stand-in's
        return None

    row = make_deployed()
    host.trouble, host.late = meanwhile, True
    look(row)
    host.trouble = None
    assert seen == [200, "dpl_1"]
    assert finish(row).status == "ready"
    assert len(host.posts) == 1


@pytest.mark.parametrize("signature", ["", "0" * 40, "é" * 40, event("deployment.created", "dpl_2")[1]])
def test_what_is_not_signed_is_refused(host: Host, signature: str, hints: list[object]) -> None:
    look(make_deployed())
    body, _ = event("deployment.succeeded", "dpl_1")
    assert is_signed(SECRET, body, signature) is False
    if signature.isascii():
        assert post(body, signature) == 401
    assert hints == []


def test_signed_without_sense_is_told_and_signed_of_others_is_not(host: Host, hints: list[object]) -> None:
    assert post(*event("deployment.succeeded", "dpl_of_somebody_else")) == 200
    assert post(*event("deployment.succeeded", "dpl_x", tag="no id")) == 200
    assert post(*event("domain.created", "dpl_1")) == 200
    assert hints == []


def test_a_body_that_is_too_large_is_not_read(host: Host) -> None:
    assert post(b"x" * (256 * 1024 + 1), "0" * 40) == 413


def test_without_a_secret_nobody_is_heard(settings: Settings, host: Host) -> None:
    settings.VERCEL_WEBHOOK_SECRET = ""
    assert post(*event("deployment.succeeded", "dpl_1", secret="")) == 401
    assert post(*event("deployment.succeeded", "dpl_1", secret="x"), url=f"{URL}{uuid4()}/") == 401


def test_each_workspace_with_a_token_of_its_own_has_a_secret_of_its_own(
    host: Host, hints: list[object]
) -> None:
    row = look(make_deployed())
    owner = row.workspace.created_by
    own = "whsec-of-the-workspace"
    choose_target(owner, row.workspace_id, target="vercel", token=TOKEN, webhook_secret=own)
    assert post(*event("deployment.created", "dpl_1")) == 200
    assert hints == [], "the server's secret does not speak for it"
    url = f"{URL}{row.workspace_id}/"
    assert post(*event("deployment.created", "dpl_1"), url=url) == 401
    assert post(*event("deployment.created", "dpl_1", secret=own), url=url) == 200
    assert hints == [row.pk]
