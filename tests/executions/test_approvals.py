"""Approvals over time and among people: deadlines, escalation, reminders, quorums, loops and maps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotAllowed, NotFound
from orchestrator.executions.models import Approval, ApprovalStatus, Execution, Occasion
from orchestrator.executions.queries.asked import tally
from orchestrator.executions.runtime.engine import Engine
from orchestrator.executions.services.approving import AlreadyAnswered, answer_approval, settle_approvals
from orchestrator.executions.services.notifications.reminding import remind_due
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.executions.verification import verify_execution
from orchestrator.workflows.models import Access
from tests.factories import (
    chain,
    edge,
    expression,
    fresh,
    make_user,
    make_workflow,
    node,
    set_vars,
    share,
    start,
    step,
)

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def asked(drain: Drain, *people: User, **config: Any) -> Approval:
    names = [f"user:{each.username}" for each in people]
    ask = node("ask", "human", {"title": "Pay?", "approvers": names, **config})
    ends = [edge("ask", "yes", port="approved"), edge("ask", "no", port="rejected")]
    start(make_workflow(nodes=[ask, step("yes"), step("no")], edges=ends))
    drain()
    return Approval.objects.latest("id")


def ran(execution: Execution) -> list[str]:
    return list(execution.steps.order_by("seq").values_list("node_id", flat=True))


def assert_about(moment: datetime | None, expected: datetime) -> None:
    """A step's own clock is read a moment before the event of it is written."""
    assert moment is not None
    assert abs(moment - expected) < timedelta(seconds=1)


def travel(**span: float) -> time_machine.travel:
    return time_machine.travel(utc_now() + timedelta(**span), tick=True)


@pytest.mark.parametrize(
    ("then", "branch", "status"), [("approve", "yes", "approved"), ("reject", "no", "rejected")]
)
def test_an_escalation_has_a_deadline_of_its_own(drain: Drain, then: str, branch: str, status: str) -> None:
    ann, boss = make_user("ann"), make_user("boss")
    approval = asked(
        drain, ann, deadline_seconds=600, on_deadline="escalate", escalate_to=["user:boss"],
        escalation_seconds=1200, on_escalation_deadline=then,
    )  # fmt: skip
    with travel(seconds=601):
        drain()
        approval.refresh_from_db()
        assert approval.approvers == ["user:ann", "user:boss"]
        assert approval.deadline_at is not None
        assert timedelta(seconds=1190) < approval.deadline_at - utc_now() <= timedelta(seconds=1200)
        assert (approval.status, approval.on_deadline) == ("pending", then)
        assert Approval.objects.open_to(boss).exists()
        kinds = list(Occasion.objects.order_by("id").values_list("kind", flat=True))
        assert kinds == ["approval", "escalation"]
    with travel(seconds=1802):
        drain()
    approval.refresh_from_db()
    assert (approval.status, approval.decided_by) == (status, None)
    assert ran(fresh(approval.execution_id)) == ["ask", branch]
    assert verify_execution(approval.execution_id) == []


def test_those_it_was_escalated_to_decide_for_all(drain: Drain) -> None:
    people = [make_user(name) for name in ("ann", "ben", "boss")]
    approval = asked(
        drain, *people[:2], quorum="all", deadline_seconds=600, on_deadline="escalate",
        escalate_to=["user:boss"],
    )  # fmt: skip
    with travel(seconds=601):
        drain()
        answer_approval(people[2], approval.pk, approves=True)
    approval.refresh_from_db()
    assert approval.status == "approved"


def test_four_eyes_stay_four_when_it_is_escalated(drain: Drain) -> None:
    people = [make_user(name) for name in ("ann", "ben", "boss")]
    approval = asked(
        drain, *people[:2], quorum=2, deadline_seconds=600, on_deadline="escalate", escalate_to=["user:boss"]
    )
    with travel(seconds=601):
        drain()
        answer_approval(people[2], approval.pk, approves=True)
        approval.refresh_from_db()
        assert approval.status == "pending"
        answer_approval(people[0], approval.pk, approves=True)
    approval.refresh_from_db()
    assert approval.status == "approved"


def test_reminders_come_half_way_and_before_the_end_and_stop_with_the_answer(drain: Drain) -> None:
    ann = make_user("ann")
    approval = asked(drain, ann, deadline_seconds=4 * 86_400)  # also a day before, by default
    since = approval.requested_at

    def reminded(after: timedelta) -> int:
        return remind_due(now=since + after)

    assert reminded(timedelta(hours=47)) == 0
    assert reminded(timedelta(hours=48)) == 1
    assert reminded(timedelta(hours=48, minutes=5)) == 0
    assert reminded(timedelta(hours=72)) == 1
    assert reminded(timedelta(hours=95)) == 0
    approval.refresh_from_db()
    assert approval.remind_at is None

    other = asked(drain, ann, deadline_seconds=3600)
    assert_about(other.remind_at, other.requested_at + timedelta(minutes=30))
    answer_approval(ann, other.pk, approves=True)
    other.refresh_from_db()
    assert other.remind_at is None


