"""The backend: every cursor begins its transaction by naming the person.

Outside ``atomic`` a statement is a transaction of its own. It is sent together with its opening in one
message, which PostgreSQL runs as one transaction, so that this costs no round trip.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import sql

from orchestrator.core.postgres.opening import begun, forget, opening
from orchestrator.core.postgres.times import adapters
from orchestrator.core.rls import OUTSIDE, current_scope


class Cursor(psycopg.ClientCursor[Any]):
    """Binds parameters on the client, as Django's own does."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        first = opening(self.connection)
        if not first:
            return super().execute(query, params, **options)
        super().execute(_joined(first, query), params, **options)
        self.nextset()
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        """Its statements are sent one by one, so that one transaction has to hold them together."""
        alone = self.connection.autocommit and current_scope() is not OUTSIDE
        with self.connection.transaction() if alone else nullcontext():
            if alone:
                begun(self.connection)
            settle(self.connection)
            super().executemany(query, params_seq, **options)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        known = super().get_connection_params()
        return {**known, "cursor_factory": Cursor, "context": adapters(self.timezone)}

    def create_cursor(self, name: str | None = None) -> Any:
        """A named cursor is declared apart from its opening: it needs a transaction that is open."""
        if name and current_scope() is not OUTSIDE:
            if self.connection.autocommit:
                name = None
            else:
                settle(self.connection)
        return super().create_cursor(name)

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the stubs leave it out
        forget(self.connection)


def settle(pg: Any) -> None:
    """Bring the open transaction up to date before something that does not go through our cursor."""
    first = opening(pg)
    if first:
        with psycopg.ClientCursor(pg) as cursor:
            cursor.execute(first.encode())


def _joined(first: str, query: Any) -> Any:
    if isinstance(query, str):
        return f"{first} {query}"
    if isinstance(query, bytes):
        return first.encode() + b" " + query
    return sql.SQL("{} {}").format(sql.SQL(first), query)
