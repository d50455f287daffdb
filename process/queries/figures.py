"""How people fare in a version of a process, over all of them: counts and times, never content, never who.

Everything counts people: whoever began more than once is taken with the session that they began last. Where
fewer than three are behind a number it is not told, so that nobody is told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.core.rls import as_server
from process.models import ProcessNode, ProcessSection

FEWEST: Final = 3
"""People that a number must stand for to be told."""
STOPPED_AFTER: Final = timedelta(days=14)

Told = int | None
"""A number of people; None for one or two."""


@dataclass(frozen=True, slots=True)
class Totals:
    """``stopped`` have done nothing for 14 days, or ended it early; the others that are not done go on."""

    began: Told
    completed: Told
    stopped: Told
    under_way: Told
    median_seconds: float | None

    @property
    def completion_rate(self) -> float | None:
        return self.completed / self.began if self.began and self.completed is not None else None


@dataclass(frozen=True, slots=True)
class Phase:
    """``seconds`` pass between reaching and completing it, pauses included."""

    key: str
    name: str
    reached: Told
    completed: Told
    skipped: Told
    stopped: Told
    median_seconds: float | None
    p90_seconds: float | None


@dataclass(frozen=True, slots=True)
class Lane:
    """A section: how many found it open, began it, completed it."""

    key: str
    name: str
    opened: Told
    began: Told
    completed: Told


@dataclass(frozen=True, slots=True)
class Figures:
    totals: Totals
    days: list[tuple[datetime, Told]]
    phases: list[Phase]
    sections: list[Lane]

    @property
    def is_empty(self) -> bool:
        return self.totals.began == 0


def told(number: int) -> Told:
    return number if number == 0 or number >= FEWEST else None


def figures_of(version: UUID, period: TimeRange, *, now: datetime) -> Figures:
    """Of those who began in this period. Four queries, over everybody: for staff only."""
    given: dict[str, Any] = {
        "version": version,
        "start": period.start,
        "end": period.end,
        "quiet": now - STOPPED_AFTER,
        "days": period.beginnings(),
    }
    with as_server("staff see how many people fare how, counted over everybody, and of nobody what they say"):
        totals = _totals(given)
        if totals.began is None:  # too few to say anything more of
            return Figures(totals, [], [], [])
        return Figures(totals, _days(given), _phases(version, given), _sections(version, given))


_COHORT: Final = """
WITH cohort AS MATERIALIZED (
    SELECT DISTINCT ON (user_id) id, status, current_node_id, started_at, completed_at,
        status = 'abandoned' OR status <> 'completed' AND last_activity_at < %(quiet)s AS stopped
    FROM process_session
    WHERE process_version_id = %(version)s AND started_at >= %(start)s AND started_at < %(end)s
    ORDER BY user_id, started_at DESC, id
)
"""
_TOTALS: Final = """
SELECT count(*), count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE stopped),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - started_at))
        FILTER (WHERE status = 'completed')
FROM cohort
"""
_DAYS: Final = """
SELECT day.begins_at, count(DISTINCT session.user_id)
FROM (
    SELECT begins_at, lead(begins_at, 1, %(end)s) OVER (ORDER BY begins_at) AS ends_at
    FROM unnest(%(days)s::timestamptz[]) AS begins_at
) AS day
LEFT JOIN process_session AS session ON session.process_version_id = %(version)s
    AND session.started_at >= day.begins_at AND session.started_at < day.ends_at
GROUP BY day.begins_at ORDER BY day.begins_at
"""
_PHASES: Final = """
SELECT progress.process_node_id, count(*),
    count(*) FILTER (WHERE progress.status = 'completed'),
    count(*) FILTER (WHERE progress.status = 'skipped'),
    count(*) FILTER (WHERE cohort.stopped AND cohort.current_node_id = progress.process_node_id),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
        ORDER BY extract(epoch FROM progress.completed_at - progress.started_at)
    ) FILTER (WHERE progress.status = 'completed')
FROM cohort JOIN process_session_progress AS progress ON progress.session_id = cohort.id
GROUP BY progress.process_node_id
"""
_SECTIONS: Final = """
SELECT section.section_id, count(*) FILTER (WHERE section.unlocked_at IS NOT NULL),
    count(*) FILTER (WHERE section.started_at IS NOT NULL),
    count(*) FILTER (WHERE section.status = 'completed')
FROM cohort JOIN process_session_section AS section ON section.session_id = cohort.id
GROUP BY section.section_id
"""


def _rows(sql: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _totals(given: dict[str, Any]) -> Totals:
    [(began, completed, stopped, median)] = _rows(_COHORT + _TOTALS, given)
    if told(began) is None:
        return Totals(None, None, None, None, None)
    under_way = told(began - completed - stopped)
    return Totals(began, told(completed), told(stopped), under_way, median if told(completed) else None)


def _days(given: dict[str, Any]) -> list[tuple[datetime, Told]]:
    return [(begins_at, told(number)) for begins_at, number in _rows(_DAYS, given)]


def _phases(version: UUID, given: dict[str, Any]) -> list[Phase]:
    nodes = ProcessNode.objects.filter(process_version=version).values_list("pk", "node_key", "node_name")
    found = {row[0]: row[1:] for row in _rows(_COHORT + _PHASES, given)}
    return [_phase(key, name, *found.get(pk, (0, 0, 0, 0, None))) for pk, key, name in nodes]


def _phase(
    key: str,
    name: str,
    reached: int,
    completed: int,
    skipped: int,
    stopped: int,
    times: Iterable[float] | None,
) -> Phase:
    if told(reached) is None:
        return Phase(key, name, None, None, None, None, None, None)
    median, p90 = times if times and told(completed) else (None, None)
    return Phase(key, name, reached, told(completed), told(skipped), told(stopped), median, p90)


def _sections(version: UUID, given: dict[str, Any]) -> list[Lane]:
    rows = ProcessSection.objects.filter(process_version=version)
    found = {row[0]: row[1:] for row in _rows(_COHORT + _SECTIONS, given)}
    return [
        Lane(key, name, *map(told, found.get(pk, (0, 0, 0))))
        for pk, key, name in rows.values_list("pk", "section_key", "section_name")
    ]