def test_reminders_can_be_left_out_or_set(drain: Drain) -> None:
    ann = make_user("ann")
    silent = asked(drain, ann, deadline_seconds=86_400 * 9, remind_halfway=False, remind_before_seconds=[])
    assert silent.remind_at is None
    often = asked(
        drain, ann, deadline_seconds=86_400, remind_halfway=False, remind_before_seconds=[600, 3600]
    )
    assert_about(often.remind_at, often.requested_at + timedelta(hours=23))
    assert asked(drain, ann).remind_at is None, "without a deadline nothing presses"


def test_after_an_escalation_the_new_time_counts(drain: Drain) -> None:
    ann, _ = make_user("ann"), make_user("boss")
    approval = asked(
        drain, ann, deadline_seconds=600, on_deadline="escalate", escalate_to=["user:boss"],
        escalation_seconds=1200,
    )  # fmt: skip
    with travel(seconds=601):
        drain()
    approval.refresh_from_db()
    assert approval.escalated_at is not None
    assert approval.remind_at == approval.escalated_at + timedelta(seconds=600)


def test_who_leaves_is_no_longer_waited_for(drain: Drain) -> None:
    ann, ben, cat = (make_user(name) for name in ("ann", "ben", "cat"))
    approval = asked(drain, ann, ben, cat, quorum="all")
    for person in (ann, ben):
        answer_approval(person, approval.pk, approves=True)
    assert settle_approvals(now=utc_now()) == 0
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert settle_approvals(now=utc_now()) == 0, "the word of one who left does not stand for another"
    User.objects.filter(pk=cat.pk).update(is_active=False)
    assert settle_approvals(now=utc_now()) == 1
    drain()
    approval.refresh_from_db()
    assert (approval.status, approval.decided_by) == (ApprovalStatus.APPROVED, None)
    assert "yes" in ran(fresh(approval.execution_id))


def test_nobody_s_silence_approves(drain: Drain) -> None:
    ann = make_user("ann")
    approval = asked(drain, ann, quorum="all")
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert settle_approvals(now=utc_now()) == 0
    approval.refresh_from_db()
    assert approval.status == "pending"


def test_a_number_of_people_out_of_reach_says_so_and_a_rejection_ends_it(drain: Drain) -> None:
    make_user(role=Role.VIEWER)
    ann, ben = (make_user(name, role=Role.VIEWER) for name in ("ann", "ben"))
    approval = asked(drain, approvers=["role:viewer"], quorum=3)
    answer_approval(ann, approval.pk, approves=True)
    User.objects.exclude(pk__in=[ann.pk, ben.pk]).filter(role=Role.VIEWER).update(is_active=False)
    assert tally(approval).is_out_of_reach
    answer_approval(ben, approval.pk, approves=False)
    approval.refresh_from_db()
    assert approval.status == "rejected"


def test_who_lost_what_entitled_them_cannot_answer(drain: Drain) -> None:
    ann = make_user("ann", role=Role.ADMIN)
    approval = asked(drain, approvers=["role:admin"])
    User.objects.filter(pk=ann.pk).update(role=Role.USER.value)
    ann.refresh_from_db()
    with pytest.raises(NotFound):
        answer_approval(ann, approval.pk, approves=True)
    share(approval.workflow, ann, Access.VIEWER)
    with pytest.raises(NotAllowed):
        answer_approval(ann, approval.pk, approves=True)


def test_an_answer_after_the_end_of_the_run_is_told_so(drain: Drain) -> None:
    ann = make_user("ann")
    approval = asked(drain, ann)
    cancel_execution(approval.workflow.owner, approval.execution_id)
    drain()
    with pytest.raises(AlreadyAnswered, match="withdrawn"):
        answer_approval(ann, approval.pk, approves=True)


def test_an_answer_between_the_run_s_end_and_its_commit_is_told_so(drain: Drain) -> None:
    ann = make_user("ann")
    approval = asked(drain, ann)
    Execution.objects.filter(pk=approval.execution_id).update(
        status="cancelled", wake_at=None, finished_at=utc_now()
    )
    with pytest.raises(AlreadyAnswered, match="is over"):
        answer_approval(ann, approval.pk, approves=True)
    assert not approval.votes.exists(), "nothing of it was kept"


