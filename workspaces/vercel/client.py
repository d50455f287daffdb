"""Requests to Vercel, each made once: the kind of failure decides whether it may be made again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from orchestrator.core import json
from orchestrator.core.outgoing import USER_AGENT, seconds_of
from workspaces.vercel.mapping import TAG, Reading, find_tagged, read_deployment, read_log, said

_CONNECT_SECONDS: Final = 10.0
_MOST_BYTES: Final = 8 * 1024 * 1024
_LOG_EVENTS: Final = 1_000
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_WORDS: Final = {
    400: "Vercel does not take the deployment as it is",
    401: "Vercel does not accept the token. Enter another one where the target is chosen",
    402: "Vercel asks for a payment: the account's limits are used up, or its plan does not include this",
    403: "The token may not do this. Look at its scope, at when it expires, and at the team's id",
    404: "Vercel knows neither this deployment nor perhaps the team",
    413: "The project is too large for Vercel",
}


class VercelError(Exception):
    """Vercel did not do what it was asked to. The message is for people, and holds no secret."""


class Refused(VercelError):
    """It would refuse again: somebody has to change something. ``status`` is HTTP's; 0 without an answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Busy(VercelError):
    """It was not done, and may be later: too many requests, or nobody there."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unsure(VercelError):
    """Whether it was done is not known: no answer, half of one, or an error of the server itself."""


@dataclass(frozen=True, slots=True)
class Vercel:
    """An account of Vercel, or a team's. Blocks; to be called outside of transactions."""

    token: str = field(repr=False)
    team: str = ""
    base_url: str = "https://api.vercel.com"
    timeout_seconds: float = 30.0

    def create(self, project: str, files: Mapping[str, str], *, tag: str) -> Reading:
        """A production deployment of these files. Raises Refused, Busy, Unsure."""
        body = {
            "name": project,
            "project": project,
            "target": "production",
            "files": [
                {"file": path, "data": text, "encoding": "utf-8"} for path, text in sorted(files.items())
            ],
            "meta": {TAG: tag},
            "projectSettings": {
                "framework": None,
                "buildCommand": None,
                "installCommand": None,
                "outputDirectory": "public",
            },
        }
        options = {"forceNew": "1", "skipAutoDetectionConfirmation": "1"}
        made = read_deployment(self._ask("POST", "/v13/deployments", options, body))
        if made is None:
            raise Unsure("Vercel's answer names no deployment.")
        return made

    def read(self, id: str) -> Reading:
        """Raises Refused, Busy, Unsure."""
        found = read_deployment(self._ask("GET", f"/v13/deployments/{id}"))
        if found is None:
            raise Unsure("Vercel's answer is no deployment.")
        return found

    def find(self, project: str, *, tag: str) -> Reading | None:
        """The deployment that was created with this tag, if there is one. Raises Refused, Busy, Unsure."""
        options = {"app": project, "limit": "20", f"meta-{TAG}": tag}
        return find_tagged(self._ask("GET", "/v6/deployments", options), tag)

    def log(self, id: str) -> list[str]:
        """The last lines of the build's log, in their order. Raises Refused, Busy, Unsure."""
        options = {"direction": "backward", "follow": "0", "limit": str(_LOG_EVENTS)}
        return read_log(self._ask("GET", f"/v3/deployments/{id}/events", options))

    def cancel(self, id: str) -> Reading | None:
        """Raises Refused, Busy, Unsure. Harmless for one that is over."""
        return read_deployment(self._ask("PATCH", f"/v12/deployments/{id}/cancel"))

    def _ask(self, method: str, path: str, options: Mapping[str, str] | None = None, body: Any = None) -> Any:
        query = {**(options or {}), **({"teamId": self.team} if self.team else {})}
        headers = {"authorization": f"Bearer {self.token}", "user-agent": USER_AGENT}
        timeout = httpx.Timeout(self.timeout_seconds, connect=min(_CONNECT_SECONDS, self.timeout_seconds))
        content = None if body is None else json.dumps(body)
        if content is not None:
            headers["content-type"] = "application/json"
        try:
            with (
                httpx.Client(base_url=self.base_url, timeout=timeout, trust_env=False) as client,
                client.stream(method, path, params=query, headers=headers, content=content) as answer,
            ):
                received = self._body(answer)
        except _NOT_SENT as error:
            raise Busy(f"Vercel could not be reached: {type(error).__name__}.") from None
        except httpx.TimeoutException:
            raise Unsure(f"Vercel did not answer within {self.timeout_seconds:g} s.") from None
        except httpx.UnsupportedProtocol:
            raise Refused("VERCEL_BASE_URL is no address of http or https.") from None
        except httpx.HTTPError as error:
            raise Unsure(f"The connection to Vercel broke off: {type(error).__name__}.") from None
        return self._read(answer, received)

    def _body(self, answer: httpx.Response) -> bytes:
        """Within the same time altogether, however slowly it drips. Raises Unsure."""
        end, body = time.monotonic() + self.timeout_seconds, bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise Unsure("Vercel's answer is larger than 8 MiB.")
            if time.monotonic() > end:
                raise Unsure(f"Vercel did not answer within {self.timeout_seconds:g} s.")
        return bytes(body)

    def _read(self, answer: httpx.Response, body: bytes) -> Any:
        status = answer.status_code
        if status < 300:
            try:
                return json.loads(body) if body else None
            except json.NotJson:
                raise Unsure("Vercel's answer is no JSON.") from None
        why = said(body).replace(self.token, "…") if self.token else said(body)
        if status == 429:
            wait = _wait(answer.headers)
            raise Busy("Vercel takes no more requests for now: its rate limit is reached.", wait)
        if status >= 500:
            raise Unsure(f"Vercel has a fault of its own: HTTP {status}.")
        words = _WORDS.get(status, "Vercel refused it")
        raise Refused(f"{words} (HTTP {status}{f': {why}' if why else ''}).", status)


def _wait(headers: httpx.Headers) -> float | None:
    """Seconds, by ``Retry-After`` or by the moment in ``X-RateLimit-Reset``."""
    if (asked := seconds_of(headers.get("retry-after", ""))) is not None:
        return asked
    reset = headers.get("x-ratelimit-reset", "")
    if reset.isascii() and reset.isdigit():
        return max(float(reset[:12]) - time.time(), 0)
    return None
