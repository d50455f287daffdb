"""Budgets in the Django admin: set by the service, recorded, and only for people."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from orchestrator.accounts.models import AuditRecord, Role
from orchestrator.ai.models import Budget
from orchestrator.ai.services.ledger import Payer, reserve
from tests.factories import make_user, make_workflow

pytestmark = pytest.mark.django_db
LIST = "/admin/ai/budget/"


@pytest.fixture
def client() -> Client:
    client = Client()
    ada = make_user("ada", role=Role.ADMIN, is_staff=True, is_superuser=True)
    client.force_login(ada, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def test_an_administrator_gives_somebody_a_limit_and_takes_it_back(client: Client) -> None:
    bob = make_user("bob")
    added = client.post(f"{LIST}add/", {"user": str(bob.pk), "has_own_limit": "on", "own_limit": "12.5"})
    assert added.status_code == 302
    budget = Budget.objects.get(user=bob)
    assert (budget.has_own_limit, budget.own_limit) == (True, Decimal("12.5"))

    changed = client.post(f"{LIST}{budget.pk}/change/", {"own_limit": ""})
    assert changed.status_code == 302
    budget.refresh_from_db()
    assert (budget.has_own_limit, budget.own_limit) == (False, None)
    assert AuditRecord.objects.filter(action="budget.changed", actor__username="ada").count() == 2


def test_a_limit_below_nothing_is_refused(client: Client) -> None:
    bob = make_user("bob")
    client.post(f"{LIST}add/", {"user": str(bob.pk), "has_own_limit": "on", "own_limit": "-1"})
    assert not Budget.objects.exists()


def test_the_lists_open_and_show_no_budget_of_a_workflow(client: Client) -> None:
    workflow = make_workflow(make_user("owner"))
    payer = Payer(user_id=workflow.owner_id, workflow_id=workflow.pk, execution_id=uuid4())
    reserve(payer, provider="groq", model="m", most=Decimal("0.5"), uses_own_key=False)
    shown = client.get(LIST).content.decode()
    assert "owner" in shown
    assert str(Budget.objects.get(user__isnull=False).pk) in shown
    assert str(Budget.objects.get(workflow__isnull=False).pk) not in shown
    assert client.get("/admin/ai/aicall/").status_code == 200
