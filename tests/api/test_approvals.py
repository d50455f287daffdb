"""The inbox over the API: filters, who has answered, and the second answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Approval
from orchestrator.executions.services.approving import answer_approval
from tests.factories import make_user, make_workflow, node, start

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]
ClientFor = Callable[[User], APIClient]
URL = "/api/v1/approvals/"


def asked(drain: Drain, *people: User, **config: Any) -> Approval:
    names = [f"user:{each.username}" for each in people]
    start(make_workflow(nodes=[node("ask", "human", {"title": "Pay?", "approvers": names, **config})]))
    drain()
    return Approval.objects.latest("id")


def test_filters_leave_what_they_say(client_for: ClientFor, drain: Drain) -> None:
    me, mate = make_user(), make_user()
    both = asked(drain, me, mate, quorum="all")
    late = asked(drain, me, title="Ship?", deadline_seconds=600)
    Approval.objects.filter(pk=late.pk).update(deadline_at=utc_now() - timedelta(minutes=1))
    answer_approval(me, both.pk, approves=True)
    client = client_for(me)

    def found(**query: str) -> list[str]:
        return [each["id"] for each in client.get(URL, query).json()["results"]]

    mine, answered = [str(late.pk)], [str(both.pk)]
    assert found() == mine + answered
    assert found(mine="true") == mine, "what one has answered waits for others"
    assert found(answered="true") == answered
    assert found(answered="false") == mine
    assert found(overdue="true") == mine
    assert found(overdue="false") == answered
    assert found(workflow=str(late.workflow_id)) == mine
    assert found(search="SHIP") == mine
    assert found(status="approved") == []
    assert client.get(URL, {"status": "odd"}).status_code == 400


def test_one_tells_who_answered_what_and_what_is_needed(client_for: ClientFor, drain: Drain) -> None:
    me, mate = make_user("me"), make_user("mate")
    approval = asked(drain, me, mate, quorum="all", escalate_to=["role:admin"])
    url = f"{URL}{approval.pk}/"
    answered = client_for(mate).post(f"{url}approve/", {"comment": "Fine"}).json()
    assert (answered["status"], answered["can_answer"]) == ("pending", False)
    shown = client_for(me).get(url).json()
    assert [(vote["user"]["username"], vote["approves"], vote["comment"]) for vote in shown["votes"]] == [
        ("mate", True, "Fine")
    ]
    assert shown["tally"] == {"needed": 2, "approving": 1, "rejecting": 0, "open": 1}
    assert shown["can_answer"] is True
    assert shown["escalate_to"] == ["role:admin"]


def test_the_second_answer_is_told_so(client_for: ClientFor, drain: Drain) -> None:
    me, mate = make_user("me"), make_user("mate")
    approval = asked(drain, me, mate)
    client_for(mate).post(f"{URL}{approval.pk}/reject/", {})
    late = client_for(me).post(f"{URL}{approval.pk}/approve/", {})
    assert (late.status_code, late.json()["code"]) == (409, "already_answered")
    assert "mate was quicker" in late.json()["detail"]


def test_an_edit_outside_the_form_is_told_by_field(client_for: ClientFor, drain: Drain) -> None:
    me = make_user()
    form = {"type": "object", "properties": {"amount": {"type": "number", "maximum": 10}}}
    approval = asked(drain, me, form=form, payload={"amount": 5})
    refused = client_for(me).post(f"{URL}{approval.pk}/approve/", {"payload": {"amount": 11}})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["payload.amount"]
