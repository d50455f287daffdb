"""Starting runs: who may, with which input, how many at a time, and only once per key."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.accounts.models import Role
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, TooLarge, WrongState
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.admission import admit
from orchestrator.executions.services.starting import start_execution
from orchestrator.executions.services.steering import cancel_execution, signal_execution
from orchestrator.workflows.models import Access
from orchestrator.workflows.services.definitions import archive_workflow
from orchestrator.workflows.services.versions import create_version
from tests.factories import fresh, make_user, make_workflow, node, share, start, step

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
NEVER = {"any_of": [{"signal": "go", "port": "out"}]}


def test_a_key_that_was_seen_gives_the_run_it_started() -> None:
    workflow = make_workflow()
    first, is_new = start_execution(workflow.owner, workflow.pk, input=1, idempotency_key="order-7")
    again, is_new_again = start_execution(workflow.owner, workflow.pk, input=2, idempotency_key="order-7")
    assert (is_new, is_new_again) == (True, False)
    assert again.pk == first.pk
    assert fresh(again).input == 1


def test_a_key_counts_for_its_workflow_only() -> None:
    owner = make_user()
    one, two = make_workflow(owner), make_workflow(owner)
    assert start(one, idempotency_key="k").pk != start(two, idempotency_key="k").pk


def test_a_run_keeps_its_version_when_a_new_one_is_published(drain: Drain) -> None:
    workflow = make_workflow(nodes=[step("only", {"v": 1})])
    before = start(workflow)
    create_version(workflow.owner, workflow.pk, nodes=[step("only", {"v": 2})], edges=[])
    after = start(workflow)
    drain()
    assert [fresh(each).steps.get().output for each in (before, after)] == [{"v": 1}, {"v": 2}]


def test_an_older_version_can_be_chosen(drain: Drain) -> None:
    workflow = make_workflow(nodes=[step("only", {"v": 1})])
    create_version(workflow.owner, workflow.pk, nodes=[step("only", {"v": 2})], edges=[])
    execution = start(workflow, version=1)
    drain()
    assert fresh(execution).steps.get().output == {"v": 1}
    with pytest.raises(NotFound, match="no published version 9"):
        start(workflow, version=9)


def test_what_was_never_published_or_is_archived_cannot_be_run() -> None:
    draft = make_workflow(publish=False)
    with pytest.raises(WrongState, match="publish it"):
        start(draft)
    archived = make_workflow()
    archive_workflow(archived.owner, archived.pk)
    with pytest.raises(WrongState, match="archived"):
        start(archived)


def test_strangers_do_not_find_the_workflow_and_viewers_may_not_run_it() -> None:
    workflow, viewer, stranger = make_workflow(), make_user(), make_user()
    share(workflow, viewer, Access.VIEWER)
    with pytest.raises(NotFound):
        start(workflow, user=stranger)
    with pytest.raises(NotAllowed):
        start(workflow, user=viewer)


def test_a_person_with_the_role_viewer_runs_nothing_even_where_they_were_made_editors() -> None:
    workflow, vic = make_workflow(), make_user(role=Role.VIEWER)
    share(workflow, vic, Access.EDITOR)
    with pytest.raises(NotAllowed):
        start(workflow, user=vic)


def test_the_input_must_fit_the_schema_of_the_workflow() -> None:
    schema = {
        "type": "object",
        "properties": {"amount": {"type": "number", "minimum": 1}, "to": {"type": "string"}},
        "required": ["to"],
    }
    workflow = make_workflow(settings={"input_schema": schema})
    with pytest.raises(InvalidInput) as refused:
        start(workflow, {"amount": 0})
    assert set(refused.value.fields) == {"input.amount", "input"}
    assert not Execution.objects.exists()
    start(workflow, {"amount": 1, "to": "ann"})


def test_an_input_over_a_megabyte_is_refused() -> None:
    with pytest.raises(TooLarge, match="1,048,576"):
        start(make_workflow(), "x" * (1024 * 1024))


def test_starts_beyond_the_concurrency_limit_wait_their_turn_in_order(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER)], settings={"concurrency": 2})
    runs = [start(workflow) for _ in range(4)]
    drain()
    assert [fresh(run).status for run in runs] == ["waiting", "waiting", "pending", "pending"]

    signal_execution(workflow.owner, runs[1].pk, "go")
    drain()
    assert [fresh(run).status for run in runs] == ["waiting", "completed", "waiting", "pending"]

    cancel_execution(workflow.owner, runs[0].pk)
    drain()
    assert [fresh(run).status for run in runs] == ["cancelled", "completed", "waiting", "waiting"]


def test_a_signal_does_not_let_a_queued_run_jump_the_queue(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER)], settings={"concurrency": 1})
    first, queued = start(workflow), start(workflow)
    signal_execution(workflow.owner, queued.pk, "go")
    drain()
    assert [fresh(first).status, fresh(queued).status] == ["waiting", "pending"]


def test_a_queued_run_can_be_cancelled(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER)], settings={"concurrency": 1})
    start(workflow)
    queued = start(workflow)
    cancel_execution(workflow.owner, queued.pk)
    drain()
    assert fresh(queued).status == "cancelled"


def test_the_sweep_admits_queued_runs_whose_place_became_free_unnoticed(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER)], settings={"concurrency": 1})
    first, queued = start(workflow), start(workflow)
    drain()
    # As if the worker had died between the end of the first run and the admission of the next.
    Execution.objects.filter(pk=first.pk).update(status="completed", wake_at=None, finished_at=utc_now())
    assert admit(workflow.pk, now=utc_now()) == 1
    drain()
    assert fresh(queued).status == "waiting"
