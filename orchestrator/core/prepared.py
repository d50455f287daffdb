"""ORM queries that are built once and run often.

Django builds the SQL of a query anew every time, which takes 0.5 to 1 ms of Python, several times what
PostgreSQL needs to answer it. For the few queries on the path of every run that is most of the cost, so
they are compiled once, with marks in the place of parameters, and run as prepared statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.sql import InsertQuery, UpdateQuery

from orchestrator.core.postgres.base import settle
from orchestrator.core.rls import OUTSIDE, current_scope

_numbers = count(1)


def mark(kind: type[Any]) -> Any:
    """A value of this type that stands for a parameter while a query is built; never the same twice."""
    number = next(_numbers)
    makers: Mapping[type[Any], Callable[[], Any]] = {
        datetime: lambda: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=number),
        UUID: lambda: UUID(int=number),
        str: lambda: f"\x01parameter {number}\x01",
        tuple: lambda: (UUID(int=number),),
    }
    return makers[kind]()


def with_slots(params: Iterable[Any], marks: Mapping[str, Any]) -> list[Any]:
    """The parameters of a query that was built from marks, with a slot in the place of each mark."""
    slots = {_plain(value): _Slot(name) for name, value in marks.items()}
    found = [slots.get(_plain(param), param) for param in params]
    used = {each.name for each in found if isinstance(each, _Slot)}
    assert used == marks.keys(), f"parameters that the query does not use: {marks.keys() - used}"
    return found


def without_slots(params: Iterable[Any], values: Mapping[str, Any]) -> list[Any]:
    return [values[each.name] if isinstance(each, _Slot) else each for each in params]


@dataclass(slots=True)
class Prepared:
    """``build`` makes the query from marks, one for each of ``parameters``.

    It returns a queryset of ``values_list`` rows, or for an update a queryset and the values to set.
    """

    build: Callable[..., QuerySet[Any] | tuple[QuerySet[Any], dict[str, Any]]]
    parameters: dict[str, type[Any]]
    _compiled: tuple[str, list[Any]] | None = field(default=None, init=False)

    def fetch(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as PostgreSQL gives them: ``jsonb`` columns are JSON text."""
        with connection.wrap_database_errors, self._run(values) as cursor:
            return cursor.fetchall()

    def execute(self, **values: Any) -> int:
        """The number of rows touched."""
        with connection.wrap_database_errors, self._run(values) as cursor:
            return cursor.rowcount

    def _run(self, values: dict[str, Any]) -> psycopg.Cursor[Any]:
        connection.ensure_connection()
        sql, names = self._compiled or self._compile()
        cursor = prepared_cursor()
        try:
            return cursor.execute(sql, without_slots(names, values))
        except BaseException:
            cursor.close()
            raise

    def _compile(self) -> tuple[str, list[Any]]:
        marks = {name: mark(kind) for name, kind in self.parameters.items()}
        built = self.build(**marks)
        if isinstance(built, tuple):
            queryset, changes = built
            query: Any = queryset.query.chain(UpdateQuery)
            query.add_update_values(changes)
        else:
            query = built.query
        with transaction.atomic():  # Django builds locking queries only inside one
            sql, params = query.get_compiler(connection=connection).as_sql()
        self._compiled = sql, with_slots(params, marks)
        return self._compiled


@dataclass(slots=True)
class PreparedInsert:
    """``insert(row)`` does what ``row.save(force_insert=True)`` does, for models without signals."""

    model: type[Model]
    _sql: str = field(default="", init=False)

    def insert(self, row: Model) -> None:
        connection.ensure_connection()
        fields = self.model._meta.concrete_fields
        if not self._sql:
            query = InsertQuery(self.model)
            query.insert_values(fields, [row])
            [(self._sql, _)] = query.get_compiler(connection=connection).as_sql()
        values = [each.get_db_prep_save(each.pre_save(row, True), connection) for each in fields]
        with connection.wrap_database_errors, prepared_cursor() as cursor:
            cursor.execute(self._sql, values)
        row._state.adding, row._state.db = False, connection.alias


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str


def prepared_cursor() -> psycopg.Cursor[Any]:
    """A cursor that prepares what it runs; Django's own binds on the client and never does.

    A single statement of a person's request takes Django's, which sends for whom it runs along with it.
    """
    pg = connection.connection
    if pg.autocommit and current_scope() is not OUTSIDE:
        cursor: psycopg.Cursor[Any] = pg.cursor()
        return cursor
    settle(pg)
    pg.prepare_threshold = 1
    return psycopg.Cursor(pg)


def _plain(value: Any) -> Any:
    """A parameter as a key: the backend wraps some types."""
    inner = getattr(value, "obj", value)
    try:
        hash(inner)
    except TypeError:
        return id(inner)
    return inner
