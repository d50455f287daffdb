"""Putting old versions away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from orchestrator.accounts.models import AuditRecord
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.executions.services.retrying import retry_execution
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.queries import history_of, runs_under_way
from orchestrator.workflows.services.versions import (
    archive_old_versions,
    create_version,
    restore_version,
    save_draft,
    unarchive_version,
)
from tests.factories import fresh, make_user, make_workflow, node, share, start, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow() -> Workflow:
    """Five published versions, the fifth current, and a draft."""
    workflow = make_workflow(nodes=[step("v1")])
    for number in range(2, 6):
        create_version(workflow.owner, workflow.pk, nodes=[step(f"v{number}")], edges=[])
    save_draft(workflow.owner, workflow.pk, nodes=[step("draft")], edges=[])
    return workflow


def shown(workflow: Workflow) -> list[int]:
    return list(history_of(workflow).values_list("number", flat=True))


def test_the_newest_stay_and_the_draft_with_them(workflow: Workflow) -> None:
    assert archive_old_versions(workflow.owner, workflow.pk, keep=2) == 3
    assert shown(workflow) == [6, 5, 4]
    assert list(history_of(workflow, archived=True).values_list("number", flat=True)) == [3, 2, 1]
    assert archive_old_versions(workflow.owner, workflow.pk, keep=2) == 0
    assert AuditRecord.objects.get(action="version.archived").after == {"numbers": [1, 2, 3], "keep": 2}


def test_the_current_version_stays_however_old_it_is(workflow: Workflow) -> None:
    workflow.versions.filter(number=5).update(is_current=False)
    workflow.versions.filter(number=1).update(is_current=True)
    archive_old_versions(workflow.owner, workflow.pk, keep=1)
    assert shown(workflow) == [6, 5, 1]


def test_one_that_is_away_takes_no_new_run_and_can_be_restored_or_taken_back(workflow: Workflow) -> None:
    owner = workflow.owner
    archive_old_versions(owner, workflow.pk, keep=1)
    with pytest.raises(WrongState, match="put away"):
        start(workflow, version=2)
    assert restore_version(owner, workflow.pk, 2).nodes == [step("v2")]
    unarchive_version(owner, workflow.pk, 3)
    start(workflow, version=3)


def test_runs_keep_the_version_that_they_ran_on(workflow: Workflow, drain: Callable[[], None]) -> None:
    ran = start(workflow, version=1)
    drain()
    archive_old_versions(workflow.owner, workflow.pk, keep=1)
    assert fresh(ran).version.number == 1
    again = retry_execution(workflow.owner, ran.pk, start="start")
    drain()
    assert fresh(again).status == "completed"


def test_runs_under_way_are_counted_by_version(drain: Callable[[], None]) -> None:
    ask = node("ask", "human", {"approvers": ["role:admin"]})
    workflow = make_workflow(nodes=[ask])
    first = workflow.versions.get()
    for _ in range(2):
        start(workflow)
    drain()
    assert runs_under_way(workflow) == {first.pk: 2}


@pytest.mark.parametrize("keep", [0, -1, 10_001])
def test_a_number_that_makes_no_sense_is_told(workflow: Workflow, keep: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        archive_old_versions(workflow.owner, workflow.pk, keep=keep)
    assert list(refused.value.fields) == ["keep"]


def test_only_editors_put_versions_away(workflow: Workflow) -> None:
    viewer = make_user()
    share(workflow, viewer, Access.VIEWER)
    with pytest.raises(NotAllowed):
        archive_old_versions(viewer, workflow.pk, keep=1)


def test_the_database_refuses_a_current_version_that_is_away(workflow: Workflow) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        workflow.versions.filter(is_current=True).update(archived_at="2026-01-01T00:00Z")
