"""Where the local services keep their files and sockets, as plain functions of the data folder.

Settings import this module on every start to derive the default database and Redis addresses, so it
imports nothing but the standard library and touches the disk only to look at permissions.
"""

import hashlib
import os
import re
import stat
from pathlib import Path
from urllib.parse import quote

DATABASE = "orchestrator"
ROLE = "orchestrator"
WEB_ROLE = "orchestrator_web"
"""Whom web processes connect as: owns nothing and is bound by row-level security."""
POSTGRES_PORT = 5432  # only names the socket file: nothing listens on TCP

_LONGEST_SOCKET = 100  # sun_path holds 107 bytes on Linux and 103 on macOS
_SOCKET_NAMES = (f"pg/.s.PGSQL.{POSTGRES_PORT}", "redis.sock")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


def project_dir() -> Path:
    """The checkout: the folder that holds manage.py."""
    return Path(__file__).resolve().parents[2]


def default_data_dir() -> Path:
    return project_dir() / ".data"


def resolve(data_dir: Path | str) -> Path:
    """One spelling for one folder, so that every process derives the same sockets."""
    return Path(os.path.realpath(data_dir))


def path_digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def is_private_to_root(path: Path) -> bool:
    """Whether we are root and some folder on the way to `path` keeps other users out.

    PostgreSQL refuses to run as root, so its data, sockets and programs then have to live elsewhere.
    """
    if os.geteuid() != 0:
        return False
    existing = (folder for folder in (path, *path.parents) if folder.exists())
    return any(not folder.stat().st_mode & stat.S_IXOTH for folder in existing)


def run_dir(data_dir: Path | str) -> Path:
    """The folder of sockets and pid files: `<data>/run`, or one in /tmp where that cannot hold a socket.

    It cannot when the path is too long for a socket address, has characters that are awkward in a URL,
    or lies below a folder that keeps the PostgreSQL user out.
    """
    data = resolve(data_dir)
    inside = data / "run"
    longest = max(len(os.fsencode(inside / name)) for name in _SOCKET_NAMES)
    plain = _PLAIN_PATH.fullmatch(str(inside)) is not None
    if longest <= _LONGEST_SOCKET and plain and not is_private_to_root(data):
        return inside
    return Path(f"/tmp/orchestrator-{os.geteuid()}-{path_digest(data)}")  # noqa: S108 - its owner is checked


def postgres_socket_dir(data_dir: Path | str) -> Path:
    """A folder of its own: as root it belongs to the PostgreSQL user."""
    return run_dir(data_dir) / "pg"


def redis_socket(data_dir: Path | str) -> Path:
    return run_dir(data_dir) / "redis.sock"


def default_database_url(data_dir: Path | str) -> str:
    """The address of the local PostgreSQL, as libpq, dj-database-url and SQLAlchemy all read it.

    The port is spelt out so that a PGPORT in the environment does not lead astray.
    """
    return database_url(data_dir, DATABASE)


def default_web_database_url(data_dir: Path | str) -> str:
    """The same for web processes."""
    return database_url(data_dir, DATABASE, WEB_ROLE)


def database_url(data_dir: Path | str, database: str, role: str = ROLE) -> str:
    host = quote(str(postgres_socket_dir(data_dir)), safe="")
    return f"postgresql://{role}@/{database}?host={host}&port={POSTGRES_PORT}"


def default_redis_url(data_dir: Path | str) -> str:
    """The address of the local Redis, as redis-py reads it."""
    return f"unix://{redis_socket(data_dir)}?db=0"


def broker_url(redis_url: str) -> str:
    """The same Redis in Celery's spelling, which knows `unix://` by another name."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    number = re.search(r"(?:^|&)db=(\d+)", query)
    return f"redis+socket://{path}?virtual_host={number[1] if number else 0}"
