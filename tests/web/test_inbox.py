"""The inbox of approvals and the page of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Approval, ApprovalStatus
from orchestrator.executions.services.approving import answer_approval
from orchestrator.workflows.models import Access, Workflow
from tests.factories import make_user, make_workflow, node, share, start
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]


def asked(*people: User, drain: Drain, workflow: Workflow | None = None, **config: Any) -> Approval:
    names = [f"user:{each.username}" for each in people]
    config = {"title": "Ship it?", "approvers": names, **config}
    start(workflow or make_workflow(nodes=[node("ask", "human", config)]))
    drain()
    return Approval.objects.latest("id")


def listed(client: Client, query: str = "") -> list[str]:
    return re.findall(r'data-approval="([0-9a-f-]{36})"', client.get(f"/approvals/{query}").text)


def test_each_tab_holds_what_it_says(visit: Visit, drain: Drain) -> None:
    me, mate = make_user(), make_user()
    first, second = asked(me, mate, drain=drain, quorum="all"), asked(me, drain=drain)
    others = asked(mate, drain=drain)
    client = visit(me)
    assert listed(client) == [str(first.pk), str(second.pk)], "what has waited longest comes first"
    answer_approval(me, first.pk, approves=True)
    assert listed(client) == [str(second.pk)]
    assert listed(client, "?tab=answered") == [str(first.pk)]
    assert listed(client, "?tab=all") == [str(second.pk), str(first.pk)]
    share(others.workflow, me, Access.VIEWER)
    assert listed(client, "?tab=all") == [str(others.pk), str(second.pk), str(first.pk)]
    assert listed(visit(make_user(role=Role.ADMIN)), "?tab=all") == listed(client, "?tab=all")


def test_filters_stand_in_the_address_and_add_up(visit: Visit, drain: Drain) -> None:
    me = make_user()
    flow = make_workflow(
        me,
        name="Payments",
        nodes=[node("ask", "human", {"title": "Pay?", "approvers": [f"user:{me.username}"]})],
    )
    pay, ship = asked(me, drain=drain, workflow=flow), asked(me, drain=drain, deadline_seconds=600)
    Approval.objects.filter(pk=ship.pk).update(deadline_at=utc_now() - timedelta(minutes=1))
    done = asked(me, drain=drain, title="Old?")
    answer_approval(me, done.pk, approves=False)
    client = visit(me)
    found = {
        f"?workflow={flow.pk}": [pay],
        "?overdue=on": [ship],
        "?search=paym": [pay],
        "?search=SHIP": [ship],
        "?search=%00": [pay, ship],
        "?tab=all&status=rejected": [done],
        "?tab=all&status=rejected&search=ship": [],
        "?tab=nonsense": [pay, ship],
    }
    for query, rows in found.items():
        assert listed(client, query) == [str(row.pk) for row in rows], query
    assert "No approval fits" in client.get("/approvals/?search=nothing").text


def test_empty_tabs_say_what_to_expect(visit: Visit) -> None:
    client = visit(make_user())
    for query, words in {
        "": "Nothing waits",
        "?tab=answered": "not answered any",
        "?tab=all": "No app",
    }.items():
        assert words in client.get(f"/approvals/{query}").text


def test_pages_lead_forth(visit: Visit, drain: Drain) -> None:
    me = make_user()
    flow = make_workflow(nodes=[node("ask", "human", {"approvers": [f"user:{me.username}"]})])
    for _ in range(30):
        start(flow)
    drain()
    client, query, seen = visit(me), "?tab=all", []
    while query:
        seen += listed(client, query)
        following = re.search(r'rel="next"\s+href="([^"]+)"', client.get(f"/approvals/{query}").text)
        query = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 30
    assert seen == sorted(seen, reverse=True)


def test_a_page_shows_the_question_the_answers_and_what_is_missing(visit: Visit, drain: Drain) -> None:
    me, mate = make_user("me"), make_user("mate", first_name="Mate", last_name="Mayer")
    approval = asked(
        me, mate, drain=drain, quorum="all", instructions="Look **twice**.\n\n- <b>really</b>",
        payload={"amount": 5, "is_new": True}, deadline_seconds=7200, on_deadline="approve",
    )  # fmt: skip
    answer_approval(mate, approval.pk, approves=True, comment="Fine & <i>dandy</i>")
    page = visit(me).get(f"/approvals/{approval.pk}/").text
    for words in (
        "<strong>twice</strong>", "<li>&lt;b&gt;really&lt;/b&gt;</li>", "1 of 2 approvals", "Mate Mayer",
        "Fine &amp; &lt;i&gt;dandy", "then it is approved", "<dt>is new</dt>", "yes", "has not answered",
    ):  # fmt: skip
        assert words in page, words
    assert str(approval.execution_id) not in page, "an approver who may not see the run gets no link to it"


def test_a_named_approver_sees_the_approval_and_not_the_run(visit: Visit, drain: Drain) -> None:
    me = make_user()
    approval = asked(me, drain=drain, payload={"amount": 5})
    client = visit(me)
    assert client.get(f"/approvals/{approval.pk}/").status_code == 200
    assert client.get(f"/executions/{approval.execution_id}/").status_code == 404
    assert client.get(f"/workflows/{approval.workflow_id}/").status_code == 404
    assert visit(make_user()).get(f"/approvals/{approval.pk}/").status_code == 404


def test_who_loses_the_role_that_was_asked_loses_the_approval(visit: Visit, drain: Drain) -> None:
    me = make_user(role=Role.ADMIN)
    approval = asked(drain=drain, approvers=["role:admin"])
    client = visit(me)
    assert listed(client) == [str(approval.pk)]
    User.objects.filter(pk=me.pk).update(role=Role.USER.value)
    assert listed(client) == []
    assert client.post(f"/approvals/{approval.pk}/approve/").status_code == 404
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING


def test_what_changes_is_fetched_without_the_form(visit: Visit, drain: Drain) -> None:
    me, mate = make_user(), make_user()
    approval = asked(me, mate, drain=drain)
    client, address = visit(me), f"/approvals/{approval.pk}/?part=state&open=1"
    assert "decided while you looked" not in client.get(address).text
    answer_approval(mate, approval.pk, approves=True)
    part = client.get(address).text
    assert "decided while you looked" in part
    assert "<form" not in part
    assert "<html" not in part
    assert "<html" not in client.get("/approvals/?part=rows").text


def test_the_second_answer_is_told_who_was_quicker(visit: Visit, drain: Drain) -> None:
    me, mate = make_user(), make_user("mate")
    approval = asked(me, mate, drain=drain)
    client = visit(me)
    assert client.get(f"/approvals/{approval.pk}/").status_code == 200
    answer_approval(mate, approval.pk, approves=True)
    late = client.post(f"/approvals/{approval.pk}/reject/", {"comment": "Too late"})
    assert late.status_code == 409
    assert "mate was quicker" in late.text
    again = visit(mate).post(f"/approvals/{approval.pk}/approve/")
    assert again.status_code == 409


@pytest.mark.parametrize("tab", ["waiting", "answered", "all"])
def test_the_list_needs_few_queries(
    visit: Visit, drain: Drain, tab: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    me = make_user()
    approvals = [asked(me, make_user(), drain=drain, quorum="all") for _ in range(8)]
    answer_approval(me, approvals[0].pk, approves=True)
    client = visit(me)
    client.get("/approvals/")
    with django_assert_max_num_queries(9):
        client.get(f"/approvals/?tab={tab}")


def test_a_page_needs_few_queries(
    visit: Visit, drain: Drain, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_user() for _ in range(9)]
    approval = asked(*people, drain=drain, quorum="all")
    for each in people[1:]:
        answer_approval(each, approval.pk, approves=True)
    client = visit(people[0])
    client.get("/approvals/")
    with django_assert_max_num_queries(10):
        client.get(f"/approvals/{approval.pk}/")
