"""The event log: the newest events of all runs that a person may see, among many millions.

Left alone, PostgreSQL walks back through everybody's events until it has met enough that fit. Here each
visible workflow (and each wanted type, where types are in an index) is a *source* that names its newest
event, one step in an index; only those whose newest is among the newest are asked for a page of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import JsonObject
from orchestrator.executions.models.records import COMMON_EVENTS
from orchestrator.executions.queries.event_groups import EVENT_GROUPS
from orchestrator.workflows.models import Workflow

PATIENCE_MS: Final = 5_000
"""After this a search is given up: it would take a table scan."""
PAYLOADS: Final = ["output", "input", "payload", "variables", "sends", "takes", "seed", "info", "options"]


class SearchTooWide(InvalidInput):
    """The filters leave too little in too much."""

    code = "search_too_wide"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a page ends. Events of the same moment are told apart by run and number."""

    at: datetime
    execution_id: UUID
    seq: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.execution_id.hex}_{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Raises InvalidInput for what is no cursor of this list."""
        try:
            at, run, seq = text.split("_")
            moment, number = datetime.fromisoformat(at), int(seq)
            if moment.tzinfo is None or not 0 <= number < 2**62:
                raise ValueError("no moment or number of an event")
            return cls(moment, UUID(run), number)
        except ValueError as error:
            message = "This cursor is not one of this list. Follow its next and previous instead."
            raise InvalidInput(message, fields={"cursor": [message]}) from error


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What a person looks for. ``runs`` is a range of ids: one run, or those that begin alike."""

    group: str = ""
    types: tuple[str, ...] = ()
    runs: tuple[UUID, UUID] | None = None
    seq: int | None = None
    workflow: UUID | None = None
    person: UUID | None = None
    node: str = ""
    after: datetime | None = None
    before: datetime | None = None

    @property
    def is_set(self) -> bool:
        return self != EventFilter()

    @property
    def wanted_types(self) -> tuple[str, ...]:
        """Empty for any type, or where the group's own condition says it all."""
        group = EVENT_GROUPS[self.group] if self.group else None
        if group is None or not self.types:
            return self.types if group is None or group.has_index else group.types
        return tuple(name for name in self.types if name in group.types) or ("",)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One row of the log."""

    execution_id: UUID
    seq: int
    at: datetime
    workflow_id: UUID
    type: str
    node: str
    data: JsonObject
    metadata: JsonObject

    @property
    def position(self) -> Position:
        return Position(self.at, self.execution_id, self.seq)


def events_logged(
    user: User,
    wanted: EventFilter,
    *,
    limit: int,
    before: Position | None = None,
    after: Position | None = None,
    whole: bool = False,
) -> list[LoggedEvent]:
    """The newest events before a position, newest first; or those just after one, oldest first.

    Without ``whole`` their data lacks what steps took in and gave back. One query, two for people who are
    not admins. Raises SearchTooWide if it takes more than PATIENCE_MS.
    """
    workflows = _workflows(user, wanted)
    if workflows is not None and not workflows:
        return []
    search = _Search()
    search.look_for(wanted)
    search.look_in(workflows, wanted)
    if before is not None:
        search.add("event.occurred_at <= %s", before.at)  # skips partitions, as the row comparison does not
        search.add(f"{_KEY} < (%s, %s, %s)", before.at, before.execution_id, before.seq)
    if after is not None:
        search.add("event.occurred_at >= %s", after.at)
        search.add(f"{_KEY} > (%s, %s, %s)", after.at, after.execution_id, after.seq)
    return _fetch(*search.statement(limit, rising=after is not None, whole=whole))


def _workflows(user: User, wanted: EventFilter) -> list[UUID] | None:
    """Those to look in; None for all there are."""
    if user.is_admin:
        return [wanted.workflow] if wanted.workflow is not None else None
    visible = Workflow.objects.visible_to(user)
    if wanted.workflow is not None:
        visible = visible.filter(pk=wanted.workflow)
    return list(visible.order_by().values_list("pk", flat=True))


_KEY: Final = "(event.occurred_at, event.execution_id, event.seq)"
_PLAIN: Final = """
WITH page AS ({page})
{rows}
"""
_BY_SOURCE: Final = """
WITH nearest AS (
    SELECT source.* FROM (SELECT {names} FROM {sets}) AS source
    CROSS JOIN LATERAL ({one}) AS event ORDER BY {order} LIMIT {limit}
), page AS (
    SELECT event.* FROM nearest AS source CROSS JOIN LATERAL ({page}) AS event ORDER BY {order} LIMIT {limit}
)
{rows}
"""
_PAGE: Final = """
SELECT event.execution_id, event.seq, event.occurred_at FROM executions_event AS event
WHERE {where} ORDER BY {order} LIMIT {limit}
"""
_ROWS: Final = """
SELECT event.execution_id, event.seq, event.occurred_at, event.workflow_id, event.type, event.node_id,
    {data}, event.metadata
FROM page JOIN executions_event AS event USING (execution_id, seq, occurred_at) ORDER BY {order}
"""


class _Search:
    """The parts of one statement and the values in them."""

    def __init__(self) -> None:
        self._where: list[str] = []
        self._values: list[Any] = []
        self._sources: list[tuple[str, str, list[Any]]] = []

    def add(self, condition: str, *values: Any) -> None:
        self._where.append(condition)
        self._values += values

    def look_for(self, wanted: EventFilter) -> None:
        if wanted.group and EVENT_GROUPS[wanted.group].only:
            self.add(EVENT_GROUPS[wanted.group].only)
        if wanted.runs is not None:
            self.add("event.execution_id BETWEEN %s AND %s", *wanted.runs)
        if wanted.seq is not None:
            self.add("event.seq = %s", wanted.seq)
        if wanted.person is not None:
            self.add("event.user_id = %s", wanted.person)
        if wanted.node:
            self.add("event.node_id = %s", wanted.node)
        if wanted.after is not None:
            self.add("event.occurred_at >= %s", wanted.after)
        if wanted.before is not None:
            self.add("event.occurred_at < %s", wanted.before)

    def look_in(self, workflows: list[UUID] | None, wanted: EventFilter) -> None:
        """Sources only where no other index leaves few events to look at."""
        types = list(wanted.wanted_types)
        has_index = bool(types) and not set(types) & set(COMMON_EVENTS)
        own_index = wanted.group != "" and EVENT_GROUPS[wanted.group].has_index
        few = wanted.runs is not None or wanted.person is not None
        if workflows is not None:
            self._either("event.workflow_id", "flow", "uuid", workflows, split=not few)
        if types:
            self._either("event.type", "kind", "text", types, split=has_index and not few and not own_index)
        if has_index:
            self.add("NOT (event.type = ANY(%s))", list(COMMON_EVENTS))  # the condition of those indexes

    def _either(self, column: str, name: str, kind: str, values: list[Any], *, split: bool) -> None:
        if len(values) == 1:
            self.add(f"{column} = %s::{kind}", values[0])  # = ANY would lose the order of the index
        elif split:
            self._sources.append((name, kind, values))
            self.add(f"{column} = source.{name}")
        else:
            self.add(f"{column} = ANY(%s::{kind}[])", values)

    def statement(self, limit: int, *, rising: bool, whole: bool) -> tuple[str, list[Any]]:
        way = "ASC" if rising else "DESC"
        order = f"event.occurred_at {way}, event.execution_id {way}, event.seq {way}"
        where = " AND ".join(self._where) or "true"
        data = "event.data" if whole else "event.data - %s::text[]"
        page = _PAGE.format(where=where, order=order, limit=limit)
        rows = _ROWS.format(data=data, order=order)
        last = [] if whole else [PAYLOADS]
        if not self._sources:
            return _PLAIN.format(page=page, rows=rows), [*self._values, *last]
        sql = _BY_SOURCE.format(
            names=", ".join(name for name, _, _ in self._sources),
            sets=", ".join(f"unnest(%s::{kind}[]) AS {name}" for name, kind, _ in self._sources),
            one=_PAGE.format(where=where, order=order, limit=1),
            page=page, rows=rows, order=order, limit=limit,
        )  # fmt: skip
        return sql, [*(values for _, _, values in self._sources), *self._values, *self._values, *last]


def _fetch(sql: str, values: list[Any]) -> list[LoggedEvent]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            cursor.execute(sql, values)
            rows = cursor.fetchall()
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise SearchTooWide(
            "This looks through more events than there is time for. Choose a workflow, a run or fewer days."
        ) from error
    return [_event(*row) for row in rows]


def _event(
    run: UUID, seq: int, at: datetime, flow: UUID, kind: str, node: str, data: str, metadata: str
) -> LoggedEvent:
    return LoggedEvent(run, seq, at, flow, kind, node, _object(data), _object(metadata))


def _object(text: str) -> JsonObject:
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
