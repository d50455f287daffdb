"""What PostgreSQL refuses to be written by the web role, whatever a service may have forgotten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import ProgrammingError, transaction

from orchestrator.accounts.models import ApiKey, AuditRecord, User
from orchestrator.core.clock import utc_now
from orchestrator.executions.domain.arrivals import Signal
from orchestrator.executions.models import ApprovalVote, Execution, Mail, StepRun
from orchestrator.executions.runtime import mail
from orchestrator.executions.runtime.engine import Engine
from orchestrator.workflows.models import (
    Access,
    Workflow,
    WorkflowFavorite,
    WorkflowPermission,
    WorkflowVersion,
)
from orchestrator.workflows.services.definitions import delete_workflow
from tests.factories import make_user, make_workflow, share
from tests.rls.conftest import AsWeb, web
from tests.rls.world import Belongings, make_belongings

UNKNOWN = "00000000-0000-7000-8000-000000000001"
REFUSED = "violates row-level security policy"
Write = Callable[[Belongings, User], object]

INSERTS: dict[str, Write] = {
    "a workflow in another's name": lambda bea, al: Workflow.objects.create(name="x", owner=bea.owner),
    "access for oneself": lambda bea, al: WorkflowPermission.objects.create(
        workflow=bea.workflow, user=al, access="owner"
    ),
    "a star in another's name": lambda bea, al: WorkflowFavorite.objects.create(
        workflow=bea.workflow, user=bea.owner
    ),
    "a version": lambda bea, al: WorkflowVersion.objects.create(
        workflow=bea.workflow, number=9, checksum="x", status="draft"
    ),
    "a run": lambda bea, al: Execution.objects.create(
        workflow=bea.workflow, version_id=bea.execution.version_id, started_by=al
    ),
    "mail": lambda bea, al: Mail.objects.create(execution=bea.execution, kind="cancel"),
    "an answer": lambda bea, al: Mail.objects.create(execution=bea.execution, kind="answer"),
    "a step": lambda bea, al: StepRun.objects.create(
        execution=bea.execution, seq=1, node_id="x", node_type="x", iteration=1, attempt=9, status="success",
        started_at=utc_now(), finished_at=utc_now(), duration_ms=1,
    ),
    "a vote in another's name": lambda bea, al: ApprovalVote.objects.create(
        approval=bea.approval, user=bea.owner, approves=True
    ),
    "a key in another's name": lambda bea, al: ApiKey.objects.create(
        user=bea.owner, name="x", prefix="x", secret_hash="x", scopes=["read"]
    ),
    "a record of what another did": lambda bea, al: AuditRecord.objects.create(
        actor=bea.owner, action="x", object_type="x", object_id="x"
    ),
}  # fmt: skip


@pytest.mark.parametrize("write", INSERTS.values(), ids=INSERTS)
def test_nothing_is_added_to_what_belongs_to_others(engine: Engine, as_web: AsWeb, write: Write) -> None:
    bea, al = make_belongings("bea", engine), make_user("al")
    WorkflowFavorite.objects.all().delete()
    ApprovalVote.objects.all().delete()
    with pytest.raises(ProgrammingError, match=REFUSED), as_web(al), transaction.atomic():
        write(bea, al)


@pytest.mark.parametrize("write", INSERTS.values(), ids=INSERTS)
def test_the_same_is_added_where_nothing_binds(engine: Engine, write: Write) -> None:
    """The control: it is the policy that refuses."""
    bea, al = make_belongings("bea", engine), make_user("al")
    WorkflowFavorite.objects.all().delete()
    ApprovalVote.objects.all().delete()
    assert write(bea, al) is not None


@pytest.mark.parametrize("model", [Workflow, WorkflowVersion, WorkflowPermission, Execution, ApiKey, StepRun])
def test_rows_of_others_are_neither_changed_nor_deleted_nor_locked(
    engine: Engine, as_web: AsWeb, model: type[Workflow]
) -> None:
    make_belongings("bea", engine)
    before = model.objects.count()
    with as_web(make_user("al")), transaction.atomic():
        assert model.objects.update(id=UNKNOWN) == 0
        assert model.objects.all()._raw_delete("default") == 0
        assert list(model.objects.select_for_update()) == []
    assert model.objects.count() == before


def test_what_is_ones_own_is_not_moved_to_somebody_else(engine: Engine, as_web: AsWeb) -> None:
    bea, al = make_belongings("bea", engine), make_belongings("al", engine)
    moves: list[Callable[[], object]] = [
        lambda: WorkflowVersion.objects.update(workflow=bea.workflow),
        lambda: WorkflowPermission.objects.update(workflow=bea.workflow),
        lambda: Execution.objects.update(workflow=bea.workflow),
        lambda: ApiKey.objects.update(user=bea.owner),
        lambda: ApprovalVote.objects.update(user=bea.owner),
        lambda: StepRun.objects.update(execution=bea.execution),
    ]
    for move in moves:
        with pytest.raises(ProgrammingError, match=REFUSED), as_web(al.owner), transaction.atomic():
            move()


def test_a_viewer_may_lock_and_not_change(engine: Engine, as_web: AsWeb) -> None:
    """The lock passes so that the service that took it can say *forbidden* and not *not found*."""
    bea, viewer = make_belongings("bea", engine), make_user()
    share(bea.workflow, viewer, Access.VIEWER)
    with as_web(viewer), transaction.atomic():
        assert Workflow.objects.select_for_update().get() == bea.workflow
        assert Workflow.objects.all()._raw_delete("default") == 0
    changes: list[Callable[[], object]] = [
        lambda: Workflow.objects.update(name="mine now"),
        lambda: WorkflowVersion.objects.update(note="mine now"),
        lambda: mail.post(bea.execution.pk, Signal("go"), now=utc_now(), metadata={}),
        lambda: WorkflowPermission.objects.filter(user=viewer).update(access="owner"),
    ]
    for change in changes:
        with pytest.raises(ProgrammingError, match=REFUSED), web(viewer), transaction.atomic():
            change()


def test_an_editor_changes_and_does_not_share_or_delete(engine: Engine, as_web: AsWeb) -> None:
    bea, editor = make_belongings("bea", engine), make_user()
    share(bea.workflow, editor, Access.EDITOR)
    with as_web(editor):
        assert Workflow.objects.update(name="edited") == 1
        assert mail.post(bea.execution.pk, Signal("go"), now=utc_now(), metadata={})
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            WorkflowPermission.objects.filter(user=editor).update(access="owner")
        with transaction.atomic():
            assert Workflow.objects.all()._raw_delete("default") == 0


def test_deleting_takes_along_what_others_have_on_it(as_web: AsWeb) -> None:
    """Another's star is not seen by the owner; PostgreSQL deletes it with the workflow."""
    owner, fan = make_user(), make_user()
    workflow = make_workflow(owner, is_public=True, publish=False)
    WorkflowFavorite.objects.create(workflow=workflow, user=fan)
    with as_web(owner):
        assert not WorkflowFavorite.objects.exists()
        delete_workflow(owner, workflow.pk)
    assert not WorkflowFavorite.objects.exists()
    assert not Workflow.objects.exists()
