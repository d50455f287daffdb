"""What a transaction begins with: the person and, where the connection has another one, the role."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from psycopg.pq import TransactionStatus

from orchestrator.core.rls import OUTSIDE, Scope, current_scope

_IDLE: Final = int(TransactionStatus.IDLE)
_OPEN: Final = int(TransactionStatus.INTRANS)
_TOLD: Final = "_row_security_scope"
_UNKNOWN: Final = Scope(person="?", role="?")


def opening(pg: Any) -> str:
    """The SQL to put ahead of the next statement on this psycopg connection; mostly empty.

    Ahead of the first one of a transaction, and again when the person has changed within one.
    """
    scope = current_scope()
    status = pg.pgconn.transaction_status
    if status == _IDLE:
        told = OUTSIDE  # whatever was set was set for a transaction that is over
    elif status == _OPEN:
        told = vars(pg).get(_TOLD, OUTSIDE)
    else:
        return ""  # a failed transaction takes nothing but a rollback
    if told is scope and told is OUTSIDE:
        if status == _IDLE:
            vars(pg).pop(_TOLD, None)
        return ""
    if status == _IDLE and pg.autocommit:
        vars(pg).pop(_TOLD, None)  # it will be over with the statement
    else:
        vars(pg)[_TOLD] = scope
    return "" if told == scope else _settings(told, scope)


def begun(pg: Any) -> None:
    """A transaction was begun by other means than the first statement in it."""
    vars(pg).pop(_TOLD, None)


def forget(pg: Any) -> None:
    """After a rollback to a savepoint, which takes back what was set since: say it all again."""
    if _TOLD in vars(pg):
        vars(pg)[_TOLD] = _UNKNOWN


def _settings(told: Scope, scope: Scope) -> str:
    """One SELECT of ``set_config(…, true)``. The values are ids and names of ours."""
    parts = []
    if told.role != scope.role and (scope.role or settings.ROW_SECURITY_ROLE):
        parts.append(_set("role", scope.role or "none"))
    if told.person != scope.person:
        parts.append(_set("app.user_id", scope.person))
    if told.server != scope.server or told is _UNKNOWN:
        parts.append(_set("app.server", "on" if scope.server else ""))
    return f"SELECT {', '.join(parts)};" if parts else ""


def _set(name: str, value: str) -> str:
    assert value.replace("-", "").replace("_", "").isalnum() or not value
    return f"set_config('{name}', '{value}', true)"
