"""Checking services that the person brought along, before anything is started on top of them."""

import re
from urllib.parse import urlsplit

import dj_database_url
import psycopg
import redis as redis_client
from psycopg.conninfo import make_conninfo

from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.ports import is_loopback

_PATIENCE_SECONDS = 5
_OLDEST_POSTGRES = 15
_OLDEST_REDIS = (6, 2)
_DATABASE_FORM = "postgresql://user:password@host:5432/name"
_REDIS_FORM = "redis://host:6379/0"

# What libpq says, as the start of a sentence about the address.
_DATABASE_TROUBLE = (
    (r"password authentication failed", "refuses the user name or password"),
    (r"no password supplied", "wants a password, and DATABASE_URL has none"),
    (r'database "[^"]*" does not exist', "has no such database"),
    (r'role "[^"]*" does not exist', "knows no such user"),
    (r"no pg_hba.conf entry", "does not allow this user from here"),
    (r"could not translate host name|failed to resolve|Name or service", "cannot be found: no such host"),
    (r"Connection refused", "does not answer: nothing listens there"),
    (r"No such file or directory", "does not answer: there is no such socket"),
    (r"timeout|timed out", f"does not answer within {_PATIENCE_SECONDS} s"),
    (r"SSL", "and this machine do not agree on SSL"),
    (r"too many (clients|connections)|connection slots", "has no connection left to give"),
)


def check_database(url: str) -> str:
    """Connect to DATABASE_URL as Django will. Returns what to report, raises EmbeddedError otherwise.

    No message contains the password, nor any part of an address that could not be taken apart.
    """
    try:
        config = dj_database_url.parse(url)
    except ValueError as error:
        raise EmbeddedError(
            f"DATABASE_URL is not an address I can read. Expected {_DATABASE_FORM}"
        ) from error
    if "postgresql" not in config["ENGINE"]:
        raise EmbeddedError(f"DATABASE_URL names another kind of database. Expected {_DATABASE_FORM}")
    options = {key: str(value) for key, value in config.get("OPTIONS", {}).items()}
    address = {"dbname": config["NAME"], "user": config["USER"], "password": config["PASSWORD"]}
    address |= {
        "host": config["HOST"],
        "port": str(config["PORT"]),
        "connect_timeout": str(_PATIENCE_SECONDS),
    }
    shown = f"{options.get('host') or config['HOST'] or 'the local socket'}/{config['NAME']}"
    given = {key: value for key, value in (address | options).items() if value}
    try:
        with psycopg.connect(make_conninfo(**given)) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        reason = _explain(str(error), config["PASSWORD"])
        raise EmbeddedError(f"The database at {shown} {reason}. Check DATABASE_URL.") from error
    if version // 10000 < _OLDEST_POSTGRES:
        raise EmbeddedError(
            f"{shown} is PostgreSQL {version // 10000}: {_OLDEST_POSTGRES} or later is needed."
        )
    return f"PostgreSQL {version // 10000}.{version % 10000} at {shown} ready (DATABASE_URL)"


def check_redis(url: str) -> str:
    """Connect to REDIS_URL. Returns what to report, raises EmbeddedError otherwise."""
    try:
        client = redis_client.Redis.from_url(
            url, socket_connect_timeout=_PATIENCE_SECONDS, socket_timeout=_PATIENCE_SECONDS
        )
        shown = _without_login(url)
    except ValueError as error:
        raise EmbeddedError(f"REDIS_URL is not an address I can read. Expected {_REDIS_FORM}") from error
    try:
        with client:
            version = str(client.info("server")["redis_version"])
    except redis_client.AuthenticationError as error:
        raise EmbeddedError(
            f"Redis at {shown} refuses the user name or password. Check REDIS_URL."
        ) from error
    except redis_client.TimeoutError as error:
        raise EmbeddedError(f"Redis at {shown} does not answer within {_PATIENCE_SECONDS} s.") from error
    except (redis_client.RedisError, OSError) as error:
        reason = _first_sentence(str(error))
        raise EmbeddedError(f"Redis at {shown} cannot be used ({reason}). Check REDIS_URL.") from error
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_REDIS:
        raise EmbeddedError(f"{shown} is Redis {version}: 6.2 or later is needed.")
    return f"Redis {version} at {shown} ready (REDIS_URL)"


def is_local_database(url: str) -> bool:
    """Whether the database is on this machine, as far as its address tells."""
    config = dj_database_url.parse(url)
    host = str(config.get("OPTIONS", {}).get("host") or config["HOST"])
    return not host or host.startswith("/") or is_loopback(host)


def _explain(message: str, password: str) -> str:
    for pattern, reason in _DATABASE_TROUBLE:
        if re.search(pattern, message):
            return reason
    return f"cannot be used ({_first_sentence(message.replace(password, '***') if password else message)})"


def _first_sentence(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else "no reason given"


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}" if parts.hostname else parts.path
