"""Taking over a history: workspace by workspace, each in a transaction of its own, and each record once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError, connection, transaction

from orchestrator.core.clock import utc_now
from workspaces.domain.history.reading import Fault, History
from workspaces.services.history.arranging import Group, arranged
from workspaces.services.history.candles import Beside, CandleShelf
from workspaces.services.history.people import CannotTake, People
from workspaces.services.history.storing import Done
from workspaces.services.history.taking import Taking

_LOCK = 7_061_529_042
"""Of PostgreSQL's advisory locks: two imports at once come one after the other, workspace by workspace."""


@dataclass(slots=True)
class Report:
    """What was done, or with ``dry_run`` would be; ``faults`` are what was not."""

    source: str
    dry_run: bool
    workspaces: list[Done] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unknown_people: list[str] = field(default_factory=list)


def import_history(
    history: History,
    *,
    source: str,
    people: People,
    beside: Beside,
    aliases: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Report:
    """Take over what was not taken over before. Faulty records are told in the report and stop nothing.

    A dry run does all of it and takes it back. Whoever repeats it, after an interruption too, changes nothing
    that is there: every record is known by ``source``, its kind and its id.
    """
    report = Report(source, dry_run, faults=list(history.faults))
    groups, faults = arranged(history, source, aliases or {})
    report.faults += faults
    shelf = CandleShelf({each.record.id: each for each in reversed(history.candles)}, beside)
    for group in groups:
        done = _take(group, source, people, shelf, dry_run=dry_run)
        report.workspaces.append(done)
        report.faults += done.faults
    report.unknown_people = sorted(people.unknown)
    return report


def _take(group: Group, source: str, people: People, shelf: CandleShelf, *, dry_run: bool) -> Done:
    where = f"pattern type {group.pattern_type}"
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            done = Taking(group, source=source, people=people, shelf=shelf, now=utc_now()).run()
            if dry_run:
                transaction.set_rollback(True)
            return done
    except CannotTake as error:
        return Done(group.pattern_type, faults=[Fault(where, str(error))])
    except DatabaseError as error:
        words = f"PostgreSQL refused it, so nothing of this workspace was taken over: {error}"
        return Done(group.pattern_type, faults=[Fault(where, words.strip())])
