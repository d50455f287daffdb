"""What people do to a run on its page, and what they are told when it cannot be done."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from orchestrator.executions.models import Approval, EventRow, Execution, Mail, StepRun
from orchestrator.executions.services.steering import pause_execution
from orchestrator.workflows.models import Access
from tests.factories import (
    fresh,
    make_user,
    make_workflow,
    node,
    share,
    start,
)  # fmt: skip
from tests.web.conftest import Visit
from tests.web.run_pages import failing, page_of, waiting

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]


def test_pause_resume_signal_and_cancel_post_their_wish_and_lead_back(visit: Visit, drain: Drain) -> None:
    run = waiting()
    drain()
    client, url = visit(run.started_by), f"/executions/{run.pk}/"
    for action, form, status in (
        ("pause", {}, "paused"),
        ("resume", {}, "waiting"),
        ("signal", {"name": "go", "payload": '{"ok": 1}'}, "completed"),
    ):
        assert client.post(f"{url}{action}/", form).headers["Location"] == url
        drain()
        assert fresh(run).status == status
    assert StepRun.objects.get(node_id="wait").output == {"port": "out", "payload": {"ok": 1}}
    other = waiting()
    drain()
    visit(other.started_by).post(f"/executions/{other.pk}/cancel/", {"reason": "Not needed"})
    drain()
    assert fresh(other).status == "cancelled"
    assert EventRow.objects.filter(data__reason="Not needed").exists()


def test_a_failed_run_is_retried_from_where_one_wants(visit: Visit, drain: Drain) -> None:
    run = failing()
    drain()
    client, url = visit(run.started_by), f"/executions/{run.pk}/retry/"
    for form, begin in (
        ({"start": "failed"}, "failed"),
        ({"start": "start", "version": "current"}, "start"),
        ({"start": "node", "node": "a"}, "a"),
    ):
        reply = client.post(url, form)
        retry = Execution.objects.latest("id")
        assert reply.headers["Location"] == f"/executions/{retry.pk}/"
        assert retry.retry_of == run
        assert retry.trigger["from"] == begin
    drain()
    page = client.get(f"/executions/{Execution.objects.get(trigger__from='failed').pk}/").text
    assert re.search(r'data-node="a"[^>]*data-state="earlier"', page)
    assert "The run goes on from an earlier one" in page


@pytest.mark.parametrize(
    ("action", "form", "complaint"),
    [
        ("pause", {}, "This run is over"),
        ("resume", {}, "not paused"),
        ("cancel", {}, "This run is over"),
        ("signal", {"name": "go"}, "This run is over"),
        ("retry", {"start": "failed"}, "has not failed"),
        ("retry", {"start": "node", "node": "ghost"}, "did not run"),
    ],
)
def test_the_wrong_moment_is_told_on_the_page_of_the_run(
    visit: Visit, drain: Drain, action: str, form: dict[str, str], complaint: str
) -> None:
    run = start(make_workflow())
    drain()
    answer = visit(run.started_by).post(f"/executions/{run.pk}/{action}/", form)
    assert answer.status_code == 409
    assert complaint in answer.text
    assert "steps-title" in answer.text
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("action", "form", "complaint"),
    [
        ("signal", {"name": ""}, "Signal: This field is required"),
        ("signal", {"name": "go", "payload": "{"}, "This is not JSON"),
        ("cancel", {"reason": "x" * 501}, "Reason"),
        ("retry", {"start": "node"}, "Choose the node"),
        ("retry", {"start": "start", "version": "latest"}, "valid choice"),
    ],
)
def test_bad_input_is_told_on_the_page_of_the_run(
    visit: Visit, drain: Drain, action: str, form: dict[str, str], complaint: str
) -> None:
    run = waiting()
    drain()
    answer = visit(run.started_by).post(f"/executions/{run.pk}/{action}/", form)
    assert answer.status_code == 400
    assert complaint in answer.text
    assert not Mail.objects.exists()


def test_a_viewer_sees_no_buttons_and_is_told_why_not(visit: Visit, drain: Drain) -> None:
    run, viewer = waiting(), make_user()
    share(run.workflow, viewer, Access.VIEWER)
    drain()
    client = visit(viewer)
    page = client.get(f"/executions/{run.pk}/").text
    assert "cancel-dialog" not in page
    assert "/signal/" not in page
    answer = client.post(f"/executions/{run.pk}/pause/")
    assert answer.status_code == 403
    assert "and not steer it" in answer.text


def test_buttons_fit_the_state(visit: Visit, drain: Drain) -> None:
    run = waiting()
    drain()
    client, url = visit(run.started_by), f"/executions/{run.pk}/"
    assert "/pause/" in client.get(url).text
    pause_execution(run.started_by, run.pk)  # type: ignore[arg-type]  # somebody started it
    drain()
    page = client.get(url).text
    assert "/resume/" in page
    assert "/pause/" not in page


def test_an_approval_is_answered_on_the_page_of_its_run(visit: Visit, drain: Drain) -> None:
    user = make_user()
    ask = node("ask", "human", {"title": "Really?", "approvers": [f"user:{user.username}"]}, title="Ask")
    run = start(make_workflow(user, nodes=[ask]))
    drain()
    approval = Approval.objects.get()
    assert "waits for your answer" in page_of(visit, run)
    reply = visit(user).post(f"/approvals/{approval.pk}/approve/", {"comment": "Yes"})
    assert reply.headers["Location"] == f"/executions/{run.pk}/"
    drain()
    assert fresh(run).status == "completed"


def test_somebody_else_s_approval_names_who_is_asked(visit: Visit, drain: Drain) -> None:
    run = start(make_workflow(nodes=[node("ask", "human", {"approvers": ["user:kim", "role:admin"]})]))
    drain()
    page = page_of(visit, run)
    assert "waits for the answer of kim or any admin" in re.sub(r"\s+", " ", page)
    assert "/approve/" not in page
