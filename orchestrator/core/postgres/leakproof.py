"""Lets the indexes of searches work under row-level security.

Before a policy has passed a row, PostgreSQL runs no function on it that might tell what is in it, by an
error for instance, and therefore uses no index of such an operator: a search among a million workflows
would read them all. Matching words, comparing lists and reading keys of JSON raise no errors and tell
nothing; only a superuser may say so. Where the one who migrates is none, as on managed servers, searches
of people who see very many workflows are slower, and nothing else.
"""

from __future__ import annotations

from typing import Any, Final

import structlog
from django.db import connections

FUNCTIONS: Final = (
    "ts_match_vq(tsvector, tsquery)",
    "arraycontains(anyarray, anyarray)",
    "arrayoverlap(anyarray, anyarray)",
    "jsonb_object_field(jsonb, text)",
    "jsonb_object_field_text(jsonb, text)",
    "jsonb_eq(jsonb, jsonb)",
    "jsonb_exists(jsonb, text)",
)
"""Behind ``@@``, ``@>`` and ``&&`` of lists, ``->``, ``->>``, ``=`` and ``?`` of JSON."""

_DOUBTED: Final = """
SELECT name FROM unnest(%s::text[]) AS name JOIN pg_proc ON pg_proc.oid = name::regprocedure
WHERE NOT proleakproof
"""

log = structlog.get_logger(__name__)


def trust_search_operators(using: str = "default", **_: Any) -> None:
    """Receiver of ``post_migrate``; a dump does not carry it over. Idempotent."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            log.info("search_operators_not_trusted", reason="only a superuser may")
            return
        cursor.execute(_DOUBTED, [list(FUNCTIONS)])
        for [function] in cursor.fetchall():
            cursor.execute(f"ALTER FUNCTION pg_catalog.{function} LEAKPROOF")
