"""How people fare in a version: counted over everybody, and of one or two nothing is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrator.accounts.models import User
from orchestrator.analytics.domain.ranges import read_range
from process.models import ProcessVersion, Session, SessionProgress, SessionSectionStatus
from process.queries.figures import Figures, figures_of
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_section
from tests.process.storing import store

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PERIOD = read_range("30d", "", "", now=NOW, zone=UTC)


@pytest.fixture
def version() -> ProcessVersion:
    process = make_process(make_node("one", "two"), make_node("two"), sections=(make_section("origins"),))
    return store(process)


def make_sessions(
    version: ProcessVersion,
    count: int,
    *,
    at: str,
    quiet_days: int = 0,
    user: User | None = None,
    **values: Any,
) -> None:
    """People who began twenty days ago and spent an hour in each phase before the one where they stand."""
    nodes = {node.node_key: node for node in version.nodes.all()}
    began = NOW - timedelta(days=20)
    for _ in range(count):
        session = Session.objects.create(
            user=user or make_user(),
            process_version=version,
            current_node=nodes[at],
            started_at=began,
            last_activity_at=NOW - timedelta(days=quiet_days),
            **values,
        )
        for key in list(nodes)[: list(nodes).index(at) + 1]:
            done = key != at or "completed_at" in values
            SessionProgress.objects.create(
                session=session,
                process_node=nodes[key],
                status="completed" if done else "in_progress",
                started_at=began,
                completed_at=began + timedelta(hours=1) if done else None,
            )


def figures(version: ProcessVersion) -> Figures:
    return figures_of(version.pk, PERIOD, now=NOW)


def test_nobody_is_told_of_as_long_as_there_are_two(version: ProcessVersion) -> None:
    assert figures(version).is_empty
    make_sessions(version, 2, at="two")
    found = figures(version)
    assert found.totals.began is None
    assert (found.days, found.phases, found.sections) == ([], [], [])


def test_where_people_are_stop_and_how_long_it_takes(version: ProcessVersion) -> None:
    make_sessions(version, 4, at="two", status="completed", completed_at=NOW - timedelta(days=18))
    make_sessions(version, 3, at="one", quiet_days=15)
    make_sessions(version, 2, at="two", quiet_days=2)
    section = version.sections.get()
    for session in Session.objects.all():
        SessionSectionStatus.objects.create(
            session=session, section=section, status="unlocked", unlocked_at=NOW
        )
    found = figures(version)
    assert (found.totals.began, found.totals.completed, found.totals.stopped) == (9, 4, 3)
    assert found.totals.under_way is None, "two people"
    assert found.totals.completion_rate == pytest.approx(4 / 9)
    assert found.totals.median_seconds == 2 * 86_400
    one, two = found.phases
    assert (one.reached, one.completed, one.stopped) == (9, 6, 3)
    assert (two.reached, two.completed, two.stopped) == (6, 4, 0)
    assert (one.median_seconds, one.p90_seconds) == (3_600, 3_600)
    [lane] = found.sections
    assert (lane.opened, lane.began, lane.completed) == (9, 0, 0)
    assert [number for _, number in found.days if number] == [9]


def test_somebody_with_many_sessions_counts_once(version: ProcessVersion) -> None:
    make_sessions(version, 5, at="one", user=make_user())
    assert figures(version).totals.began is None


def test_only_those_who_began_in_the_period_and_the_version_count(version: ProcessVersion) -> None:
    make_sessions(version, 3, at="one")
    Session.objects.update(started_at=NOW - timedelta(days=31))
    make_sessions(store(make_process(make_node("one")), name="v2"), 3, at="one")
    assert figures(version).is_empty
