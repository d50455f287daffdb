"""The first page, and answering approvals from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from orchestrator.executions.models import Approval, ApprovalStatus, Execution
from orchestrator.executions.services.approving import answer_approval
from orchestrator.workflows.models import Access
from orchestrator.workflows.services.sharing import set_favorite
from tests.factories import make_user, make_workflow, node, share, start, step
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]
FORM = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "number", "title": "Approved amount", "minimum": 1}},
}


def asked(approver: User, drain: Drain, **config: Any) -> Approval:
    """A question to somebody about a run of somebody else."""
    config = {"title": "Pay <b>Initech</b>?", "approvers": [f"user:{approver.username}"], **config}
    start(make_workflow(nodes=[node("ask", "human", config)]))
    drain()
    return Approval.objects.latest("id")


def answer(client: Client, approval: Approval, verb: str = "approve", **form: Any) -> Any:
    prefix = f"a{approval.pk.hex[-8:]}"
    sent = {name.replace("payload_", f"{prefix}-"): value for name, value in form.items()}
    return client.post(f"/approvals/{approval.pk}/{verb}/", sent)


def test_a_newcomer_is_told_the_first_steps(visit: Visit) -> None:
    page = visit(make_user()).get("/").text
    assert "First steps" in page
    assert "No run has started since yesterday" in page
    assert "Waiting for you" not in page


def test_it_shows_what_waits_what_runs_and_what_has_ended(visit: Visit, drain: Drain) -> None:
    user = make_user()
    start(make_workflow(user, name="Quick"))
    start(make_workflow(user, name="Slow", nodes=[node("nap", "timer", {"seconds": 600})]))
    drain()
    page = visit(user).get("/").text
    live, finished = page.split("Recently finished")
    assert "Slow" in live.split("Under way")[1]
    assert "Quick" in finished
    assert "First steps" not in page


def test_runs_of_strangers_are_neither_shown_nor_counted(visit: Visit, drain: Drain) -> None:
    start(make_workflow(name="Secret"))
    drain()
    page = visit(make_user()).get("/").text
    assert "Secret" not in page
    assert "First steps" in page
    assert "Secret" in visit(make_user(role=Role.ADMIN)).get("/").text


def test_favourites_can_be_run_from_here_by_those_who_may(visit: Visit) -> None:
    flow, viewer = make_workflow(name="Starred"), make_user()
    share(flow, viewer, Access.VIEWER)
    run_url = f"/workflows/{flow.pk}/run/"
    for person in (flow.owner, viewer):
        set_favorite(person, flow.pk, favorite=True)
    assert run_url in visit(flow.owner).get("/").text
    shown = visit(viewer).get("/").text
    assert "Starred" in shown
    assert run_url not in shown


def test_an_approval_is_answered_on_the_spot(visit: Visit, drain: Drain) -> None:
    approver = make_user()
    approval = asked(approver, drain)
    client = visit(approver)
    page = client.get("/").text
    assert "Pay &lt;b&gt;Initech&lt;/b&gt;?" in page
    assert f"/executions/{approval.execution_id}/" not in page, "the approver may not see the run"
    reply = answer(client, approval, comment="Fine", next="/")
    assert reply.headers["Location"] == "/"
    drain()
    approval.refresh_from_db()
    assert (approval.status, approval.comment) == (ApprovalStatus.APPROVED, "Fine")
    assert Execution.objects.get().status == "completed"
    assert "Initech" not in client.get("/").text.split("toasts")[0]


def test_instructions_are_shown_as_on_the_approval_s_own_page(visit: Visit, drain: Drain) -> None:
    approver = make_user()
    asked(approver, drain, instructions="Look **twice**.\n\n- <i>really</i>")
    page = visit(approver).get("/").text
    assert "<strong>twice</strong>" in page
    assert "<li>&lt;i&gt;really&lt;/i&gt;</li>" in page


def test_a_rejection_needs_no_good_payload(visit: Visit, drain: Drain) -> None:
    approver = make_user()
    approval = asked(approver, drain, form=FORM, payload={"amount": 5})
    answer(visit(approver), approval, "reject", payload="form", payload_amount="nonsense", comment="No")
    approval.refresh_from_db()
    assert (approval.status, approval.comment) == (ApprovalStatus.REJECTED, "No")


def test_the_payload_is_edited_within_its_form(visit: Visit, drain: Drain) -> None:
    approver = make_user()
    approval = asked(approver, drain, form=FORM, payload={"amount": 250})
    client = visit(approver)
    assert 'value="250"' in client.get("/").text
    refused = answer(client, approval, payload="form", payload_amount="0.5", comment="Keep me")
    assert refused.status_code == 400
    assert "greater than or equal to 1" in refused.text
    assert "Keep me</textarea>" in refused.text
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.PENDING
    answer(client, approval, payload="form", payload_amount="199")
    approval.refresh_from_db()
    assert approval.payload == {"amount": 199}


def test_an_answer_that_comes_too_late_is_told_kindly(visit: Visit, drain: Drain) -> None:
    quick, slow = make_user(), make_user()
    approval = asked(quick, drain, approvers=[f"user:{quick.username}", f"user:{slow.username}"])
    answer_approval(quick, approval.pk, approves=True)
    late = answer(visit(slow), approval)
    assert late.status_code == 409
    assert "This is already approved" in late.text


def test_only_those_who_are_asked_may_answer(visit: Visit, drain: Drain) -> None:
    approval = asked(make_user(), drain)
    owner = approval.execution.workflow.owner
    refused = answer(visit(owner), approval)
    assert refused.status_code == 403
    assert "not among those who are asked" in refused.text
    assert answer(visit(make_user()), approval).status_code == 404
    assert visit(None).post(f"/approvals/{approval.pk}/approve/").status_code == 302


def test_an_answer_does_not_lead_to_another_site(visit: Visit, drain: Drain) -> None:
    approver = make_user()
    approval = asked(approver, drain)
    refused = answer(visit(approver), approval, next="https://evil.example/")
    assert refused.headers["Location"] == "/approvals/"


def test_the_menu_tells_how_many_approvals_wait(visit: Visit, drain: Drain) -> None:
    approver = make_user()
    asked(approver, drain)
    asked(approver, drain)
    assert "2 approvals waiting for you" in visit(approver).get("/settings/").text
    assert "waiting for you" not in visit(make_user()).get("/settings/").text


def test_somebody_who_has_voted_is_not_asked_again(visit: Visit, drain: Drain) -> None:
    first, second = make_user(), make_user()
    names = [f"user:{first.username}", f"user:{second.username}"]
    approval = asked(first, drain, approvers=names, quorum="all")
    answer(visit(first), approval)
    assert "Waiting for you" not in visit(first).get("/").text
    assert "Waiting for you" in visit(second).get("/").text


def test_the_page_needs_the_same_number_of_queries_for_many_runs(
    visit: Visit, drain: Drain, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    for _ in range(6):
        asked(user, drain)
        start(make_workflow(user, nodes=[step("a")]))
        start(make_workflow(user, nodes=[node("nap", "timer", {"seconds": 600})]))
    drain()
    client = visit(user)
    with django_assert_max_num_queries(24):
        page = client.get("/").text
    assert page.count("Approve<span") == 6
    with django_assert_max_num_queries(24):
        assert "Under way" in client.get("/?part=live").text