def test_each_round_of_a_loop_asks_anew(drain: Drain) -> None:
    ann = make_user("ann")
    ask = node("ask", "human", {"title": "Good? ({{ vars.round }})", "approvers": ["user:ann"]})
    again = set_vars("again", round=expression("vars.round + 1"))
    flow = make_workflow(
        nodes=[set_vars("begin", round=1), ask, again, step("done")],
        edges=[
            edge("begin", "ask"), edge("ask", "again", port="rejected"), edge("again", "ask"),
            edge("ask", "done", port="approved"),
        ],
    )  # fmt: skip
    run = start(flow)
    for approves in (False, False, True):
        drain()
        answer_approval(ann, Approval.objects.pending().get().pk, approves=approves)
    drain()
    found = list(Approval.objects.order_by("id").values_list("title", "iteration", "status"))
    assert found == [
        ("Good? (1)", 1, "rejected"), ("Good? (2)", 2, "rejected"), ("Good? (3)", 3, "approved"),
    ]  # fmt: skip
    assert fresh(run).status == "completed"
    assert verify_execution(run.pk) == []


def test_each_item_of_a_map_asks_for_itself(drain: Drain) -> None:
    ann = make_user("ann")
    body = {
        "nodes": [
            node("ask", "human", {"title": "Pay {{ item }}?", "approvers": ["user:ann"]}),
            step("paid", {"paid": expression("item")}),
            step("kept", {"kept": expression("item")}),
        ],
        "edges": [edge("ask", "paid", port="approved"), edge("ask", "kept", port="rejected")],
    }
    flow = make_workflow(nodes=[node("each", "map", {"items": [10, 20, 30], "body": body, "concurrency": 3})])
    run = start(flow)
    drain()
    waiting = {each.title: each for each in Approval.objects.pending()}
    assert sorted(waiting) == ["Pay 10?", "Pay 20?", "Pay 30?"]
    assert len({each.scope for each in waiting.values()}) == 3
    for title in ("Pay 30?", "Pay 10?", "Pay 20?"):  # in any order
        answer_approval(ann, waiting[title].pk, approves=title != "Pay 20?")
        drain()
    assert fresh(run).steps.get(node_id="each").output == [{"paid": 10}, {"kept": 20}, {"paid": 30}]
    assert verify_execution(run.pk) == []


def test_a_deadline_inside_a_map_decides_its_item_only(drain: Drain) -> None:
    ann = make_user("ann")
    ask = {"title": "{{ item }}", "approvers": ["user:ann"], "deadline_seconds": expression("item")}
    ends = [edge("ask", "yes", port="approved"), edge("ask", "no", port="rejected")]
    body = {"nodes": [node("ask", "human", ask), step("yes"), step("no")], "edges": ends}
    run = start(
        make_workflow(nodes=[node("each", "map", {"items": [60, 6000], "body": body, "concurrency": 2})])
    )
    drain()
    with travel(seconds=61):
        drain()
        assert list(Approval.objects.order_by("id").values_list("status", flat=True)) == [
            "rejected",
            "pending",
        ]
        answer_approval(ann, Approval.objects.pending().get().pk, approves=True)
        drain()
    assert fresh(run).status == "completed"


def test_a_chain_of_questions_keeps_to_its_order(drain: Drain) -> None:
    ann = make_user("ann")
    nodes = [node(name, "human", {"title": name, "approvers": ["user:ann"]}) for name in ("one", "two")]
    edges = [edge("one", "two", port="approved"), *chain("two", "end")]
    start(make_workflow(nodes=[*nodes, step("end")], edges=edges[:1]))
    drain()
    assert [each.title for each in Approval.objects.pending()] == ["one"]
    answer_approval(ann, Approval.objects.get().pk, approves=True)
    drain()
    assert [each.title for each in Approval.objects.pending()] == ["two"]


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_decide_once(engine: Engine) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    approval = asked(engine.run_until_idle, ann, ben)
    barrier, told = threading.Barrier(2), []

    def give(user: User, *, approves: bool) -> None:
        try:
            barrier.wait(10)
            answer_approval(user, approval.pk, approves=approves)
            told.append("taken")
        except AlreadyAnswered:
            told.append("too late")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=give, args=(ann,), kwargs={"approves": True}),
        threading.Thread(target=give, args=(ben,), kwargs={"approves": False}),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(told) == ["taken", "too late"]
    engine.run_until_idle()
    assert approval.votes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_locks_the_run_before_the_approval(engine: Engine) -> None:
    """As the worker does: in the other order the two would wait for each other."""
    ann = make_user("ann")
    approval = asked(engine.run_until_idle, ann)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer_approval(ann, approval.pk, approves=True)
    locks = [each["sql"] for each in queries if "FOR UPDATE" in each["sql"]]
    assert '"executions_execution"."id"' in locks[0].split("FROM")[0]
    assert 'OF "executions_approval"' in locks[1]
