"""What a person can say about `make up` in the environment, checked before anything starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.embedded import locations
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.ports import is_loopback

_MOST_WORKERS = 64


@dataclass(frozen=True)
class UpOptions:
    """Where to listen, where the data is, how many engine workers to run."""

    host: str
    port: int
    workers: int
    data_dir: Path
    market_feed: bool = True
    """Whether live markets are recorded."""

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ, data_dir: Path | None = None) -> "UpOptions":
        """Read HOST, PORT and WORKERS. Raises EmbeddedError for a value that makes no sense."""
        return cls(
            host=environ.get("HOST") or "127.0.0.1",
            port=_number(environ, "PORT", default=8000, least=1, most=65535),
            workers=_number(environ, "WORKERS", default=2, least=1, most=_MOST_WORKERS),
            data_dir=locations.resolve(data_dir or locations.default_data_dir()),
            market_feed=environ.get("MARKET_FEED") != "off",
        )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server: a condition for log-ins everybody knows."""
        return is_loopback(self.host)

    @property
    def probe_host(self) -> str:
        """The address to reach the server at from here."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound

    @property
    def url(self) -> str:
        host = f"[{self.probe_host}]" if ":" in self.probe_host else self.probe_host
        return f"http://{host}:{self.port}"


def _number(environ: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise EmbeddedError(f"{name}={text} makes no sense: it is a number from {least} to {most}.")
    return int(text)
