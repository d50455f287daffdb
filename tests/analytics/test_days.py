"""Sums of whole days: whichever sums a range is read from, in whatever zone, the figures are the same."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.analytics.domain.durations import counts_of
from orchestrator.analytics.domain.ranges import TimeRange, cuts_in, read_range
from orchestrator.analytics.models import DayCut, ExecutionHistory, ProviderDay, RunDay, RunSum
from orchestrator.analytics.queries.grains import known_cuts
from orchestrator.analytics.queries.nodes import slowest_nodes
from orchestrator.analytics.queries.runs import runs_by_time, runs_in
from orchestrator.analytics.queries.scope import Scope
from orchestrator.analytics.queries.tables import costs_in, workflows_in
from orchestrator.analytics.services import days, recording
from orchestrator.analytics.services.days import add_cut, cuts_in_use, sum_days
from orchestrator.analytics.services.recording import add_histories
from orchestrator.workflows.models import Workflow
from tests.factories import make_user, make_workflow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 20), date(2026, 11, 21)
ZONES = (
    "UTC", "Europe/Paris", "Asia/Kathmandu", "Asia/Kolkata", "America/New_York", "Africa/Cairo",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip
"""With half hours and quarters, changes of the clock at midnight and by half an hour, both ends of a day."""
RANGES = (
    ("2026-01-20", "2026-11-21"),
    ("2026-03-04", "2026-03-06"),
    ("2026-03-02", "2026-03-15"),
    ("2026-03-01", "2026-03-16"),
    ("2026-03-03", "2026-03-09"),
)
pytestmark = pytest.mark.django_db


def history(workflow: Workflow, at: datetime, *, took: int = 1_000, **fields: Any) -> ExecutionHistory:
    return ExecutionHistory(
        execution_id=uuid4(), workflow_id=workflow.pk, workflow_name=workflow.name, version=1,
        started_at=at - timedelta(milliseconds=took), finished_at=at, duration_ms=took,
        **{"status": "success", **fields},
    )  # fmt: skip


def made_up(workflows: list[Workflow], number: int) -> list[ExecutionHistory]:
    dice = random.Random(3)
    found = []
    for _ in range(number):
        at = datetime(2026, 1, 20, tzinfo=UTC) + timedelta(days=306 * dice.random())
        usage = {dice.choice(["gemini", "groq"]): {"calls": 1, "tokens": 7, "cost": "0.25"}}
        found.append(
            history(
                dice.choice(workflows), at, took=round(500 * dice.lognormvariate(0, 2)),
                status=dice.choice(["success", "success", "failure", "cancelled"]),
                ai_usage=usage, cost=Decimal("0.25"), tokens=7, node_metrics=[node_metric(dice)],
            )
        )  # fmt: skip
    return found


def node_metric(dice: random.Random) -> dict[str, Any]:
    took = dice.randrange(1_000)
    return {"node_id": dice.choice("ab"), "node_type": "action", "duration_ms": took, "longest_ms": took,
            "cost": "0", "success": True, "runs": 1, "failures": 0}  # fmt: skip


def figures(scope: Scope, period: TimeRange) -> list[Any]:
    """Everything that is read of runs and of calls."""
    groups: list[frozenset[str]] = [frozenset(), frozenset({"provider"}), frozenset({"day", "workflow"})]
    return [
        runs_by_time(scope, period),
        runs_in(scope, period),
        runs_in(scope, period.before),
        workflows_in(scope, period),
        [costs_in(scope, period, by=by) for by in groups],
    ]


def test_sums_of_days_are_those_of_quarters_in_every_zone_and_range() -> None:
    owner = make_user()
    workflows = [make_workflow(owner) for _ in range(2)]
    histories = made_up(workflows, 600)
    add_histories(histories[:300])
    cuts = set().union(*(cuts_in(ZoneInfo(zone), now=NOW) for zone in ZONES))
    for cut in cuts:
        add_cut(cut)
    add_histories(histories[300:])  # those came after their days were summed
    coarse = Scope(owner, cuts=known_cuts())
    fine = Scope(owner)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(ZONES), st.dates(FIRST, LAST), st.dates(FIRST, LAST))
    def same(name: str, one: date, other: date) -> None:
        zone = ZoneInfo(name)
        first, last = sorted((one, other))
        period = read_range("", str(first), str(last), now=NOW, zone=zone)
        assert figures(coarse, period) == figures(fine, period)
        within = [each for each in histories if period.start <= each.finished_at < period.end]
        by_day = Counter(each.finished_at.astimezone(zone).date() for each in within)
        shown = runs_by_time(coarse, period)
        counted = {bucket.begins_at.astimezone(zone).date(): bucket.runs.total for bucket in shown}
        assert {day: total for day, total in counted.items() if total} == by_day
        good = [each.duration_ms for each in within if each.status == "success"]
        assert sum(counts_of(runs_in(coarse, period).durations)) == len(good)

    same()
    assert cuts == known_cuts()


def test_days_are_read_in_one_query_and_changes_of_the_clock_by_two_more(
    django_assert_num_queries: Any,
) -> None:
    owner = make_user()
    make_workflow(owner)
    paris = ZoneInfo("Europe/Paris")
    for cut in cuts_in(paris, now=NOW):
        add_cut(cut)
    scope = Scope(owner, cuts=known_cuts())
    for first, last, queries in (("2026-06-01", "2026-08-30", 1), ("2026-03-01", "2026-05-01", 3)):
        with django_assert_num_queries(queries):
            runs_by_time(scope, read_range("", first, last, now=NOW, zone=paris))


def test_the_zones_that_people_have_chosen_are_summed_and_nothing_is_done_twice() -> None:
    make_user(time_zone="Asia/Kathmandu")
    workflow = make_workflow(make_user(time_zone="Europe/Paris"))
    add_histories([history(workflow, NOW)])
    assert cuts_in_use(now=NOW) == {0, 73, 88, 92}
    assert sum_days(now=NOW) == [0, 73, 88, 92]
    assert sum_days(now=NOW) == []
    call_command("sum_days", verbosity=0)
    own = RunDay.objects.filter(workflow_id=workflow.pk)
    assert sorted(own.values_list("cut", "day", "success")) == [
        (0, date(2026, 11, 21), 1),
        (73, date(2026, 11, 20), 1),
        (88, date(2026, 11, 20), 1),
        (92, date(2026, 11, 20), 1),
    ]


def test_summing_that_is_cut_off_leaves_nothing_behind_and_can_be_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workflow = make_workflow()
    add_histories([history(workflow, NOW, ai_usage={"groq": {"calls": 1, "tokens": 2, "cost": "1"}})])
    with monkeypatch.context() as patch:
        patch.setattr(days, "_PROVIDERS", "SELECT 1 / 0 * %(cut)s")
        with pytest.raises(Exception, match="division by zero"):
            add_cut(0)
    assert not RunDay.objects.exists()
    assert not DayCut.objects.exists()
    assert add_cut(0)
    assert RunDay.objects.get(workflow_id=workflow.pk).success == 1
    assert ProviderDay.objects.get(workflow_id=workflow.pk).calls == 1


def record_while_summing(patch: pytest.MonkeyPatch) -> int:
    """A run is recorded while days are summed: after the quarters were read, before the cut is there.

    Answers with how many runs the sums of days hold of the two there are.
    """
    workflow = make_workflow()
    add_histories([history(workflow, NOW)])
    summed, recorded = threading.Event(), threading.Event()
    create = DayCut.objects.create

    def pause(**fields: Any) -> Any:
        summed.set()
        recorded.wait(2)  # in vain where the recorder waits for its turn
        return create(**fields)

    def record() -> None:
        summed.wait(10)
        add_histories([history(workflow, NOW)])
        recorded.set()
        connections.close_all()

    patch.setattr(DayCut.objects, "create", pause)
    thread = threading.Thread(target=record)
    thread.start()
    add_cut(0)
    thread.join()
    assert sum(RunSum.objects.filter(workflow_id=workflow.pk).values_list("success", flat=True)) == 2
    return sum(RunDay.objects.filter(workflow_id=workflow.pk).values_list("success", flat=True))


def test_nodes_are_summed_by_the_weeks_in_a_range_and_the_days_at_its_ends() -> None:
    workflow = make_workflow()
    histories = made_up([workflow], 400)
    add_histories(histories)
    for first, last in RANGES:
        period = read_range("", first, last, now=NOW, zone=ZoneInfo("America/New_York"))
        begin, end = period.start.date(), period.end.date()
        wanted: dict[str, list[int]] = {}
        for each in histories:
            if begin <= each.finished_at.date() <= end:
                metric = each.node_metrics[0]
                wanted.setdefault(metric["node_id"], []).append(metric["duration_ms"])
        found = {row.node_id: row for row in slowest_nodes(Scope(workflow.owner), period)}
        assert found.keys() == wanted.keys()
        for name, took in wanted.items():
            assert (found[name].runs, found[name].longest_ms) == (len(took), max(took))
            assert found[name].average_ms == pytest.approx(sum(took) / len(took))


def test_an_hour_that_a_clock_shows_twice_is_two_hours() -> None:
    workflow = make_workflow()
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 2:30 in Paris, and an hour later again
    add_histories([history(workflow, twice), history(workflow, twice + timedelta(hours=1))])
    now, paris = datetime(2026, 10, 25, 9, 10, tzinfo=UTC), ZoneInfo("Europe/Paris")
    shown = runs_by_time(Scope(workflow.owner), read_range("24h", "", "", now=now, zone=paris))
    assert [bucket.begins_at.hour for bucket in shown if bucket.runs.total] == [0, 1]
    assert sum(bucket.runs.total for bucket in shown) == 2


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_recorded_while_days_are_summed_is_in_their_sums(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert record_while_summing(monkeypatch) == 2


@pytest.mark.django_db(transaction=True)
def test_control_without_turns_that_run_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "take_turns", lambda: None)
    monkeypatch.setattr(recording, "take_turns", lambda: None)
    assert record_while_summing(monkeypatch) == 1
