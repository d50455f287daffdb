"""Questions to Polymarket's HTTP services: bounded in time and size, repeated where that may help."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from orchestrator.core.outgoing import USER_AGENT, seconds_of
from trading.domain.errors import (
    BadWire,
    ExchangeAway,
    ExchangeRefused,
    MarketUnknown,
    RateLimited,
)
from trading.polymarket import limits
from trading.polymarket.wire.clob import told_fault
from trading.polymarket.wire.values import Unknown, parse

Query: TypeAlias = Mapping[str, str | int | bool | Sequence[str] | None]

_TOO_EARLY: Final = 425
"""What the order book answers while it restarts."""
_TOO_MANY: Final = 429


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """``longest_pause``: where the exchange asks for more than that, it is told instead of waited for."""

    attempts: int = 4
    timeout_seconds: float = 10.0
    answer_seconds: float = 30.0
    """For one attempt as a whole: a body that trickles in is given up, too."""
    first_pause: float = 0.5
    longest_pause: float = 15.0
    max_body_bytes: int = 16 * 1024 * 1024


def make_client(options: HttpOptions) -> httpx.AsyncClient:
    """For one event loop. The addresses are the server's own settings: no guard is needed."""
    return httpx.AsyncClient(
        timeout=options.timeout_seconds,
        headers={"user-agent": USER_AGENT, "accept": "application/json"},
        trust_env=False,
    )


class Service:
    """One of Polymarket's services. ``unknown`` counts what its answers held that we do not know."""

    def __init__(self, name: str, base_url: str, client: httpx.AsyncClient, options: HttpOptions) -> None:
        self._name, self._base_url = name, base_url.rstrip("/")
        self._client, self._options = client, options
        self.unknown = Unknown()

    async def get(self, path: str, query: Query | None = None) -> Any:
        """The parsed answer. Raises MarketUnknown, ExchangeRefused, RateLimited, ExchangeAway or BadWire."""
        return await self._repeat("GET", path, params=_params(query or {}))

    async def ask(self, path: str, body: object) -> Any:
        """A question that is asked by POST because it is long; it changes nothing, so it is repeated, too."""
        return await self._repeat("POST", path, json=body)

    async def _repeat(self, method: str, path: str, **more: Any) -> Any:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._options.attempts),
            wait=self._pause,
            retry=retry_if_exception(self._may_go_better),
            reraise=True,
        )
        return await retrying(self._once, method, path, **more)

    async def _once(self, method: str, path: str, **more: Any) -> Any:
        if (pause := limits.reserve(self._name, path)) > 0:
            await asyncio.sleep(pause)
        try:
            async with (
                asyncio.timeout(self._options.answer_seconds),
                self._client.stream(method, self._base_url + path, **more) as response,
            ):
                body = await self._body(response)
        except (httpx.HTTPError, TimeoutError) as error:
            said = str(error) or type(error).__name__
            raise ExchangeAway(f"{self._title} did not answer: {said[:200]}.") from error
        if response.status_code == httpx.codes.OK:
            return parse(body)
        raise self._fault(response, body)

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._options.max_body_bytes:
                raise BadWire(f"The answer is larger than {self._options.max_body_bytes:,} bytes.")
        return bytes(body)

    def _fault(self, response: httpx.Response, body: bytes) -> Exception:
        try:
            said = told_fault(parse(body))
        except BadWire:
            said = ""
        why = f" It says: “{said}”." if said else ""
        status = response.status_code
        if status == _TOO_MANY:
            asked = seconds_of(response.headers.get("retry-after", ""))
            return RateLimited(f"{self._title} wants fewer calls.{why}", retry_after_seconds=asked)
        if status == httpx.codes.NOT_FOUND:
            return MarketUnknown(f"{self._title} knows nothing of the kind.{why}")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == _TOO_EARLY:
            return ExchangeAway(f"{self._title} has a problem of its own (HTTP {status}).{why}")
        return ExchangeRefused(f"{self._title} refuses the question (HTTP {status}).{why}")

    def _may_go_better(self, error: BaseException) -> bool:
        if isinstance(error, RateLimited):
            return (error.retry_after_seconds or 0.0) <= self._options.longest_pause
        return isinstance(error, ExchangeAway)

    def _pause(self, state: RetryCallState) -> float:
        """As long as the exchange asks for, else longer each time; a little more, not to come in step."""
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.retry_after_seconds if isinstance(error, RateLimited) else None
        span = self._options.first_pause * 2.0 ** (state.attempt_number - 1)
        jitter = random.uniform(0.5, 1.0)  # noqa: S311
        grown = min(self._options.longest_pause, span) * jitter
        return grown if asked is None else asked + min(grown, self._options.first_pause)

    @property
    def _title(self) -> str:
        return f"Polymarket ({self._name})"


def segment(value: str) -> str:
    """A part of a path out of what people typed."""
    return quote(value, safe="")


def _params(query: Query) -> list[tuple[str, str]]:
    """None is left out, a list is a parameter for each of its items."""
    found: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None:
            continue
        if isinstance(value, bool):
            found.append((name, "true" if value else "false"))
        elif isinstance(value, str | int):
            found.append((name, str(value)))
        else:
            found += [(name, each) for each in value]
    return found
