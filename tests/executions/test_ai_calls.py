"""The upkeep of the ledger of AI calls: those whose worker is gone are settled, old ones go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import Settings

from orchestrator.ai.domain.calls import Tokens
from orchestrator.ai.models import AiCall, Budget, CallStatus
from orchestrator.ai.services.ledger import Payer, Reservation, abandon, reserve, settle
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.claims import claim_due
from orchestrator.executions.services.ai_calls import (
    GRACE,
    LONGEST,
    delete_old_calls,
    settle_abandoned_calls,
)
from tests.factories import fresh, make_workflow, start

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEASE = timedelta(seconds=15)
MOST = Decimal("0.40")
pytestmark = pytest.mark.django_db


def call_for(run: Execution, *, fence: int | None, at: datetime = NOW) -> Reservation:
    payer = Payer(
        user_id=run.started_by_id,
        workflow_id=run.workflow_id,
        execution_id=run.pk,
        fence=fence,
        node_id="ask",
    )
    with time_machine.travel(at, tick=False):
        return reserve(payer, provider="groq", model="m", most=MOST, uses_own_key=False)


def claimed(at: datetime = NOW) -> Execution:
    with time_machine.travel(at - timedelta(seconds=1), tick=False):
        run = start(make_workflow())
    assert claim_due("first", lease=LEASE, now=at)
    return fresh(run)


def books(run: Execution) -> tuple[Decimal, Decimal]:
    """Held and spent of the person; the workflow's are the same."""
    person, workflow = Budget.objects.get(user=run.started_by), Budget.objects.get(workflow=run.workflow_id)
    assert (person.held, person.spent) == (workflow.held, workflow.spent)
    return person.held, person.spent


def test_a_call_whose_run_was_taken_over_is_booked_at_the_most_it_can_have_cost() -> None:
    run = claimed()
    call_for(run, fence=run.fence)
    later = NOW + LEASE + timedelta(minutes=2)
    assert settle_abandoned_calls(now=later) == 0, "nobody has taken the run over yet"
    assert claim_due("second", lease=LEASE, now=later)
    with time_machine.travel(later, tick=False):
        assert [settle_abandoned_calls(now=later), settle_abandoned_calls(now=later)] == [1, 0]
    call = AiCall.objects.get()
    assert (call.status, call.error_code, call.cost) == (CallStatus.FAILED, "abandoned", MOST)
    assert call.is_estimate
    assert call.ended_at == later
    assert books(run) == (Decimal(0), MOST)


def test_a_call_that_is_under_way_is_left_alone() -> None:
    run = claimed()
    call_for(run, fence=run.fence)
    assert settle_abandoned_calls(now=NOW + GRACE + timedelta(seconds=1)) == 0
    assert books(run) == (MOST, Decimal(0))


def test_a_call_of_a_run_that_nobody_holds_or_that_is_gone_is_abandoned() -> None:
    idle, gone = claimed(), claimed()
    for run in (idle, gone):
        call_for(run, fence=run.fence)
    Execution.objects.filter(pk=idle.pk).update(lease_until=None, lease_owner="", status=Status.WAITING.value)
    Execution.objects.filter(pk=gone.pk).delete()
    assert settle_abandoned_calls(now=NOW + GRACE) == 0, "its worker may just be settling it"
    assert settle_abandoned_calls(now=NOW + GRACE + timedelta(seconds=1)) == 2


def test_a_call_of_no_run_is_abandoned_after_an_hour() -> None:
    workflow = make_workflow()
    payer = Payer(user_id=workflow.owner_id, workflow_id=workflow.pk, execution_id=uuid4())
    with time_machine.travel(NOW, tick=False):
        reserve(payer, provider="groq", model="m", most=MOST, uses_own_key=False)
    assert settle_abandoned_calls(now=NOW + LONGEST) == 0
    assert settle_abandoned_calls(now=NOW + LONGEST + timedelta(seconds=1)) == 1


def test_a_worker_that_comes_back_puts_right_what_was_booked_for_it() -> None:
    run = claimed()
    reservation = call_for(run, fence=run.fence)
    with time_machine.travel(NOW, tick=False):
        assert abandon(reservation.id)
        assert not abandon(reservation.id)
        for _ in range(2):
            settle(reservation.id, cost=Decimal("0.15"), tokens=Tokens(input=10, output=5))
    call = AiCall.objects.get()
    assert (call.status, call.error_code, call.cost) == (CallStatus.SUCCEEDED, "", Decimal("0.15"))
    assert not call.is_estimate
    assert books(run) == (Decimal(0), Decimal("0.15"))


def test_a_call_of_last_month_does_not_burden_this_one_when_it_is_given_up() -> None:
    run = claimed(NOW - timedelta(days=40))
    call_for(run, fence=run.fence, at=NOW - timedelta(days=40))
    call_for(run, fence=run.fence)
    Execution.objects.filter(pk=run.pk).update(fence=7)
    assert settle_abandoned_calls(now=NOW + LONGEST) == 2
    assert books(run) == (Decimal(0), MOST)


def settled(at: datetime, run: Execution) -> AiCall:
    with time_machine.travel(at, tick=False):
        reservation = call_for(run, fence=1, at=at)
        settle(reservation.id, cost=Decimal("0.10"), tokens=Tokens(input=1, output=1))
    return AiCall.objects.get(pk=reservation.id)


def test_old_calls_go_but_for_those_that_a_budget_or_a_limit_is_made_of(settings: Settings) -> None:
    settings.AI_CALL_RETENTION_DAYS = 10
    ended, alive = claimed(), claimed()
    Execution.objects.filter(pk=ended.pk).update(
        status=Status.COMPLETED.value, wake_at=None, lease_until=None, lease_owner="", finished_at=NOW
    )
    old = settled(NOW - timedelta(days=60), ended)
    of_a_live_run = settled(NOW - timedelta(days=60), alive)
    this_month = settled(NOW - timedelta(days=15), ended)
    young = settled(NOW - timedelta(days=1), ended)
    reserved = call_for(ended, fence=1, at=NOW - timedelta(days=60))
    spent = books(ended)
    assert delete_old_calls(now=NOW, keep_days=0) == 0
    assert delete_old_calls(now=NOW, dry_run=True) == 1
    assert AiCall.objects.count() == 5
    assert [delete_old_calls(now=NOW), delete_old_calls(now=NOW)] == [1, 0]
    kept = {of_a_live_run.pk, this_month.pk, young.pk, reserved.id}
    assert set(AiCall.objects.values_list("pk", flat=True)) == kept
    assert not AiCall.objects.filter(pk=old.pk).exists()
    assert books(ended) == spent


def test_deleting_keeps_to_its_limit_and_goes_on_where_it_stopped() -> None:
    run = claimed()
    Execution.objects.filter(pk=run.pk).delete()
    for number in range(3):
        settled(NOW - timedelta(days=500 + number), run)
    assert delete_old_calls(now=NOW, limit=2) == 2
    assert delete_old_calls(now=NOW, limit=2, dry_run=True) == 1
    assert delete_old_calls(now=NOW) == 1


def test_the_command_does_both_and_says_so() -> None:
    run = claimed()
    Execution.objects.filter(pk=run.pk).delete()
    settled(NOW - timedelta(days=500), run)
    call_for(run, fence=1)
    said = StringIO()
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        call_command("clean_ai_calls", "--dry-run", stdout=said)
        assert AiCall.objects.count() == 2
        call_command("clean_ai_calls", stdout=said)
    assert "1 old calls would be deleted." in said.getvalue()
    assert "1 abandoned calls settled." in said.getvalue()
    assert AiCall.objects.get().is_abandoned
