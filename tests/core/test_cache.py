"""What is kept in Redis for a while: the registry of node types, and the statistics of busy workflows."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from orchestrator.executions.queries import statistics
from orchestrator.executions.queries.statistics import workflow_stats
from orchestrator.workflows.api import serializers
from tests.factories import make_user, make_workflow, start

pytestmark = pytest.mark.django_db


def test_the_registry_of_node_types_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    client = APIClient()
    client.force_login(make_user(), backend="orchestrator.accounts.backends.AnyCaseBackend")
    first = client.get("/api/v1/node-types/").json()
    monkeypatch.delattr(serializers.NodeTypeSerializer, "get_schema")
    assert client.get("/api/v1/node-types/").json() == first
    assert {"transform", "human"} <= {each["name"] for each in first}


def test_statistics_of_few_runs_are_counted_anew() -> None:
    workflow = make_workflow()
    assert workflow_stats(workflow.pk)["total"] == 0
    start(workflow)
    assert workflow_stats(workflow.pk)["total"] == 1


def test_statistics_of_many_runs_are_kept_for_a_moment(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(statistics, "MANY_RUNS", 1)
    workflow = make_workflow()
    start(workflow)
    first = workflow_stats(workflow.pk)
    with django_assert_num_queries(0):
        assert workflow_stats(workflow.pk) == first
    cache.delete(f"workflow-stats:{workflow.pk}")
    start(workflow)
    assert workflow_stats(workflow.pk)["total"] == 2
