"""Raw SQL as the web role: with one person named none of another's rows, with nobody none at all."""

from __future__ import annotations

import pytest
from django.db import transaction

from orchestrator.accounts.models import ApiKey, AuditRecord, Role, TokenFamily
from orchestrator.core.rls import (
    OUTSIDE,
    act_as,
    acting_as,
    as_server,
    bound,
    current_scope,
    for_the_same_person,
)
from orchestrator.executions.models import Approval, EventRow, Execution, StepRun
from orchestrator.executions.runtime.engine import Engine
from orchestrator.workflows.models import Access, Workflow, WorkflowVersion
from tests.factories import make_user, make_workflow, node, share, start
from tests.rls.conftest import AsWeb
from tests.rls.telling import CONTENT, DEFINITIONS
from tests.rls.world import all_rows, bound_tables, make_belongings

STRATEGY = (
    "strategy_character", "strategy_corporation", "strategy_corporationmember", "strategy_matrixcriterion",
    "strategy_matrixoption", "strategy_matrixscore", "strategy_recommendation", "strategy_snapshot",
    "strategy_strategicmatrix", "strategy_strategicsession", "strategy_strategicstep",
    "strategy_workflowlog",
)  # fmt: skip
"""A corporation's affairs: administrators of the platform are strangers to them."""
PUBLISHED = {
    "workflows_workflowtemplate": "copies that people publish for everybody who is logged in",
    "trading_market": "what the exchange publishes",
    "trading_killswitch": "whoever places orders has to know that none are placed",
    **dict.fromkeys(DEFINITIONS, "what staff author for everybody who is logged in"),
}


def test_nobody_sees_a_row_of_somebody_else(engine: Engine, as_web: AsWeb) -> None:
    bea = make_belongings("bea", engine)
    of_bea = all_rows()
    al = make_belongings("al", engine)
    with as_web(al.owner):
        seen_by_al = all_rows()
    with as_web(bea.owner):
        seen_by_bea = all_rows()
    for table in of_bea.keys() - PUBLISHED.keys():
        rows = of_bea[table]
        assert not seen_by_al[table] & rows, f"al sees rows of bea in {table}"
        assert seen_by_al[table], f"al sees nothing of his own in {table}"
        assert seen_by_bea[table] == rows, f"bea sees all of hers in {table}"


def test_the_same_queries_find_everything_without_the_policies(engine: Engine) -> None:
    """The control: it is the role that hides the rows, not the queries."""
    bea = make_belongings("bea", engine)
    of_bea = all_rows()
    al = make_belongings("al", engine)
    with acting_as(al.owner.pk):
        seen = all_rows()
    assert bea.owner != al.owner
    assert all(seen[table] >= rows for table, rows in of_bea.items())


def test_with_nobody_named_no_row_is_seen(engine: Engine, as_web: AsWeb) -> None:
    mine = make_belongings("bea", engine)
    Workflow.objects.filter(pk=mine.workflow.pk).update(is_public=True)
    with as_web(None):
        assert {table: len(rows) for table, rows in all_rows().items()} == dict.fromkeys(bound_tables(), 0)


def test_the_policies_alone_narrow_a_queryset_that_forgot_to(engine: Engine, as_web: AsWeb) -> None:
    make_belongings("bea", engine)
    al = make_belongings("al", engine)
    with as_web(al.owner):
        assert [each.pk for each in Workflow.objects.all()] == [al.workflow.pk]
        assert [each.pk for each in Execution.objects.all()] == [al.execution.pk]
        assert {each.workflow_id for each in WorkflowVersion.objects.all()} == {al.workflow.pk}
        assert {each.execution_id for each in StepRun.objects.all()} == {al.execution.pk}
        assert {each.execution_id for each in EventRow.objects.all()} == {al.execution.pk}
        assert {each.execution_id for each in Approval.objects.all()} == {al.execution.pk}
        assert {each.user_id for each in ApiKey.objects.all()} == {al.owner.pk}
        assert {each.user_id for each in TokenFamily.objects.all()} == {al.owner.pk}
        assert {each.actor_id for each in AuditRecord.objects.all()} == {al.owner.pk}


def test_visible_to_alone_narrows_where_nothing_binds(engine: Engine) -> None:
    bea, al = make_belongings("bea", engine), make_belongings("al", engine)
    assert Workflow.objects.count() == 2
    assert [each.pk for each in Workflow.objects.visible_to(al.owner)] == [al.workflow.pk]
    assert [each.pk for each in Execution.objects.visible_to(al.owner)] == [al.execution.pk]
    assert {each.execution_id for each in Approval.objects.visible_to(al.owner)} == {al.execution.pk}
    assert {each.execution_id for each in EventRow.objects.visible_to(al.owner)} == {al.execution.pk}
    assert {each.user_id for each in ApiKey.objects.visible_to(al.owner)} == {al.owner.pk}
    assert bea.workflow.pk not in Workflow.objects.editable_by(al.owner).values_list("pk", flat=True)


