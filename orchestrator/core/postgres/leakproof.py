"""Lets the indexes of searches work under row-level security.

Before a policy has passed a row, PostgreSQL runs no function on it that might tell what is in it, by an
error for instance, and therefore uses no index of such an operator: a search among a million workflows
would read them all. Matching words and comparing lists of words raise no errors and tell nothing; only a
superuser may say so. Where the one who migrates is none, as on managed servers, searches of people who
see very many workflows are slower, and nothing else.
"""

from __future__ import annotations

from typing import Any, Final

import structlog
from django.db import connections

FUNCTIONS: Final = ("ts_match_vq(tsvector, tsquery)", "arraycontains(anyarray, anyarray)")
"""Behind ``@@`` and ``@>``."""

log = structlog.get_logger(__name__)


def trust_search_operators(using: str = "default", **_: Any) -> None:
    """Receiver of ``post_migrate``; a dump does not carry it over. Idempotent."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            log.info("search_operators_not_trusted", reason="only a superuser may")
            return
        for function in FUNCTIONS:
            cursor.execute("SELECT proleakproof FROM pg_proc WHERE oid = %s::regprocedure", [function])
            if cursor.fetchone() == (False,):
                cursor.execute(f"ALTER FUNCTION pg_catalog.{function} LEAKPROOF")
