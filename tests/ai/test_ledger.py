"""Budgets: what is set aside, what is refused and with which words, and that no two calls slip through."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.ai.domain import limits
from orchestrator.ai.domain.calls import CallFailed, Tokens
from orchestrator.ai.models import AiCall, Budget, CallStatus
from orchestrator.ai.services import ledger
from orchestrator.ai.services.budgets import reset_budget, set_budget
from orchestrator.ai.services.ledger import Payer, Reservation, reserve, settle
from orchestrator.core.errors import InvalidInput, NotAllowed
from tests.factories import make_user, make_workflow

SOME = Tokens(input=10, output=5)


def take(payer: Payer, most: str | None = "0.40") -> Reservation:
    amount = None if most is None else Decimal(most)
    return reserve(payer, provider="claude", model="claude-sonnet-5-5", most=amount, uses_own_key=False)


def limited(amount: str) -> User:
    user = make_user()
    set_budget(make_user(role=Role.ADMIN), user.pk, Decimal(amount))
    return user


def budget_of(user: User) -> Budget:
    return Budget.objects.get(user=user)


@pytest.mark.django_db
def test_what_a_call_may_cost_is_held_and_what_it_did_cost_is_spent() -> None:
    user = make_user()

    reservation = take(Payer(user_id=user.pk))
    assert (budget_of(user).held, budget_of(user).spent) == (Decimal("0.40"), Decimal(0))

    settle(reservation.id, cost=Decimal("0.15"), tokens=SOME)
    assert (budget_of(user).held, budget_of(user).spent) == (Decimal(0), Decimal("0.15"))
    call = AiCall.objects.get()
    assert (call.status, call.cost, call.tokens) == (CallStatus.SUCCEEDED, Decimal("0.15"), 15)


@pytest.mark.django_db
def test_a_second_settlement_changes_nothing() -> None:
    user = make_user()
    reservation = take(Payer(user_id=user.pk))
    settle(reservation.id, cost=Decimal("0.15"), tokens=SOME)
    settle(reservation.id, cost=Decimal("0.30"), tokens=SOME)
    assert budget_of(user).spent == Decimal("0.15")


@pytest.mark.django_db
def test_a_person_over_the_limit_hears_which_one_and_by_how_much() -> None:
    user = limited("1.00")
    settle(take(Payer(user_id=user.pk)).id, cost=Decimal("0.35"), tokens=SOME)
    take(Payer(user_id=user.pk))

    with pytest.raises(CallFailed) as failure:
        take(Payer(user_id=user.pk))

    assert failure.value.code == "over_budget"
    assert not failure.value.retryable
    said = failure.value.message
    assert f"{user.username} for this month" in said
    assert "$1.00" in said
    assert "up to $0.40" in said
    assert "$0.75 is used" in said
    assert "passed by $0.15" in said
    assert failure.value.details["limit"] == "user"
    assert failure.value.details["excess"] == "0.150000"
    assert AiCall.objects.count() == 2  # the refused one left nothing


@pytest.mark.django_db
def test_a_call_that_fits_exactly_is_made() -> None:
    user = limited("0.80")
    take(Payer(user_id=user.pk))
    take(Payer(user_id=user.pk))
    with pytest.raises(CallFailed):
        take(Payer(user_id=user.pk), "0.000001")


@pytest.mark.django_db
def test_a_run_keeps_to_the_limit_of_its_workflow_and_another_run_has_its_own() -> None:
    workflow = make_workflow(settings={"max_cost": "0.50"})
    first = Payer(user_id=workflow.owner_id, workflow_id=workflow.pk, execution_id=uuid4())
    take(first)
    with pytest.raises(CallFailed, match="a run of this workflow"):
        take(first)
    take(Payer(user_id=workflow.owner_id, workflow_id=workflow.pk, execution_id=uuid4()))


@pytest.mark.django_db
def test_a_workflow_keeps_to_its_month() -> None:
    workflow = make_workflow(settings={"max_cost_per_month": "0.50"})
    take(Payer(user_id=make_user().pk, workflow_id=workflow.pk, execution_id=uuid4()))
    with pytest.raises(CallFailed, match="this workflow for this month"):
        take(Payer(user_id=make_user().pk, workflow_id=workflow.pk, execution_id=uuid4()))


@pytest.mark.django_db
def test_a_step_keeps_to_its_limit_over_all_its_attempts() -> None:
    workflow = make_workflow()
    run = uuid4()

    def payer(key: str) -> Payer:
        return Payer(
            user_id=workflow.owner_id, workflow_id=workflow.pk, execution_id=run, node_id="ask",
            step_key=key, step_limit=Decimal("0.60"),
        )  # fmt: skip

    settle(take(payer("ask#1")).id, cost=Decimal("0.30"), tokens=SOME)
    with pytest.raises(CallFailed, match="this step"):
        take(payer("ask#1"))
    take(payer("ask#2"))


@pytest.mark.django_db
def test_where_nobody_started_the_run_the_owner_pays() -> None:
    workflow = make_workflow()
    take(Payer(user_id=None, workflow_id=workflow.pk, execution_id=uuid4()))
    assert budget_of(workflow.owner).held == Decimal("0.40")


@pytest.mark.django_db
def test_a_call_of_unknown_price_is_refused_only_where_a_limit_holds() -> None:
    take(Payer(user_id=make_user().pk), None)
    with pytest.raises(CallFailed, match="the price of claude-sonnet-5-5 is not known") as failure:
        take(Payer(user_id=limited("5").pk), None)
    assert failure.value.code == "unknown_price"


@pytest.mark.django_db
def test_the_servers_limit_holds_where_nobody_set_another(settings: Settings) -> None:
    settings.AI_MONTHLY_BUDGET = Decimal("0.30")
    user, admin = make_user(), make_user(role=Role.ADMIN)
    with pytest.raises(CallFailed):
        take(Payer(user_id=user.pk))
    set_budget(admin, user.pk, None)
    take(Payer(user_id=user.pk))
    reset_budget(admin, user.pk)
    with pytest.raises(CallFailed):
        take(Payer(user_id=user.pk))


@pytest.mark.django_db
def test_a_new_month_begins_at_nothing_and_late_calls_do_not_burden_it() -> None:
    user = limited("0.50")
    with time_machine.travel(datetime(2026, 10, 31, 23, 59, tzinfo=UTC), tick=False):
        late = take(Payer(user_id=user.pk))
    with time_machine.travel(datetime(2026, 11, 1, 0, 1, tzinfo=UTC), tick=False):
        take(Payer(user_id=user.pk))
        settle(late.id, cost=Decimal("0.40"), tokens=SOME)
    budget = budget_of(user)
    assert (budget.month, budget.held, budget.spent) == ("2026-11", Decimal("0.40"), Decimal(0))


@pytest.mark.django_db
def test_only_administrators_set_budgets_and_it_is_recorded() -> None:
    user, admin = make_user(), make_user(role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        set_budget(user, user.pk, Decimal(100))
    with pytest.raises(InvalidInput):
        set_budget(admin, user.pk, Decimal(-1))
    set_budget(admin, user.pk, Decimal("12.50"))
    record = AuditRecord.objects.get(action="budget.changed")
    assert record.after == {"user": str(user.pk), "limit": "12.50"}


def race(user: User) -> list[str]:
    """Two calls at once that fit only one at a time; the first is held up between its look and its entry."""
    outcomes: list[str] = []
    looked, entered = threading.Event(), threading.Event()
    original = limits.refusal

    def slow(*args: object, **kwargs: object) -> object:
        found = original(*args, **kwargs)  # type: ignore[arg-type]  # passed through
        if threading.current_thread().name == "first":
            looked.set()
            entered.wait(1.0)
        return found

    def call() -> None:
        try:
            take(Payer(user_id=user.pk))
            outcomes.append("made")
        except CallFailed as failure:
            outcomes.append(failure.code)
        finally:
            connection.close()
            if threading.current_thread().name == "second":
                entered.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "refusal", slow)
        first = threading.Thread(target=call, name="first")
        second = threading.Thread(target=call, name="second")
        first.start()
        assert looked.wait(10)
        second.start()
        first.join(10)
        second.join(10)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_cannot_both_take_what_is_left() -> None:
    assert race(limited("0.50")) == ["made", "over_budget"]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_would_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    user = limited("0.50")

    def unlocked(*, user_id: UUID, workflow_id: UUID | None = None) -> Budget:
        return Budget.objects.get(user_id=user_id)

    monkeypatch.setattr(ledger, "lock_budget", unlocked)
    assert race(user) == ["made", "made"]
