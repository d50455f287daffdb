"""Searching by index as the role that policies bind."""

from __future__ import annotations

import pytest
from django.db import connection

from orchestrator.core.postgres.leakproof import FUNCTIONS, trust_search_operators
from orchestrator.core.rls import act_as, bound
from orchestrator.workflows.models import Workflow
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def plan() -> str:
    user = make_user()
    with bound():
        act_as(user.pk)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        return Workflow.objects.matching("zebra").explain()


def test_a_search_of_a_person_whom_policies_bind_uses_its_index() -> None:
    trust_search_operators()
    assert "workflow_search" in plan()


def test_without_the_trust_it_would_not() -> None:
    with connection.cursor() as cursor:
        for function in FUNCTIONS:
            cursor.execute(f"ALTER FUNCTION pg_catalog.{function} NOT LEAKPROOF")
    assert "workflow_search" not in plan()
