"""The kinds of value that environment variables hold, each with what is said of a wrong one.

The reasons never repeat what was given: it may be a secret.
"""

from __future__ import annotations

import base64
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

import dj_database_url
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from orchestrator.email_url import parse_email_url
from orchestrator.rate import parse_rate

P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SHORTEST_KEY: Final = 50
_DATABASE_FORM: Final = "postgresql://user:password@host:5432/name"
_REDIS_FORM: Final = "redis://host:6379/0, rediss://… or unix:///path?db=0"
_HOST_AND_PORT: Final = re.compile(r"[A-Za-z0-9._:-]+:\d{1,5}")
_SENDER: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+|[^<>\r\n]+ <[^@\s<>]+@[^@\s<>]+>")


def _split(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


def _named(value: list[str]) -> list[str]:
    if not value:
        raise ValueError("Name at least one host, or leave it unset")
    return value


def _reachable(value: list[str]) -> list[str]:
    for item in value:
        if not _HOST_AND_PORT.fullmatch(item):
            raise ValueError(f'"{item}" is no host with a port; expected host:port, host:port')
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < _SHORTEST_KEY:
        raise ValueError(f"Too short: at least {_SHORTEST_KEY} random characters are needed")
    return value


def _long_enough_each(value: list[SecretStr]) -> list[SecretStr]:
    return [_long_enough(key) for key in value]


def _empty_is_none(value: SecretStr | None) -> SecretStr | None:
    return value if value is not None and value.get_secret_value().strip() else None


def _is_a_service(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s?#]+", value):
        raise ValueError("Expected the address of the service, https://host/path")
    return value.rstrip("/")


def _is_a_channel(value: str) -> str:
    if not re.fullmatch(r"wss?://[^\s?#]+", value):
        raise ValueError("Expected the address of a WebSocket, wss://host/path")
    return value


def _is_a_rate(value: str) -> str:
    parse_rate(value)
    return value


def _is_a_vapid_key(value: SecretStr | None) -> SecretStr | None:
    if value is None or not value.get_secret_value():
        return None
    try:
        scalar = int.from_bytes(base64.urlsafe_b64decode(value.get_secret_value() + "=="))
    except ValueError:
        scalar = 0
    if not 0 < scalar < P256_ORDER:
        raise ValueError("Expected a private key of P-256: 32 bytes in URL-safe base64")
    return value


def _is_an_origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("Expected the address people type, without a path: https://orchestrator.example")
    return value.rstrip("/")


def _is_postgres(value: SecretStr) -> SecretStr:
    try:
        engine = dj_database_url.parse(value.get_secret_value())["ENGINE"]
    except ValueError:
        engine = ""
    if "postgresql" not in engine:
        raise ValueError(f"Expected {_DATABASE_FORM}")
    return value


def _is_redis(value: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        known = parts.scheme in ("redis", "rediss", "unix") and bool(parts.hostname or parts.path)
        known = known and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"Expected {_REDIS_FORM}")
    return value


def _is_a_mail_address(value: SecretStr) -> SecretStr:
    parse_email_url(value.get_secret_value(), default_folder="")
    return value


def _is_a_sender(value: str) -> str:
    if not _SENDER.fullmatch(value):
        raise ValueError("Expected an address, or Name <address>")
    return value


Hosts = Annotated[list[str], NoDecode, BeforeValidator(_split), AfterValidator(_named)]
PrivateAddresses = Annotated[list[str], NoDecode, BeforeValidator(_split), AfterValidator(_reachable)]
SigningKey = Annotated[SecretStr, AfterValidator(_long_enough)]
SigningKeys = Annotated[list[SecretStr], NoDecode, BeforeValidator(_split), AfterValidator(_long_enough_each)]
ServiceKey = Annotated[SecretStr | None, AfterValidator(_empty_is_none)]
ServiceUrl = Annotated[str, AfterValidator(_is_a_service)]
ChannelUrl = Annotated[str, AfterValidator(_is_a_channel)]
RateText = Annotated[str, AfterValidator(_is_a_rate)]
VapidKey = Annotated[SecretStr | None, AfterValidator(_is_a_vapid_key)]
Origin = Annotated[str, AfterValidator(_is_an_origin)]
PostgresUrl = Annotated[SecretStr, AfterValidator(_is_postgres)]
RedisUrl = Annotated[SecretStr, AfterValidator(_is_redis)]
MailUrl = Annotated[SecretStr, AfterValidator(_is_a_mail_address)]
Sender = Annotated[str, AfterValidator(_is_a_sender)]
