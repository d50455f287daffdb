"""Queries for rows of models whose SQL is built once per process: those of the requests that are made most.

Django builds the SQL of a query anew every time: for a row with its owner and a few sub-queries that takes
several times as long as PostgreSQL needs to answer it. Here it is built from marks once (as in
``prepared.py``, which serves the engine), and from then on only parameters are put in. It runs on Django's
own cursors: row-level security, the read replica and query budgets see it as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connections, router
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

from orchestrator.core.prepared import mark, with_slots, without_slots

_Row = TypeVar("_Row", bound=Model)


@dataclass(slots=True)
class Kept(Generic[_Row]):
    """``build`` makes the queryset from marks, one for each of ``parameters``.

    A parameter of the type ``tuple`` stands for ids that are looked up by ``any_of``, given as a list.
    """

    model: type[_Row]
    build: Callable[..., QuerySet[_Row]]
    parameters: Mapping[str, type[Any]]
    _built: dict[str, _Built] = field(default_factory=dict, init=False)

    def first(self, **values: Any) -> _Row | None:
        """For queries that find one row at most."""
        return next(iter(self.rows(**values)), None)

    def rows(self, **values: Any) -> list[_Row]:
        """Raises TransactionManagementError for a query that locks, outside a transaction."""
        alias = router.db_for_read(self.model)
        built = self._built.get(alias) or self._build(alias)
        if built.locks and connections[alias].get_autocommit():
            raise TransactionManagementError("Rows are locked in a transaction, and nowhere else.")
        with connections[alias].cursor() as cursor:
            cursor.execute(built.sql, without_slots(built.params, values))
            return list(built.objects(cursor.fetchall()))

    def _build(self, alias: str) -> _Built:
        marks = {name: mark(kind) for name, kind in self.parameters.items()}
        compiler = self.build(**marks).using(alias).query.get_compiler(using=alias)
        sql, params = compiler.as_sql()
        self._built[alias] = _Built(alias, sql, with_slots(params, marks), compiler)
        return self._built[alias]


@dataclass(slots=True)
class KeptValues:
    """The same for a queryset of ``values_list``, whose rows come as PostgreSQL gives them."""

    model: type[Model]
    build: Callable[..., QuerySet[Any, Any]]
    parameters: Mapping[str, type[Any]]
    _built: dict[str, tuple[str, list[Any]]] = field(default_factory=dict, init=False)

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        alias = router.db_for_read(self.model)
        sql, params = self._built.get(alias) or self._build(alias)
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, without_slots(params, values))
            return list(cursor.fetchall())

    def _build(self, alias: str) -> tuple[str, list[Any]]:
        marks = {name: mark(kind) for name, kind in self.parameters.items()}
        sql, params = self.build(**marks).using(alias).query.get_compiler(using=alias).as_sql()
        self._built[alias] = sql, with_slots(params, marks)
        return self._built[alias]


class _Built:
    """The SQL, and how its rows become objects: what Django's ``ModelIterable`` works out at each call."""

    def __init__(self, alias: str, sql: str, params: list[Any], compiler: Any) -> None:
        self.sql, self.params, self._alias = sql, params, alias
        self.locks = compiler.query.select_for_update
        about, columns = compiler.klass_info, compiler.klass_info["select_fields"]
        self._model, self._own = about["model"], slice(columns[0], columns[-1] + 1)
        self._names = [each[0].target.attname for each in compiler.select[self._own]]
        self._related = get_related_populators(about, compiler.select, alias)  # type: ignore[call-arg]  # stubs of a later Django
        self._annotations = list((compiler.annotation_col_map or {}).items())
        self._converters = [
            (place, convert, expression)
            for place, (several, expression) in compiler.get_converters(
                [each[0] for each in compiler.select]
            ).items()
            for convert in several
        ]

    def objects(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        connection = connections[self._alias]
        for each in rows:
            row = list(each)
            for place, convert, expression in self._converters:
                row[place] = convert(row[place], expression, connection)
            found = self._model.from_db(self._alias, self._names, row[self._own])
            for populator in self._related:
                populator.populate(row, found)
            for name, place in self._annotations:
                setattr(found, name, row[place])
            yield found
