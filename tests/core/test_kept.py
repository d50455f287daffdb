"""Queries that are built once give what the same querysets give."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from orchestrator.core.kept import Kept
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, Workflow, WorkflowVersion
from tests.factories import make_user, make_workflow

pytestmark = pytest.mark.django_db


def versions_of(workflow: Any) -> QuerySet[WorkflowVersion]:
    rows = WorkflowVersion.objects.filter(workflow=workflow).select_related("author", "parent__author")
    return rows.defer("edges").annotate(heirs=Count("children")).order_by("number")


def test_objects_are_those_of_the_queryset_with_relations_annotations_and_json() -> None:
    workflow = make_workflow(nodes=[{"id": "odd", "size": 1e22}], publish=False)
    first = workflow.versions.get()
    WorkflowVersion.objects.create(workflow=workflow, number=2, status="published", parent=first,
                                   published_at=workflow.created_at, checksum="x", author=None)  # fmt: skip
    kept = Kept(WorkflowVersion, versions_of, {"workflow": UUID})

    found, expected = kept.rows(workflow=workflow.pk), list(versions_of(workflow.pk))

    assert [vars(each) | {"_state": None} for each in found] == [
        vars(each) | {"_state": None} for each in expected
    ]
    assert found[0].nodes == [{"id": "odd", "size": 1e22}]
    assert (found[0].author, found[1].author, found[1].parent) == (workflow.owner, None, first)
    assert "edges" in found[0].get_deferred_fields()
    assert found[0].edges == []
    assert not found[0]._state.adding


def test_it_is_built_once_and_run_with_new_parameters_each_time() -> None:
    one, two = make_workflow(), make_workflow()
    built = []

    def build(ids: Any) -> QuerySet[Workflow]:
        built.append(ids)
        return Workflow.objects.filter(pk__any_of=ids).order_by("pk")

    kept = Kept(Workflow, build, {"ids": tuple})

    assert kept.rows(ids=[one.pk]) == [one]
    assert kept.rows(ids=[two.pk, one.pk]) == [one, two]
    assert kept.rows(ids=[]) == []
    assert kept.first(ids=[two.pk]) == two
    assert len(built) == 1


def test_query_budgets_count_it() -> None:
    kept = Kept(Workflow, lambda pk: Workflow.objects.filter(pk=pk), {"pk": UUID})
    with CaptureQueriesContext(connection) as queries:
        assert kept.first(pk=make_user().pk) is None
    assert 'FROM "workflows_workflow"' in queries[-1]["sql"]


def test_a_parameter_that_the_query_forgets_is_found_out() -> None:
    kept = Kept(Workflow, lambda pk, name: Workflow.objects.filter(pk=pk), {"pk": UUID, "name": str})
    with pytest.raises(AssertionError, match="name"):
        kept.rows(pk=make_user().pk, name="x")


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_in_a_transaction_and_refused_outside_of_one() -> None:
    workflow = make_workflow()
    with transaction.atomic():
        find_workflow(workflow.owner, workflow.pk, Access.OWNER, lock=True)
    with pytest.raises(TransactionManagementError):
        find_workflow(workflow.owner, workflow.pk, Access.OWNER, lock=True)
