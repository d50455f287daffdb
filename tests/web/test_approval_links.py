"""The one-time links of mails: who may answer by them, how often, and what others see."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.logging import hide_secrets
from orchestrator.executions.models import Approval, ApprovalLink, ApprovalStatus, ApprovalVote
from orchestrator.executions.services.approving import answer_approval
from orchestrator.executions.services.links import make_link, token_of
from orchestrator.executions.services.steering import cancel_execution
from tests.factories import make_user, make_workflow, node, start

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]
FORM = {"type": "object", "properties": {"amount": {"type": "number", "maximum": 10}}}


def linked(drain: Drain, *people: User, **config: Any) -> tuple[Approval, str]:
    """An approval and the path of the first person's link."""
    names = [f"user:{each.username}" for each in people]
    start(make_workflow(nodes=[node("ask", "human", {"title": "Pay?", "approvers": names, **config})]))
    drain()
    approval = Approval.objects.latest("id")
    return approval, path_of(make_link(approval, people[0], now=utc_now()))


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def test_a_link_shows_the_question_and_takes_the_answer_once(drain: Drain) -> None:
    ann, client = make_user("ann"), Client()
    approval, path = linked(drain, ann, payload={"amount": 7}, instructions="**Look**")
    for _ in range(3):  # mail programs open links, too
        page = client.get(path)
        assert page.status_code == 200
        assert "<strong>Look</strong>" in page.text
    assert not ApprovalVote.objects.exists()
    assert not ApprovalLink.objects.filter(used_at__isnull=False).exists()
    assert client.head(path).status_code == 200

    done = client.post(path, {"decision": "approve", "comment": "Yes"})
    assert done.status_code == 200
    assert "You approved" in done.text
    drain()
    approval.refresh_from_db()
    assert (approval.status, approval.decided_by, approval.comment) == (ApprovalStatus.APPROVED, ann, "Yes")
    for answer in (client.get(path), client.post(path, {"decision": "reject"})):
        assert answer.status_code == 410
        assert "It opens once" in answer.text
        assert "/approvals/" in answer.text, "it says where to go instead"


def test_a_link_logs_nobody_in(drain: Drain) -> None:
    _, path = linked(drain, make_user())
    client = Client()
    client.get(path)
    client.post(path, {"decision": "approve"})
    assert client.get("/approvals/").status_code == 302
    assert "sessionid" not in client.cookies


def test_an_answer_by_link_needs_the_token_of_its_page(drain: Drain) -> None:
    _, path = linked(drain, make_user())
    client = Client(enforce_csrf_checks=True)
    assert client.post(path, {"decision": "approve"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(path).text)
    assert token
    sent = client.post(path, {"decision": "approve", "csrfmiddlewaretoken": token[1]})
    assert sent.status_code == 200


def test_what_is_changed_is_checked_and_stays_in_the_form(drain: Drain) -> None:
    approval, path = linked(drain, make_user(), form=FORM, payload={"amount": 7})
    prefix, client = f"a{approval.pk.hex[-8:]}", Client()
    sent = {"decision": "approve", "payload": "form", f"{prefix}-amount": "11", "comment": "Keep me"}
    refused = client.post(path, sent)
    assert refused.status_code == 400
    assert "less than or equal to 10" in refused.text
    assert "Keep me" in refused.text
    assert client.post(path, {**sent, f"{prefix}-amount": "9"}).status_code == 200
    approval.refresh_from_db()
    assert approval.payload == {"amount": 9}


def test_without_a_decision_nothing_is_decided(drain: Drain) -> None:
    approval, path = linked(drain, make_user())
    assert Client().post(path, {"comment": "Hm"}).status_code == 400
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING


def test_a_link_ends_with_the_deadline_and_after_a_week(drain: Drain) -> None:
    _, short = linked(drain, make_user(), deadline_seconds=3600)
    _, long = linked(drain, make_user())
    with time_machine.travel(utc_now() + timedelta(days=6, hours=23)):
        assert Client().get(short).status_code == 410
        assert Client().get(long).status_code == 200
    with time_machine.travel(utc_now() + timedelta(days=7, seconds=1)):
        assert "time of this link is over" in Client().get(long).text


def test_a_link_ends_when_the_approval_does(drain: Drain) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    approval, path = linked(drain, ann, ben)
    answer_approval(ben, approval.pk, approves=False)
    late = Client().post(path, {"decision": "approve"})
    assert late.status_code == 410
    assert "already rejected" in late.text

    withdrawn, path = linked(drain, ann)
    cancel_execution(withdrawn.workflow.owner, withdrawn.execution_id)
    drain()
    assert "withdrawn" in Client().get(path).text


@pytest.mark.parametrize("change", [{"is_active": False}, {"username": "renamed"}])
def test_a_link_ends_with_what_entitled_its_person(drain: Drain, change: dict[str, Any]) -> None:
    ann = make_user("ann")
    approval, path = linked(drain, ann)
    User.objects.filter(pk=ann.pk).update(**change)
    refused = Client().post(path, {"decision": "approve"})
    assert refused.status_code in (404, 410), "404 where the database no longer lets the person see it"
    assert "no longer" in refused.text
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING


def test_only_what_this_server_signed_opens_anything(drain: Drain) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    approval, path = linked(drain, ann)
    forged = [path[:-2] + "/", path.replace(".", ""), "/approvals/link/x/", path[:-4] + "AAA/"]
    never_sent = path_of(f"/approvals/link/{token_of(approval.pk, ben.pk)}/")
    for each in [*forged, never_sent]:
        assert Client().get(each).status_code == 404, each
        assert Client().post(each, {"decision": "approve"}).status_code == 404, each
    with override_settings(SECRET_KEY="x" * 50):
        assert Client().get(path).status_code == 404
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING


def test_the_address_is_told_to_nobody(drain: Drain, caplog: pytest.LogCaptureFixture) -> None:
    _, path = linked(drain, make_user())
    with caplog.at_level(logging.DEBUG):
        page = Client().get(path)
        Client().post(path, {"decision": "maybe"})  # 400: Django writes a line with the path
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page.headers["Cache-Control"]
    assert path not in page.text, "the form is sent to where it stands"
    secret = path.split("/")[-2]
    lines = [hide_secrets(None, "", {"event": record.getMessage()})["event"] for record in caplog.records]
    assert any("/approvals/link/•••" in line for line in lines), "a line was there to be redacted"
    assert not any(secret in line for line in lines)


def test_the_secret_is_not_in_the_database(drain: Drain) -> None:
    approval, path = linked(drain, make_user())
    secret = path.split("/")[-2]
    row = ApprovalLink.objects.filter(approval=approval).values().get()
    assert not any(secret.split(".")[1] in str(value) for value in row.values())
