"""Many rows into one table at once, by COPY.

What makes a million rows slow is not the rows: it is one look-up per foreign key and one place in each
index for every one of them. So the indexes are dropped before and made again afterwards, from what
PostgreSQL itself says they are, and foreign keys are not looked up where we may say so. All of it is one
transaction: whoever interrupts it finds the table and its indexes as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Field

from orchestrator.core import json
from orchestrator.core.fields import JsonField

_LINES_AT_ONCE: Final = 2_000
_INDEXES_ASIDE_FROM: Final = 0.05
"""The share of new rows from which making all indexes again takes less than adding to them row by row."""

_QUICKLY: Final = """
SELECT set_config('synchronous_commit', 'off', true), set_config('maintenance_work_mem', '512MB', true)
"""
_REST: Final = "SELECT set_config('session_replication_role', 'replica', true)"
_MAY_REST: Final = "SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET') "
_CONSTRAINTS: Final = """
SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'u'
"""
_INDEXES: Final = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = %s::regclass
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
ORDER BY 1
"""


def copy_lines(
    model: type[models.Model], columns: Sequence[str], lines: Iterable[str], *, there: int, new: int
) -> None:
    """Write rows, each the tab-separated values of these columns; every other one has the model's default.

    ``there`` and ``new`` are about how many rows the table has and gets. The connection is taken until the
    last row: what makes them can ask the database nothing.
    """
    others = [
        each for each in model._meta.concrete_fields if not each.generated and each.column not in columns
    ]
    end = "".join(f"\t{_default(each)}" for each in others) + "\n"
    names = ", ".join([*columns, *(str(each.column) for each in others)])
    aside = new > there * _INDEXES_ASIDE_FROM
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_QUICKLY)
        with _indexes_aside(cursor, model._meta.db_table) if aside else _as_it_is():
            _let_foreign_keys_rest(cursor)
            with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
                rows = iter(lines)
                while part := list(islice(rows, _LINES_AT_ONCE)):
                    copy.write((end.join(part) + end).encode())
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def vacuum(*tables: type[models.Model]) -> None:
    """Tell the planner what there is, and index scans which pages they need not look at."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")


@contextmanager
def _indexes_aside(cursor: Any, table: str) -> Iterator[None]:
    """All but the primary key's, into which rows come in the order of their ids."""
    cursor.execute(_CONSTRAINTS, [table])
    constraints = cursor.fetchall()
    cursor.execute(_INDEXES, [table])
    indexes = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for name, definition in constraints:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def _let_foreign_keys_rest(cursor: Any) -> None:
    """Until the end of the transaction, where this user may: the rows point at others that were just read."""
    cursor.execute(_MAY_REST)
    if cursor.fetchone()[0]:
        cursor.execute(_REST)


def _default(field: Field[Any, Any]) -> str:
    value = field.get_default()
    if value is None:
        return r"\N"
    if isinstance(field, JsonField):
        return json.dumps(value).decode()
    if isinstance(field, ArrayField):
        assert value == [], f"{field} has an array as its default that is not empty"
        return "{}"
    return str(value)
