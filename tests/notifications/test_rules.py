"""Who hears of what: settings of the workflow times preferences of the people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Notification, Occasion, PushSubscription
from orchestrator.executions.services.approving import answer_approval
from orchestrator.executions.services.notifications.expanding import expand_due
from orchestrator.executions.services.notifications.reminding import remind_due
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.sharing import grant_access
from orchestrator.workflows.services.versions import create_version
from tests.factories import make_user, make_workflow, node, share, start, step

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]
BOOM = node("boom", "end", {"status": "failed", "output": "Out of paper"})


def told() -> set[tuple[str, str, str]]:
    """(kind, medium, to whom) of everything that was made of the occasions."""
    expand_due(now=utc_now())
    assert not Occasion.objects.exists(), "an occasion is looked at once"
    return {
        (each.kind, each.medium, each.recipient.username if each.recipient else each.address)
        for each in Notification.objects.select_related("recipient")
    }


def failing(owner: User, **settings: Any) -> Workflow:
    return make_workflow(owner, nodes=[BOOM], settings=settings)


def browser_of(user: User) -> PushSubscription:
    user.notify_push = True
    user.save()
    return PushSubscription.objects.create(
        user=user, endpoint=f"https://push.example/{user.username}", p256dh="p", auth="a", browser="Firefox"
    )


def test_of_a_failure_the_owner_hears_unless_told_otherwise(drain: Drain) -> None:
    start(failing(make_user("ann")))
    start(failing(make_user("ben"), notify_on_failure=False))
    drain()
    assert told() == {("failure", "email", "ann")}


def test_of_a_success_one_hears_only_where_it_is_wished(drain: Drain) -> None:
    start(make_workflow(make_user("ann")))
    start(make_workflow(make_user("ben"), settings={"notify_on_success": True}))
    drain()
    assert told() == {("success", "email", "ben")}


def test_a_run_that_nobody_wants_to_hear_of_leaves_no_row(drain: Drain) -> None:
    start(make_workflow())
    drain()
    assert not Occasion.objects.exists()


@pytest.mark.parametrize(
    ("preferences", "media"),
    [
        ({}, {"email"}),
        ({"notify_email": False}, set()),
        ({"email": ""}, set()),
        ({"notify_execution_alerts": False}, set()),
        ({"notify_workflow_updates": False}, {"email"}),
        ({"notify_push": True}, {"email", "push"}),
        ({"notify_push": True, "notify_email": False}, {"push"}),
        ({"is_active": False}, set()),
    ],
)
def test_people_choose_how_they_are_told(drain: Drain, preferences: dict[str, Any], media: set[str]) -> None:
    ann = make_user("ann")
    browser_of(ann)
    start(failing(ann))
    drain()
    User.objects.filter(pk=ann.pk).update(**{"notify_push": False, **preferences})
    assert {medium for _, medium, _ in told()} == media


def test_channels_name_people_addresses_and_endpoints(drain: Drain) -> None:
    owner, editor, viewer, starter = (make_user(name) for name in ("owner", "editor", "viewer", "starter"))
    flow = failing(
        owner,
        notification_channels=["email:editors", "email:ops@example.test", "slack:alerts", "email:starter"],
    )
    for person, access in ((editor, Access.EDITOR), (viewer, Access.VIEWER), (starter, Access.EDITOR)):
        share(flow, person, access)
    start(flow, user=starter)
    drain()
    assert told() == {
        ("failure", "email", "owner"),
        ("failure", "email", "editor"),
        ("failure", "email", "starter"),
        ("failure", "email", "ops@example.test"),
        ("failure", "webhook", "slack:alerts"),
    }


def test_one_mailbox_gets_one_mail(drain: Drain) -> None:
    flow = failing(
        make_user("ann", email="ann@example.test"),
        notification_channels=["email:owner", "email:starter", "email:ANN@example.test"],
    )
    start(flow)
    drain()
    assert len(told()) == 1


def test_a_starter_who_lost_access_hears_nothing(drain: Drain) -> None:
    flow, starter = failing(make_user(), notification_channels=["email:starter"]), make_user("starter")
    share(flow, starter, Access.EDITOR)
    start(flow, user=starter)
    drain()
    flow.permissions.filter(user=starter).delete()
    assert told() == set()


def test_of_a_child_run_its_parent_tells(drain: Drain) -> None:
    ann = make_user("ann")
    child = failing(ann)
    start(make_workflow(ann, nodes=[node("sub", "subworkflow", {"workflow": str(child.pk)})]))
    drain()
    expand_due(now=utc_now())
    [only] = Notification.objects.all()
    assert only.workflow_id != child.pk


def test_of_an_approval_those_who_are_asked_hear_whatever_their_alerts(drain: Drain) -> None:
    ann, ben = make_user("ann", notify_execution_alerts=False), make_user("ben")
    ask = node("ask", "human", {"title": "Pay?", "approvers": ["user:ann", "user:ben"], "quorum": "all"})
    flow = make_workflow(make_user("owner"), nodes=[ask], settings={"notification_channels": ["slack:team"]})
    start(flow)
    drain()
    answer_approval(ben, flow.executions.get().approvals.get().pk, approves=True)
    assert told() == {("approval", "email", "ann"), ("approval", "webhook", "slack:team")}
    assert Notification.objects.get(recipient=ann).subject == "Your answer is needed: Pay?"


def test_channels_need_not_hear_of_approvals(drain: Drain) -> None:
    make_user("ann")
    ask = node("ask", "human", {"approvers": ["user:ann"]})
    settings = {"notification_channels": ["slack:team"], "notify_on_approval": False}
    start(make_workflow(nodes=[ask], settings=settings))
    drain()
    assert told() == {("approval", "email", "ann")}


def test_the_owner_hears_that_nobody_can_answer(drain: Drain) -> None:
    make_user("gone", is_active=False)
    ask = node("ask", "human", {"approvers": ["user:gone", "user:never"]})
    start(make_workflow(make_user("owner"), nodes=[ask]))
    drain()
    assert told() == {("approval", "email", "owner")}


def test_a_reminder_goes_to_those_who_have_not_answered(drain: Drain) -> None:
    ann, _ = make_user("ann"), make_user("ben")
    ask = node(
        "ask", "human", {"approvers": ["user:ann", "user:ben"], "quorum": "all", "deadline_seconds": 7200}
    )
    flow = make_workflow(nodes=[ask], settings={"notification_channels": ["slack:team"]})
    start(flow)
    drain()
    told()
    Notification.objects.all().delete()
    answer_approval(ann, flow.executions.get().approvals.get().pk, approves=True)
    with time_machine.travel(utc_now() + timedelta(hours=1)):
        assert remind_due(now=utc_now()) == 1
        assert told() == {("reminder", "email", "ben")}


def test_an_escalation_goes_to_those_it_went_to(drain: Drain) -> None:
    for name in ("ann", "boss"):
        make_user(name)
    ask = {"approvers": ["user:ann"], "deadline_seconds": 60, "on_deadline": "escalate"}
    start(make_workflow(nodes=[node("ask", "human", {**ask, "escalate_to": ["user:boss"]})]))
    drain()
    told()
    Notification.objects.all().delete()
    with time_machine.travel(utc_now() + timedelta(seconds=61)):
        drain()
        assert told() == {("escalation", "email", "boss")}


def test_of_a_publication_the_other_editors_hear_and_of_sharing_who_it_is_shared_with() -> None:
    owner, editor, deaf = make_user("owner"), make_user("editor"), make_user("deaf")
    User.objects.filter(pk=deaf.pk).update(notify_workflow_updates=False)
    flow = make_workflow(owner, name="Payroll")
    for person in (editor, deaf):
        grant_access(owner, flow.pk, username=person.username, access=Access.EDITOR)
    assert told() == {("update", "email", "editor")}
    Notification.objects.all().delete()
    create_version(editor, flow.pk, nodes=[step("new")], edges=[], note="Faster")
    assert told() == {("update", "email", "owner")}
    made = Notification.objects.get()
    assert made.subject == "Payroll: version 2 is published"
    assert (made.facts["by"], made.facts["note"]) == ("editor", "Faster")