@pytest.mark.parametrize("access", Access.values)
def test_who_a_workflow_is_shared_with_sees_what_is_under_it(
    engine: Engine, as_web: AsWeb, access: str
) -> None:
    bea, guest = make_belongings("bea", engine), make_user("guest")
    share(bea.workflow, guest, Access(access))
    with as_web(guest):
        assert Workflow.objects.get().pk == bea.workflow.pk
        assert Execution.objects.get().pk == bea.execution.pk
        assert EventRow.objects.exists()
        assert StepRun.objects.exists()
        assert WorkflowVersion.objects.exists()
        assert Approval.objects.exists()
        assert not ApiKey.objects.exists()
        assert not AuditRecord.objects.exists()


def test_a_public_workflow_is_seen_by_everybody_who_is_logged_in(engine: Engine, as_web: AsWeb) -> None:
    bea = make_belongings("bea", engine)
    Workflow.objects.filter(pk=bea.workflow.pk).update(is_public=True)
    with as_web(make_user()):
        assert Execution.objects.get().pk == bea.execution.pk
        assert EventRow.objects.exists()


def test_an_admin_and_a_superuser_see_everything_and_an_admin_who_was_locked_does_not(
    engine: Engine, as_web: AsWeb
) -> None:
    make_belongings("bea", engine)
    everything = all_rows() | {table: set() for table in (*CONTENT, *STRATEGY)}
    for person in (make_user(role=Role.ADMIN), make_user(is_superuser=True)):
        with as_web(person):
            assert all_rows() == everything, (
                "all but what people say in guided processes and plan for corporations"
            )
    with as_web(make_user(role=Role.ADMIN, is_active=False)):
        assert not any(rows for table, rows in all_rows().items() if table not in PUBLISHED)


def test_somebody_who_is_asked_sees_the_run_and_nothing_below_it(engine: Engine, as_web: AsWeb) -> None:
    owner, asked = make_user(), make_user("asked")
    question = node("ask", "human", {"approvers": ["user:asked"]})
    execution = start(make_workflow(owner, nodes=[question]))
    engine.run_until_idle()
    make_belongings("bea", engine)
    with as_web(asked):
        assert Approval.objects.get().execution_id == execution.pk
        assert Execution.objects.get().pk == execution.pk
        assert Workflow.objects.get().pk == execution.workflow_id
        assert not EventRow.objects.exists()
        assert not WorkflowVersion.objects.exists()
        assert not StepRun.objects.exists()


def test_the_server_sees_everything_for_as_long_as_it_says_so(engine: Engine, as_web: AsWeb) -> None:
    make_belongings("bea", engine)
    everything = all_rows()
    with as_web(None):
        with as_server("for this test"):
            assert all_rows() == everything
        assert not Workflow.objects.exists()


def test_a_change_of_person_within_a_transaction_counts_at_once(engine: Engine, as_web: AsWeb) -> None:
    bea, al = make_belongings("bea", engine), make_belongings("al", engine)
    with bound(), transaction.atomic():
        assert not Workflow.objects.exists()
        act_as(al.owner.pk)
        assert Workflow.objects.get().pk == al.workflow.pk
        with acting_as(bea.owner.pk):
            assert Workflow.objects.get().pk == bea.workflow.pk
        assert Workflow.objects.get().pk == al.workflow.pk


def test_a_rollback_to_a_savepoint_does_not_bring_the_person_before_back(
    engine: Engine, as_web: AsWeb
) -> None:
    bea, al = make_belongings("bea", engine), make_belongings("al", engine)
    with as_web(bea.owner):
        assert Workflow.objects.get().pk == bea.workflow.pk
        with transaction.atomic():
            act_as(al.owner.pk)
            assert Workflow.objects.get().pk == al.workflow.pk
            transaction.set_rollback(True)
        assert Workflow.objects.get().pk == al.workflow.pk
    assert Workflow.objects.count() == 2


def test_what_is_sent_after_the_request_is_read_for_the_same_person(engine: Engine, as_web: AsWeb) -> None:
    make_belongings("bea", engine)
    al = make_belongings("al", engine)
    with as_web(al.owner):
        body = for_the_same_person(str(each.pk) for each in Workflow.objects.all().iterator(chunk_size=1))
    assert list(body) == [str(al.workflow.pk)]
    assert Workflow.objects.count() == 2, "the control: here nothing binds"


def test_outside_a_request_nobody_becomes_anybody(engine: Engine) -> None:
    al = make_belongings("al", engine)
    act_as(al.owner.pk)
    assert current_scope() is OUTSIDE
