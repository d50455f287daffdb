"""The role of web processes: made and granted what it may touch, after every migration."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

_ONE_AT_A_TIME: Final = 0x0E7E_0002
_TABLES: Final = """
SELECT relation.oid::regclass::text, relation.relispartition, relation.relkind = 'v'
FROM pg_class AS relation
WHERE relation.relkind IN ('r', 'p', 'v') AND relation.relnamespace = current_schema()::regnamespace
ORDER BY 1
"""
_READ: Final = "SELECT"
_ALL: Final = "SELECT, INSERT, UPDATE, DELETE"
_NARROWER: Final = {
    "django_migrations": _READ,
    "executions_event": _READ,  # events are written by the holder of a run's lease alone
    "accounts_auditrecord": "SELECT, INSERT, UPDATE (actor_id)",  # only added; a deleted person leaves them
}


def prepare_web_role(**options: object) -> None:
    """Receiver of ``post_migrate``. Idempotent, also when several databases of one server do it at once.

    Partitions get no grant: a partition that is named directly is not bound by its parent's policies.
    """
    if "plan" not in options:
        return  # of ``flush``, which changes no table
    role = settings.WEB_ROLE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        _make(cursor, role)
        cursor.execute(_TABLES)
        for table, is_partition, is_view in cursor.fetchall():
            rights = "" if is_partition else _NARROWER.get(table, _READ if is_view else _ALL)
            cursor.execute(f"REVOKE ALL ON {table} FROM {role}")
            if rights:
                cursor.execute(f"GRANT {rights} ON {table} TO {role}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {_schema(cursor)} TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_schema(cursor)} TO {role}")


def _schema(cursor: Any) -> str:
    cursor.execute("SELECT quote_ident(current_schema())")
    return str(cursor.fetchone()[0])


def _make(cursor: Any, role: str) -> None:
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
    found = cursor.fetchone()
    if found is None and not _may(cursor, _CREATE.format(role=role)):
        raise CommandError(_ASK.format(role=role))
    if found is not None and found[0]:
        raise CommandError(f"The role {role} bypasses row-level security: ALTER ROLE {role} NOBYPASSRLS.")
    if settings.WEB_PASSWORD:
        _may(cursor, _password(cursor, role))  # whoever made the role has set it where we may not
    if not _takes(cursor, role) and not settings.WEB_LOGS_IN:
        raise CommandError(_ASK.format(role=role))


def _password(cursor: Any, role: str) -> sql.Composed:
    """The one of WEB_DATABASE_URL, sent as a hash."""
    pgconn = cursor.connection.pgconn
    secret = pgconn.encrypt_password(settings.WEB_PASSWORD.encode(), role.encode(), "scram-sha-256")
    return sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), secret.decode())


def _takes(cursor: Any, role: str) -> bool:
    """Whether the owner may take the role, as web processes do that have no address of their own."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return (
        bool(cursor.fetchone()[0])
        or _may(cursor, f"GRANT {role} TO CURRENT_USER")
        or _is_member(cursor, role)
    )


def _is_member(cursor: Any, role: str) -> bool:
    cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role])
    return bool(cursor.fetchone()[0])


def _may(cursor: Any, statement: str | sql.Composed) -> bool:
    """Run it; whether PostgreSQL let us."""
    try:
        with transaction.atomic():
            cursor.execute(statement)
    except ProgrammingError as error:
        if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            return False
        raise
    return True


_CREATE: Final = """
DO $$ BEGIN
    CREATE ROLE {role} LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_ASK: Final = (
    "This database user may not create roles. As a superuser, once: CREATE ROLE {role} LOGIN NOBYPASSRLS; "
    "GRANT {role} TO the user of DATABASE_URL; then migrate again."
)
