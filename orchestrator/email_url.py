"""EMAIL_URL: where outgoing mail goes, taken apart into Django's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

_BACKEND: Final = "django.core.mail.backends.{}.EmailBackend"
_PORTS: Final = {"smtp": 587, "smtps": 465}
_FORM: Final = "smtp://user:password@host:587/?tls=1"
_YES_NO: Final = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """What Django's mail backends are told; ``folder`` only for mails that are kept as files."""

    backend: str
    folder: str | None = None
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    timeout_seconds: float = 15.0


def parse_email_url(url: str, *, default_folder: str) -> EmailSettings:
    """Raises ValueError with one sentence, which never repeats the password.

    ``file:`` keeps mails in ``default_folder``, ``file:/path`` in another one, ``console:`` prints them.
    ``smtp:`` encrypts with STARTTLS where ``tls=1``, ``smtps:`` from the start.
    """
    scheme, colon, rest = url.partition(":")
    if scheme == "file" and colon:
        return EmailSettings(_BACKEND.format("filebased"), folder=rest.removeprefix("//") or default_folder)
    if scheme == "console" and rest in ("", "//"):
        return EmailSettings(_BACKEND.format("console"))
    if scheme in _PORTS and rest.startswith("//"):
        return _smtp(url)
    raise ValueError(f"Expected file:, console:, {_FORM} or smtps://user:password@host:465")


def _smtp(url: str) -> EmailSettings:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except ValueError as error:
        raise ValueError(f"The port is a number from 1 to 65535: {_FORM}") from error
    if not parts.hostname:
        raise ValueError(f"The host is missing: {_FORM}")
    if parts.path not in ("", "/") or parts.fragment:
        raise ValueError(
            f"Nothing but options may follow the host (write / ? # in a password as %2F %3F %23): {_FORM}"
        )
    starttls, timeout = _options(parts.query)
    if parts.scheme == "smtps" and starttls:
        raise ValueError("smtps: is encrypted from the start, so that tls=1 makes no sense with it")
    return EmailSettings(
        _BACKEND.format("smtp"),
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=starttls,
        tls=parts.scheme == "smtps",
        timeout_seconds=timeout,
    )


def _options(query: str) -> tuple[bool, float]:
    given = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(set(given) - {"tls", "timeout"})
    if unknown:
        raise ValueError(f"There is no option {unknown[0]}; there are tls=1 and timeout=15")
    starttls = _YES_NO.get(given.get("tls", "0").lower())
    if starttls is None:
        raise ValueError("tls is 1 or 0")
    timeout = given.get("timeout", "15")
    if not timeout.isdecimal() or not 1 <= int(timeout) <= 600:
        raise ValueError("timeout is a number of seconds from 1 to 600")
    return starttls, float(timeout)
