"""Bulk jobs: every item once, whoever delivers the message and whatever dies meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import OperationalError

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.ids import new_id
from orchestrator.workflows import bulk as registry
from orchestrator.workflows.models import Access, BulkJob, BulkState, Workflow, WorkflowPermission
from orchestrator.workflows.services import bulk
from orchestrator.workflows.services.folders import create_folder
from tests.factories import make_user, make_workflow, share, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user("olga")


def flows(owner: User, number: int = 3, **fields: Any) -> list[Workflow]:
    return [make_workflow(owner, publish=False, **fields) for _ in range(number)]


def ask(owner: User, action: str, workflows: list[Workflow], **parameters: Any) -> BulkJob:
    ids = [each.pk for each in workflows]
    return bulk.start_bulk_job(owner, subject="workflows", action=action, ids=ids, parameters=parameters)


def run(job: BulkJob) -> BulkJob:
    while bulk.run_bulk_job(job.pk):
        pass
    job.refresh_from_db()
    return job


def statuses(workflows: list[Workflow]) -> list[str]:
    return [Workflow.objects.get(pk=each.pk).status for each in workflows]


def test_every_item_goes_through_the_service_of_its_own(owner: User) -> None:
    workflows = flows(owner)
    job = run(ask(owner, "archive", workflows))
    assert (job.state, job.total, job.done, job.failed) == (BulkState.COMPLETED, 3, 3, 0)
    assert statuses(workflows) == ["archived"] * 3
    acts = AuditRecord.objects.filter(action="workflow.archived")
    assert {act.actor for act in acts} == {owner}
    assert len(acts) == 3


def test_tagging_untagging_and_moving(owner: User) -> None:
    [workflow] = flows(owner, 1, tags=["a"])
    run(ask(owner, "tag", [workflow], tags=["B", "a", "c"]))
    run(ask(owner, "untag", [workflow], tags=["a"]))
    folder = create_folder(owner, name="Here")
    run(ask(owner, "move", [workflow], folder_id=str(folder.pk)))
    workflow.refresh_from_db()
    assert (workflow.tags, workflow.folder) == (["b", "c"], folder)


def test_all_that_match_a_filter_are_meant_and_nothing_that_comes_later(owner: User) -> None:
    old, other = flows(owner, tags=["old"]), flows(owner, 1)
    job = bulk.start_bulk_job(owner, subject="workflows", action="archive", filters={"tag": "old"})
    late = flows(owner, 1, tags=["old"])
    make_workflow(tags=["old"])
    job = run(job)
    assert (job.total, job.done) == (3, 3)
    assert statuses(old) == ["archived"] * 3
    assert statuses([*other, *late]) == ["draft"] * 2


def test_what_may_not_be_done_is_told_item_by_item_and_the_rest_is_done(owner: User) -> None:
    mine, watched, gone = flows(owner, 1)[0], make_workflow(name="Watched"), flows(owner, 1)[0]
    share(watched, owner, Access.VIEWER)
    job = ask(owner, "archive", [mine, watched, gone])
    gone.delete()
    job = run(job)
    assert (job.state, job.done, job.failed) == (BulkState.COMPLETED, 1, 2)
    told = {error.label: error.code for error in job.errors.all()}
    assert told == {"Watched": "forbidden", "": "not_found"}


@pytest.mark.parametrize(("subject", "action"), [("workflows", "archive"), ("executions", "cancel")])
def test_nothing_is_told_of_what_the_person_may_not_see(owner: User, subject: str, action: str) -> None:
    private = make_workflow(name="Secret")
    hidden = private if subject == "workflows" else start(private)
    job = run(bulk.start_bulk_job(owner, subject=subject, action=action, ids=[hidden.pk]))
    error = job.errors.get()
    assert (error.code, error.label) == ("not_found", "")
    assert "Secret" not in error.message


def test_rights_are_asked_for_when_the_item_is_done_not_when_the_job_was_asked_for(owner: User) -> None:
    workflow = make_workflow()
    share(workflow, owner, Access.EDITOR)
    job = ask(owner, "archive", [workflow])
    WorkflowPermission.objects.filter(user=owner, workflow=workflow).delete()
    job = run(job)
    assert (job.done, job.failed, job.errors.get().code) == (0, 1, "not_found")
    assert statuses([workflow]) == ["active"]


def test_a_closed_account_does_nothing_more(owner: User) -> None:
    workflows = flows(owner, 1)
    job = ask(owner, "archive", workflows)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    job = run(job)
    assert (job.state, statuses(workflows)) == (BulkState.FAILED, ["draft"])
    assert "account" in job.reason


def test_a_message_that_comes_twice_does_nothing_twice(owner: User) -> None:
    workflows = flows(owner)
    job = run(ask(owner, "tag", workflows, tags=["x"]))
    assert bulk.run_bulk_job(job.pk) is False
    assert AuditRecord.objects.filter(action="workflow.described").count() == 3


def test_a_job_that_a_worker_holds_is_left_alone(owner: User) -> None:
    workflows = flows(owner)
    job = ask(owner, "archive", workflows)
    BulkJob.objects.filter(pk=job.pk).update(
        state=BulkState.RUNNING, lease_until=utc_now() + bulk.LEASE, fence=1
    )
    assert bulk.run_bulk_job(job.pk) is False
    assert statuses(workflows) == ["draft"] * 3
    with time_machine.travel(utc_now() + bulk.LEASE + timedelta(seconds=1), tick=True):
        assert run(job).state == BulkState.COMPLETED


class Killed(BaseException):
    """Stands for the death of a worker."""


def test_a_killed_worker_leaves_a_job_that_another_one_finishes(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows = flows(owner, 5)
    job = ask(owner, "tag", workflows, tags=["x"])
    done: list[UUID] = []
    action = registry.bulk_subjects.action("workflows", "tag")

    def perform(user: User, pk: UUID, given: Any) -> None:
        if len(done) == 2:
            done.append(pk)
            raise Killed  # after three items began and two were done
        done.append(pk)
        action.perform(user, pk, given)

    subject = registry.bulk_subjects.get("workflows")
    monkeypatch.setitem(subject.actions, "tag", registry.BulkAction("tag", "", "", perform, action.check))
    with pytest.raises(Killed):
        bulk.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.position) == (BulkState.RUNNING, 2, done[1])
    with time_machine.travel(utc_now() + bulk.LEASE + timedelta(seconds=1), tick=True):
        assert bulk.sweep_bulk_jobs() == 1
        assert run(job).state == BulkState.COMPLETED
    assert job.done == 5
    assert done[2] == done[3]
    assert sorted({*done}) == sorted(each.pk for each in workflows)
    assert AuditRecord.objects.filter(action="workflow.described").count() == 5


def test_a_worker_that_was_taken_over_writes_nothing(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    workflows = flows(owner)
    job = ask(owner, "archive", workflows)
    label = registry.bulk_subjects.get("workflows").label
    count = bulk._count

    def overtaken(held: BulkJob) -> None:
        count(held)
        BulkJob.objects.filter(pk=held.pk).update(fence=held.fence + 1)

    monkeypatch.setattr(bulk, "_count", overtaken)
    assert bulk.run_bulk_job(job.pk) is False
    job.refresh_from_db()
    assert (job.done, statuses(workflows)) == (0, ["draft"] * 3)
    assert label(owner, workflows[0].pk) == workflows[0].name


def test_an_item_that_breaks_does_not_hold_up_the_others(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows = flows(owner)

    def perform(user: User, pk: UUID, given: Any) -> None:
        if pk == workflows[0].pk:
            raise ZeroDivisionError

    subject = registry.bulk_subjects.get("workflows")
    monkeypatch.setitem(subject.actions, "archive", registry.BulkAction("archive", "", "", perform))
    job = run(ask(owner, "archive", workflows))
    assert (job.state, job.done, job.failed) == (BulkState.COMPLETED, 2, 1)
    assert "logged" in job.errors.get().message


def test_a_database_that_is_away_leaves_the_item_for_later(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows = flows(owner, 1)

    def perform(user: User, pk: UUID, given: Any) -> None:
        raise OperationalError

    subject = registry.bulk_subjects.get("workflows")
    monkeypatch.setitem(subject.actions, "archive", registry.BulkAction("archive", "", "", perform))
    job = ask(owner, "archive", workflows)
    with pytest.raises(OperationalError):
        bulk.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == (BulkState.RUNNING, 0, 0)


def test_a_job_gives_others_their_turn(owner: User) -> None:
    job = ask(owner, "archive", flows(owner))
    assert bulk.run_bulk_job(job.pk, turn=timedelta(0)) is True
    job.refresh_from_db()
    assert (job.done, job.lease_until) == (1, None)
    assert run(job).done == 3


def test_a_job_can_be_cancelled_before_and_while_it_runs(owner: User) -> None:
    queued = bulk.cancel_bulk_job(owner, ask(owner, "archive", flows(owner)).pk)
    assert queued.state == BulkState.CANCELLED
    job = ask(owner, "archive", flows(owner))
    bulk.run_bulk_job(job.pk, turn=timedelta(0))
    bulk.cancel_bulk_job(owner, job.pk)
    job = run(job)
    assert (job.state, job.done) == (BulkState.CANCELLED, 1)
    with pytest.raises(WrongState, match="cancelled already"):
        bulk.cancel_bulk_job(owner, job.pk)
    with pytest.raises(NotFound):
        bulk.cancel_bulk_job(make_user(), job.pk)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"subject": "people", "action": "archive", "ids": [new_id()]}, "subject"),
        ({"subject": "workflows", "action": "paint", "ids": [new_id()]}, "action"),
        ({"subject": "workflows", "action": "archive"}, "ids"),
        ({"subject": "workflows", "action": "archive", "ids": []}, "ids"),
        ({"subject": "workflows", "action": "archive", "ids": [new_id() for _ in range(1001)]}, "ids"),
        ({"subject": "workflows", "action": "archive", "ids": [new_id()], "filters": {}}, "ids"),
        ({"subject": "workflows", "action": "archive", "filters": {"colour": "red"}}, "filters.colour"),
        ({"subject": "workflows", "action": "archive", "filters": {"status": "odd"}}, "filters.status"),
        ({"subject": "workflows", "action": "archive", "filters": {"tag": 5}}, "filters"),
        ({"subject": "workflows", "action": "tag", "ids": [new_id()]}, "parameters.tags"),
        (
            {"subject": "workflows", "action": "move", "ids": [new_id()], "parameters": {"folder_id": "x"}},
            "parameters.folder_id",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_beside_its_field(
    owner: User, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        bulk.start_bulk_job(owner, **asked)
    assert list(refused.value.fields) == [field]
    assert not BulkJob.objects.exists()


def test_a_person_has_only_so_many_jobs_at_a_time(owner: User) -> None:
    for _ in range(bulk.MAX_OPEN):
        ask(owner, "archive", flows(owner, 1))
    with pytest.raises(WrongState, match="5 of your bulk jobs"):
        ask(owner, "archive", flows(owner, 1))
