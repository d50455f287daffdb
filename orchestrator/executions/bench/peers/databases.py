"""A database of its own for a peer that wants to make its own tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """A fresh database beside the product's, dropped afterwards; its URL."""
    place = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in ("host", "port", "user", "password")
    }
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(make_conninfo(dbname="postgres", **place), autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _url(name, **place)
        finally:
            admin.execute(drop)


def _url(name: str, host: str, user: str, password: str = "", port: str | int = "") -> str:
    """In a form that SQLAlchemy takes, also for a socket's folder as the host."""
    who = f"{user}:{password}" if password else user
    if str(host).startswith("/"):
        return f"postgresql+psycopg://{who}@/{name}?host={host}" + (f"&port={port}" if port else "")
    return f"postgresql+psycopg://{who}@{host}" + (f":{port}" if port else "") + f"/{name}"
