"""Pages of the event log as people read them: sentences, names, and who acted from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import JsonObject
from orchestrator.executions.models import Execution
from orchestrator.executions.narration import narrate
from orchestrator.executions.queries.event_log import EventFilter, LoggedEvent, Position, events_logged
from orchestrator.executions.queries.origins import owned_among, shown_data, shown_metadata
from orchestrator.executions.queries.titles import Names, names_of_all
from orchestrator.workflows.models import Workflow


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """``run_exists`` is False once the run was cleaned up; ``title`` is what its node is called."""

    event: LoggedEvent
    sentence: str
    title: str
    workflow: str
    run_exists: bool
    person: str
    data: JsonObject
    metadata: JsonObject

    @property
    def type(self) -> str:
        return self.event.type

    @property
    def outcome(self) -> str:
        """The status with which the run ended, for its last event."""
        return str(self.event.data.get("status", ""))


@dataclass(frozen=True, slots=True)
class EventPage:
    """Newest first. ``next`` and ``previous`` are cursors; next is further back."""

    items: list[ToldEvent]
    next: str | None
    previous: str | None


def event_page(user: User, wanted: EventFilter, cursor: str, *, size: int) -> EventPage:
    """The page that a cursor names, the newest for none. A fixed number of queries."""
    way, position = _read(cursor)
    if way == "n":
        found = events_logged(user, wanted, limit=size + 1, after=position)
        more_next, more_previous = True, len(found) > size
        rows = found[:size][::-1]
    else:
        found = events_logged(user, wanted, limit=size + 1, before=position)
        more_next, more_previous = len(found) > size, position is not None
        rows = found[:size]
    return EventPage(
        tell(user, rows),
        f"o{rows[-1].position}" if rows and more_next else None,
        f"n{rows[0].position}" if rows and more_previous else None,
    )


def _read(cursor: str) -> tuple[str, Position | None]:
    if not cursor:
        return "o", None
    if cursor[0] not in "no":
        message = "This cursor is not one of this list. Follow its next and previous instead."
        raise InvalidInput(message, fields={"cursor": [message]})
    return cursor[0], Position.parse(cursor[1:])


def tell(user: User, rows: Sequence[LoggedEvent]) -> list[ToldEvent]:
    """At most five queries, however many rows."""
    flows = {row.workflow_id for row in rows}
    names = dict(Workflow.objects.filter(pk__in=flows).values_list("pk", "name"))
    runs = Execution.objects.filter(pk__in={row.execution_id for row in rows})
    versions = dict(runs.values_list("pk", "version_id"))
    called = names_of_all(set(versions.values()))
    owned = owned_among(user, flows)
    people = _people(rows)
    return [
        _told(row, names, called.get(versions.get(row.execution_id, row.execution_id)), people,
              exists=row.execution_id in versions, owner=row.workflow_id in owned)
        for row in rows
    ]  # fmt: skip


def _told(
    row: LoggedEvent,
    names: Mapping[UUID, str],
    called: Names | None,
    people: Mapping[str, str],
    *,
    exists: bool,
    owner: bool,
) -> ToldEvent:
    titles = called.titles if called else {}
    return ToldEvent(
        event=row,
        sentence=narrate(row.type, row.data, titles),
        title=titles.get(row.node, row.node),
        workflow=names.get(row.workflow_id, ""),
        run_exists=exists,
        person=people.get(str(row.metadata.get("user_id", "")), ""),
        data=shown_data(row.data),
        metadata=shown_metadata(row.metadata, owner=owner),
    )


def _people(rows: Sequence[LoggedEvent]) -> dict[str, str]:
    """User names by id, of those who caused something."""
    ids = {str(row.metadata["user_id"]) for row in rows if row.metadata.get("user_id")}
    if not ids:
        return {}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "username")}
