"""Claims, fences and recovery: two workers, dead workers, late workers, broken connections."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.db.models import F

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.runtime import commit
from orchestrator.executions.runtime.claims import claim_due, give_up, renew
from orchestrator.executions.runtime.engine import Wake
from orchestrator.executions.runtime.heartbeat import release_dead_neighbours
from orchestrator.executions.runtime.loading import MAX_RECOVERIES
from orchestrator.executions.verification import verify_execution
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from tests.executions.dying import LEASE, Died, dying_at, engine, finish_elsewhere
from tests.factories import chain, fresh, log_step, make_workflow, set_vars, start, step
from tests.probes import behaviour, probe


@pytest.mark.django_db
def test_a_claim_raises_the_fence_and_gives_a_lease() -> None:
    execution = start(make_workflow())
    now = utc_now()
    claim = claim_due("a", lease=LEASE, now=now)[0]
    row = fresh(execution)
    assert (claim.fence, row.fence, row.lease_owner, row.status) == (1, 1, "a", "running")
    assert row.lease_until == now + LEASE


@pytest.mark.django_db
def test_a_leased_run_is_not_claimed_again_until_its_lease_lapses() -> None:
    start(make_workflow())
    now = utc_now()
    claim_due("a", lease=LEASE, now=now)
    assert claim_due("b", lease=LEASE, now=now + LEASE) == []
    taken = claim_due("b", lease=LEASE, now=now + LEASE + timedelta(seconds=1))
    assert [(claim.fence, claim.recoveries) for claim in taken] == [(2, 1)]


@pytest.mark.django_db
def test_a_heartbeat_keeps_the_lease() -> None:
    start(make_workflow())
    now = utc_now()
    claim_due("a", lease=LEASE, now=now)
    assert renew("a", lease=LEASE, now=now + timedelta(seconds=10)) == 1
    assert claim_due("b", lease=LEASE, now=now + timedelta(seconds=20)) == []


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing() -> None:
    execution = start(make_workflow(nodes=[log_step("a"), log_step("b")], edges=chain("a", "b")))
    with engine() as slow:
        slow._look_soon()
        slow._claim()
        Execution.objects.filter(pk=execution.pk).update(fence=F("fence") + 1)  # somebody took it over
        slow.turn()
        assert slow.runs == {}
    assert not EventRow.objects.exists()
    assert not StepRun.objects.exists()
    assert fresh(execution).last_seq == 0


@pytest.mark.django_db
def test_a_run_that_lost_its_lease_does_not_spoil_its_neighbours_in_the_same_commit() -> None:
    lost, kept = start(make_workflow()), start(make_workflow())
    with engine() as worker:
        worker._claim()
        Execution.objects.filter(pk=lost.pk).update(fence=F("fence") + 1)
        worker.turn()
    assert fresh(kept).status == "completed"
    assert fresh(lost).status == "running"


@pytest.mark.django_db
@pytest.mark.parametrize("point", ["before_claim", "after_claim", "before_commit", "after_commit"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_run_survives_the_death_of_its_worker_at_any_point(point: str, times: int) -> None:
    workflow = make_workflow(
        nodes=[log_step("a"), step("b"), log_step("c"), log_step("d")], edges=chain("a", "b", "c", "d")
    )
    execution = start(workflow)
    with dying_at(point, times), engine() as worker, suppress(Died):
        worker.run_until_idle()
    finish_elsewhere()

    assert fresh(execution).status == "completed"
    recorded = list(
        StepRun.objects.filter(execution=execution).order_by("seq").values_list("node_id", flat=True)
    )
    assert recorded == ["a", "b", "c", "d"]
    assert verify_execution(execution.pk) == []


@pytest.mark.django_db
def test_an_idempotent_step_that_was_interrupted_is_done_again_with_the_same_key() -> None:
    workflow = make_workflow(nodes=[probe("a")])
    with behaviour("a", lambda step: Succeeded(1)) as calls:
        execution = start(workflow)
        with dying_at("before_commit"), engine() as worker, pytest.raises(Died):
            worker.run_until_idle()
        finish_elsewhere()
    assert fresh(execution).status == "completed"
    assert [call.idempotency_key for call in calls] == [calls[0].idempotency_key] * 2


@pytest.mark.django_db
def test_a_worker_that_claims_its_own_run_anew_stops_what_it_had_begun() -> None:
    begun, stopped = threading.Event(), threading.Event()

    async def behave(step: StepContext) -> Outcome:
        if begun.is_set():
            return Succeeded(2)
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        return Succeeded(1)

    with behaviour("slow", behave) as calls:
        execution = start(make_workflow(nodes=[probe("slow")]))
        with engine() as worker:
            worker._claim()
            worker._advance()
            worker._commit()
            assert begun.wait(5)
            Execution.objects.filter(pk=execution.pk).update(lease_until=utc_now() - LEASE)
            worker._claim()
            assert stopped.wait(5)
            worker.run_until_idle()
    assert (fresh(execution).status, len(calls)) == ("completed", 2)
    assert verify_execution(execution.pk) == []


@pytest.mark.django_db
def test_a_run_that_kills_every_worker_is_given_up_with_the_reason() -> None:
    execution = start(make_workflow())
    now = utc_now()
    for each in range(MAX_RECOVERIES + 1):
        claim_due(f"worker{each}", lease=LEASE, now=now + each * 2 * LEASE)
    with time_machine.travel(now + (MAX_RECOVERIES + 1) * 2 * LEASE, tick=True), engine() as worker:
        worker.run_until_idle()
    error = fresh(execution).error
    assert error["code"] == "worker_died"
    assert "11 times in a row" in error["message"]


@pytest.mark.django_db
def test_leases_of_a_dead_process_of_this_host_are_freed_at_once() -> None:
    start(make_workflow())
    with engine() as worker:
        host = worker.owner.partition(":")[0]
        claim_due(f"{host}:999999999:gone", lease=LEASE, now=utc_now())
        assert release_dead_neighbours(worker.owner, utc_now()) == 1
        worker.run_until_idle()
    assert Execution.objects.get().status == "completed"
    assert give_up([], utc_now()) == 0


@pytest.mark.django_db
def test_a_worker_that_must_stop_gives_its_runs_back_where_they_are() -> None:
    workflow = make_workflow(
        nodes=[log_step(f"n{i}") for i in range(30)], edges=chain(*(f"n{i}" for i in range(30)))
    )
    execution = start(workflow)
    with engine() as first:
        first._claim()
        first._advance()
        first._commit()
        first._stopping = True
        first._drain()
    row = fresh(execution)
    assert (row.status, row.lease_owner) == ("running", "")
    with engine() as second:
        second.run_until_idle()
    assert fresh(execution).status == "completed"
    assert verify_execution(execution.pk) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_claim_at_once_never_get_the_same_run() -> None:
    assert _claimed_by_two(locked=True) == set()


@pytest.mark.django_db(transaction=True)
def test_control_without_the_row_lock_two_workers_do_get_the_same_run() -> None:
    assert _claimed_by_two(locked=False) != set()


def _claimed_by_two(*, locked: bool) -> set[object]:
    """The runs that both of two simultaneous workers take, with or without the lock of ``claim_due``.

    Without it, both read before either writes: the pause between reading and writing is made certain.
    """
    workflow = make_workflow()
    for _ in range(8):
        start(workflow)
    both_read = threading.Barrier(2)
    taken: list[set[object]] = []

    def careless(owner: str) -> set[object]:
        with transaction.atomic():
            ids = list(Execution.objects.due(utc_now()).values_list("pk", flat=True)[:8])
            both_read.wait(timeout=10)
            Execution.objects.filter(pk__in=ids).update(lease_owner=owner, lease_until=utc_now() + LEASE)
        return set(ids)

    def careful(owner: str) -> set[object]:
        both_read.wait(timeout=10)
        return {claim.id for claim in claim_due(owner, lease=LEASE, now=utc_now())}

    def work(owner: str) -> None:
        taken.append((careful if locked else careless)(owner))
        connections.close_all()

    threads = [threading.Thread(target=work, args=(owner,)) for owner in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken[0] & taken[1]


@pytest.mark.django_db(transaction=True)
def test_a_commit_whose_answer_was_lost_is_recognised_and_not_written_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    execution = start(make_workflow(nodes=[log_step("a"), log_step("b")], edges=chain("a", "b")))
    write = commit.write
    broken: list[int] = []

    def write_and_lose_the_answer(batch: commit.Batch) -> dict[object, int]:
        answer = write(batch)
        if len(broken) < 2:
            broken.append(1)
            connection.connection.close()
            connection.cursor()  # raises: the connection is gone
        return answer  # type: ignore[return-value]

    monkeypatch.setattr(commit, "write", write_and_lose_the_answer)
    with engine() as worker:
        worker.run_until_idle()
    assert fresh(execution).status == "completed"
    assert StepRun.objects.filter(execution=execution).count() == 2
    assert verify_execution(execution.pk) == []


@pytest.mark.django_db(transaction=True)
def test_a_value_the_database_refuses_fails_its_own_run_only(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = start(make_workflow(nodes=[probe("odd")])), start(make_workflow())
    monkeypatch.setattr("orchestrator.executions.runtime.stepping.checked", lambda outcome: outcome)
    monkeypatch.setattr("orchestrator.executions.runtime.handlers.checked", lambda outcome: outcome)
    with behaviour("odd", lambda step: Succeeded("a\x00b")), engine() as worker:
        worker.run_until_idle()
    assert fresh(good).status == "completed"
    error = fresh(bad).error
    assert error["code"] == "cannot_store"
    assert verify_execution(bad.pk) == []


@pytest.mark.django_db
def test_every_hint_may_be_delivered_twice() -> None:
    execution = start(make_workflow(nodes=[log_step("a")]))
    with engine() as one, engine() as two:
        for worker in (one, two, one, two):
            worker.tell(Wake())
            worker.turn()
        one.run_until_idle()
        two.run_until_idle()
    assert StepRun.objects.filter(execution=execution).count() == 1
    assert fresh(execution).status == "completed"


@pytest.mark.django_db
def test_verification_tells_what_was_tampered_with() -> None:
    execution = start(make_workflow(nodes=[step("a"), set_vars("b", x=1)]))
    with engine() as worker:
        worker.run_until_idle()
    assert verify_execution(execution.pk) == []

    Execution.objects.filter(pk=execution.pk).update(variables={"x": 2})
    StepRun.objects.filter(execution=execution, node_id="a").delete()
    found = [each.what for each in verify_execution(execution.pk)]
    assert found == [
        "the variables are not what the events add up to",
        "1 steps are recorded, and the events tell of 2",
    ]
    EventRow.objects.filter(execution_id=execution.pk, seq=2).delete()
    assert [each.what for each in verify_execution(execution.pk)] == ["event 2 is missing: the next one is 3"]
