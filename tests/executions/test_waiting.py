"""Steps that leave the worker and come back: timers, signals, people, other workflows, retries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from orchestrator.accounts.models import Role
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound
from orchestrator.executions.models import Approval, Execution, Mail
from orchestrator.executions.services.approving import AlreadyAnswered, answer_approval
from orchestrator.executions.services.steering import signal_execution
from orchestrator.workflows.services.versions import create_version
from tests.factories import (
    chain,
    edge,
    expression,
    fresh,
    make_user,
    make_workflow,
    node,
    start,
    step,
)

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(utc_now() + timedelta(**span), tick=True)


def human(node_id: str = "ask", **config: Any) -> dict[str, Any]:
    return node(node_id, "human", {"approvers": ["role:user"], **config})


def outputs(execution: Execution, node_id: str) -> list[Any]:
    return list(execution.steps.filter(node_id=node_id).order_by("seq").values_list("output", flat=True))


def test_a_timer_lets_go_of_the_worker_and_fires_when_it_is_due(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[node("sleep", "timer", {"seconds": 3600}), step("after")], edges=chain("sleep", "after")
    )
    execution = start(workflow)
    drain()

    execution = fresh(execution)
    assert (execution.status, execution.lease_owner) == ("waiting", "")
    assert execution.current_node_ids == ["sleep"]
    assert execution.wake_at is not None
    assert execution.wake_at - utc_now() > timedelta(minutes=59)

    with later(hours=1, seconds=1):
        drain()
    assert fresh(execution).status == "completed"


def test_a_signal_comes_by_its_port_with_its_payload(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[
            node(
                "wait",
                "wait",
                {"any_of": [{"signal": "paid", "port": "paid"}, {"seconds": 60, "port": "late"}]},
            ),
            step("thank"),
            step("remind"),
        ],
        edges=[edge("wait", "thank", port="paid"), edge("wait", "remind", port="late")],
    )
    paid, unpaid = start(workflow), start(workflow)
    drain()
    signal_execution(workflow.owner, paid.pk, "paid", {"amount": 5})
    drain()
    with later(seconds=61):
        drain()

    assert outputs(fresh(paid), "wait") == [{"port": "paid", "payload": {"amount": 5}}]
    assert [each.node_id for each in fresh(paid).steps.order_by("seq")] == ["wait", "thank"]
    assert [each.node_id for each in fresh(unpaid).steps.order_by("seq")] == ["wait", "remind"]


def test_a_signal_that_comes_early_is_kept_for_a_persistent_wait_only(drain: Drain) -> None:
    def workflow_with(persistent: bool) -> Execution:
        wait = {"any_of": [{"signal": "go", "port": "out", "persistent": persistent}]}
        workflow = make_workflow(
            nodes=[node("first", "timer", {"seconds": 30}), node("wait", "wait", wait)],
            edges=chain("first", "wait"),
        )
        execution = start(workflow)
        drain()
        signal_execution(workflow.owner, execution.pk, "go", 1)
        drain()
        return execution

    kept, lost = workflow_with(True), workflow_with(False)
    with later(seconds=31):
        drain()

    assert fresh(kept).status == "completed"
    assert fresh(lost).status == "waiting"


def test_an_approval_asks_and_goes_on_with_the_answer(drain: Drain) -> None:
    ann = make_user("ann")
    workflow = make_workflow(
        nodes=[
            human(
                approvers=["user:ann"],
                title="Pay {{ input.amount }}?",
                payload={"amount": expression("input.amount")},
                form={"type": "object", "properties": {"amount": {"type": "number", "maximum": 100}}},
            ),
            step("pay", {"amount": expression("nodes.ask.output.payload.amount")}),
        ],
        edges=[edge("ask", "pay", port="approved")],
    )
    execution = start(workflow, {"amount": 80})
    drain()

    approval = Approval.objects.get(execution=execution)
    assert (approval.title, approval.status, approval.payload) == ("Pay 80?", "pending", {"amount": 80})
    answer_approval(ann, approval.pk, approves=True, comment="less", payload={"amount": 60})
    drain()

    execution = fresh(execution)
    assert execution.status == "completed"
    assert outputs(execution, "pay") == [{"amount": 60}]
    answer = {"decision": "approved", "by": "ann", "comment": "less", "payload": {"amount": 60}}
    assert outputs(execution, "ask") == [answer]
    assert execution.metrics["human_interventions"] == 1
    assert not Mail.objects.exists()


def test_a_rejection_leaves_by_its_port_or_fails_the_run_if_none_is_drawn(drain: Drain) -> None:
    drawn = make_workflow(nodes=[human(), step("sorry")], edges=[edge("ask", "sorry", port="rejected")])
    undrawn = make_workflow(nodes=[human(), step("go")], edges=[edge("ask", "go", port="approved")])
    runs = [start(drawn), start(undrawn)]
    drain()
    for run in runs:
        answer_approval(run.started_by or drawn.owner, run.approvals.get().pk, approves=False)
    drain()

    assert fresh(runs[0]).status == "completed"
    failed = fresh(runs[1])
    assert failed.status == "failed"
    assert failed.error["code"] == "rejected"


def test_the_second_answer_to_an_approval_is_told_that_it_comes_too_late(drain: Drain) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    workflow = make_workflow(ann, nodes=[human()])
    execution = start(workflow)
    drain()
    approval = execution.approvals.get()
    answer_approval(ben, approval.pk, approves=True)

    with pytest.raises(AlreadyAnswered, match="already approved"):
        answer_approval(ann, approval.pk, approves=False)


def test_only_those_who_are_asked_may_answer_and_strangers_see_nothing(drain: Drain) -> None:
    ann, stranger = make_user("ann"), make_user("sam", role=Role.VIEWER)
    workflow = make_workflow(make_user("owner"), nodes=[human(approvers=["user:ann"])])
    execution = start(workflow)
    drain()
    approval = execution.approvals.get()

    with pytest.raises(NotAllowed):
        answer_approval(workflow.owner, approval.pk, approves=True)
    with pytest.raises(NotFound):
        answer_approval(stranger, approval.pk, approves=True)
    answer_approval(ann, approval.pk, approves=True)


def test_the_starter_can_be_kept_from_approving_their_own_run(drain: Drain) -> None:
    workflow = make_workflow(nodes=[human(starter_may_approve=False)])
    execution = start(workflow)
    drain()
    with pytest.raises(NotAllowed):
        answer_approval(workflow.owner, execution.approvals.get().pk, approves=True)


@pytest.mark.parametrize(
    ("quorum", "votes", "status"),
    [
        ("any", [True], "approved"),
        ("all", [True, True], "pending"),
        ("all", [True, True, True], "approved"),
        ("all", [True, False], "rejected"),
        (2, [True], "pending"),
        (2, [False, True], "pending"),
        (2, [False, True, True], "approved"),
        (2, [False, False], "rejected"),
    ],
)
def test_a_quorum_decides(drain: Drain, quorum: Any, votes: list[bool], status: str) -> None:
    people = [make_user(name) for name in ("ann", "ben", "cem")]
    workflow = make_workflow(
        make_user("owner"), nodes=[human(approvers=["user:ann", "user:ben", "user:cem"], quorum=quorum)]
    )
    execution = start(workflow)
    drain()
    approval = execution.approvals.get()
    for person, vote in zip(people, votes, strict=False):
        answer_approval(person, approval.pk, approves=vote)
    approval.refresh_from_db()
    assert approval.status == status


@pytest.mark.parametrize(
    ("on_deadline", "status", "port"),
    [("approve", "approved", "approved"), ("reject", "rejected", "rejected")],
)
def test_a_deadline_decides_when_nobody_has(drain: Drain, on_deadline: str, status: str, port: str) -> None:
    workflow = make_workflow(
        nodes=[human(deadline_seconds=60, on_deadline=on_deadline), step("approved"), step("rejected")],
        edges=[edge("ask", name, port=name) for name in ("approved", "rejected")],
    )
    execution = start(workflow)
    drain()
    with later(seconds=61):
        drain()

    assert [each.node_id for each in fresh(execution).steps.order_by("seq")] == ["ask", port]
    approval = execution.approvals.get()
    assert (approval.status, approval.comment) == (status, "The deadline passed.")


def test_an_escalated_approval_asks_others_too(drain: Drain) -> None:
    boss = make_user("boss")
    workflow = make_workflow(
        nodes=[
            human(
                approvers=["user:ann"], deadline_seconds=60, on_deadline="escalate", escalate_to=["user:boss"]
            )
        ]
    )
    execution = start(workflow)
    drain()
    approval = execution.approvals.get()
    with pytest.raises(NotFound):
        answer_approval(boss, approval.pk, approves=True)
    with later(seconds=61):
        drain()
        answer_approval(boss, approval.pk, approves=True)
        drain()
    assert fresh(execution).status == "completed"


def test_a_payload_outside_the_form_is_refused_and_nothing_is_decided(drain: Drain) -> None:
    form = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
    workflow = make_workflow(nodes=[human(payload={"amount": 1}, form=form)])
    execution = start(workflow)
    drain()
    approval = execution.approvals.get()
    with pytest.raises(InvalidInput) as refused:
        answer_approval(workflow.owner, approval.pk, approves=True, payload={"amount": "much"})
    assert list(refused.value.fields) == ["payload.amount"]
    approval.refresh_from_db()
    assert (approval.status, approval.votes.count()) == ("pending", 0)


def test_an_approval_inside_a_map_lets_each_item_go_on_by_itself(drain: Drain) -> None:
    body = {
        "nodes": [human("ok", title="{{ item }}"), step("done", {"item": expression("item")})],
        "edges": [edge("ok", "done", port="approved")],
    }
    workflow = make_workflow(nodes=[node("each", "map", {"items": ["a", "b"], "body": body})])
    execution = start(workflow)
    drain()
    approvals = {each.title: each for each in execution.approvals.all()}
    assert approvals.keys() == {"a", "b"}

    answer_approval(workflow.owner, approvals["b"].pk, approves=True)
    drain()
    assert fresh(execution).status == "waiting"
    answer_approval(workflow.owner, approvals["a"].pk, approves=True)
    drain()
    assert outputs(fresh(execution), "each") == [[{"item": "a"}, {"item": "b"}]]


def test_a_subworkflow_runs_as_an_execution_of_its_own_and_gives_its_outputs(drain: Drain) -> None:
    inner = make_workflow(nodes=[step("twice", {"n": expression("input.n * 2")})])
    outer = make_workflow(
        inner.owner,
        nodes=[
            node("sub", "subworkflow", {"workflow": str(inner.pk), "input": {"n": expression("input.n")}}),
            step("after", {"n": expression("nodes.sub.output.twice.n")}),
        ],
        edges=chain("sub", "after"),
    )
    execution = start(outer, {"n": 21})
    drain()

    child = Execution.objects.get(parent=execution)
    assert (child.status, child.depth) == ("completed", 1)
    assert outputs(fresh(execution), "after") == [{"n": 42}]


def test_a_failed_subworkflow_fails_its_step_with_the_reason(drain: Drain) -> None:
    inner = make_workflow(nodes=[step("bad", {"x": expression("input.nothing")})])
    outer = make_workflow(inner.owner, nodes=[node("sub", "subworkflow", {"workflow": str(inner.pk)})])
    execution = start(outer, {})
    drain()

    failed = fresh(execution)
    assert failed.status == "failed"
    assert failed.error["code"] == "subworkflow_failed"
    assert "nothing" in failed.error["message"]


def test_a_workflow_that_starts_itself_is_stopped_at_a_depth(drain: Drain) -> None:
    workflow = make_workflow(publish=False)
    nodes: Any = [node("again", "subworkflow", {"workflow": str(workflow.pk)})]
    create_version(workflow.owner, workflow.pk, nodes=nodes, edges=[])
    execution = start(workflow)
    drain()

    assert Execution.objects.filter(workflow=workflow).count() == 11
    assert Execution.objects.live().count() == 0
    assert "nest deeper than 10" in fresh(execution).error["message"]


def test_a_subworkflow_its_owner_may_not_see_is_not_started(drain: Drain) -> None:
    secret = make_workflow(make_user("other"))
    outer = make_workflow(nodes=[node("sub", "subworkflow", {"workflow": str(secret.pk)})])
    execution = start(outer)
    drain()
    assert fresh(execution).error["code"] == "unknown_workflow"
    assert not Execution.objects.filter(workflow=secret).exists()
