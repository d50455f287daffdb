"""Questions to ESI: from the cache while they hold, by ETag afterwards, within both kinds of limits."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from orchestrator.core.clock import utc_now
from orchestrator.core.outgoing import USER_AGENT
from trading.eve import cache, limits
from trading.eve.answers import about_now, answer, fault, limited, parse, renewed, rows_of
from trading.eve.errors import BadEsi, EsiAway, EsiLimited, EsiUnknown

COMPATIBILITY_DATE: Final = "2026-11-01"
"""The day whose routes and shapes this client was written against; without it ESI answers as in 2020."""
_NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class EsiOptions:
    """``longest_pause``: where ESI wants a longer rest than that, it is told instead of waited for."""

    attempts: int = 3
    timeout_seconds: float = 20.0
    first_pause: float = 0.5
    longest_pause: float = 5.0
    max_body_bytes: int = 32 * 1024 * 1024
    page_rounds: int = 3
    most_pages: int = 400


@dataclass(frozen=True, slots=True)
class Told:
    """What ESI said. ``at`` is when it found that out, ``until`` when it would say something newer."""

    data: Any
    at: datetime
    until: datetime
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Consent:
    """A character's access token, and ``who`` it is in caches and limits. The token is in no text of it."""

    character_id: int
    token: str

    def __repr__(self) -> str:
        return f"Consent(character_id={self.character_id})"


class EsiHttp:
    """Of one thread. ``clock`` and ``sleep`` are for tests."""

    def __init__(self, base_url: str, contact: str, options: EsiOptions | None = None) -> None:
        self._options = options or EsiOptions()
        self._base_url = base_url.rstrip("/")
        self._client = httpx.Client(
            timeout=self._options.timeout_seconds,
            headers={
                "user-agent": f"{USER_AGENT} ({contact})" if contact else USER_AGENT,
                "accept": "application/json",
                "accept-language": "en",
                "x-compatibility-date": COMPATIBILITY_DATE,
            },
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def get(
        self,
        route: str,
        query: Mapping[str, int | str] | None = None,
        *,
        consent: Consent | None = None,
        **of: int,
    ) -> Told:
        """``route`` is the path with its names: ``/corporations/{corporation_id}``.

        Raises EsiAway, EsiLimited, EsiRefused, EsiUnknown, EsiForbidden, TokenRevoked or BadEsi.
        """
        kept = self._kept(route, query or {}, consent, of)
        return Told(parse(kept.body), kept.modified_at, kept.expires_at, kept.pages)

    def pages(
        self,
        route: str,
        query: Mapping[str, int | str] | None = None,
        *,
        consent: Consent | None = None,
        **of: int,
    ) -> Told:
        """All pages of a list, of one generation: ESI renews pages one by one, and half an old answer with
        half a new one counts some orders twice and others never. Raises what ``get`` raises."""
        for _ in range(self._options.page_rounds):
            first = self._kept(route, {**(query or {}), "page": 1}, consent, of)
            if first.pages > self._options.most_pages:
                raise BadEsi(
                    f"ESI announces {first.pages:,} pages; {self._options.most_pages} are read at most."
                )
            try:
                rest = [
                    self._kept(
                        route, {**(query or {}), "page": page}, consent, of, at_least=first.modified_at
                    )
                    for page in range(2, first.pages + 1)
                ]
            except EsiUnknown:  # the list has become shorter: its first page is of yesterday
                self._forget(route, {**(query or {}), "page": 1}, consent, of)
                continue
            found = [first, *rest]
            if len({(each.modified_at, each.pages) for each in found}) == 1:
                rows = [row for each in found for row in rows_of(each.body)]
                return Told(rows, first.modified_at, min(each.expires_at for each in found), first.pages)
            newest = max(each.modified_at for each in found)
            for page, each in enumerate(found, start=1):
                if each.modified_at < newest:
                    self._forget(route, {**(query or {}), "page": page}, consent, of)
        raise BadEsi(
            "The pages of ESI's answer changed while they were read, again and again. Try again later."
        )

    def post(self, route: str, body: object) -> Any:
        """A question that is asked by POST because it is long; it changes nothing and is not kept."""
        return parse(self._repeat("POST", route, self._base_url + route, {}, None, json=body)[1])

    def _url(self, route: str, query: Mapping[str, int | str], of: Mapping[str, int]) -> str:
        path = self._base_url + route.format(**of)
        return f"{path}?{urlencode(sorted(query.items()))}" if query else path

    def _forget(
        self, route: str, query: Mapping[str, int | str], consent: Consent | None, of: Mapping[str, int]
    ) -> None:
        cache.forget(cache.key_of(self._url(route, query, of), _who(consent)))

    def _kept(
        self,
        route: str,
        query: Mapping[str, int | str],
        consent: Consent | None,
        of: Mapping[str, int],
        at_least: datetime | None = None,
    ) -> cache.Kept:
        """From the cache if it holds, and is not older than ``at_least``."""
        url = self._url(route, query, of)
        key = cache.key_of(url, _who(consent))
        kept = cache.find(key)
        is_of_now = kept is not None and kept.expires_at > utc_now()
        if kept and is_of_now and (at_least is None or kept.modified_at >= at_least):
            return kept
        headers = {"if-none-match": kept.etag} if kept and kept.etag else {}
        response, body = self._repeat("GET", route, url, headers, consent)
        if response.status_code == httpx.codes.NOT_MODIFIED and kept:
            found = renewed(kept, response)
        else:
            found = answer(response, body)
        cache.keep(key, found)
        return found

    def _repeat(
        self,
        method: str,
        route: str,
        url: str,
        headers: Mapping[str, str],
        consent: Consent | None,
        **more: Any,
    ) -> tuple[httpx.Response, bytes]:
        retrying = Retrying(
            stop=stop_after_attempt(self._options.attempts),
            wait=self._pause,
            retry=retry_if_exception(self._may_go_better),
            sleep=time.sleep,
            reraise=True,
        )
        return retrying(self._once, method, route, url, headers, consent, **more)

    def _once(
        self,
        method: str,
        route: str,
        url: str,
        headers: Mapping[str, str],
        consent: Consent | None,
        **more: Any,
    ) -> tuple[httpx.Response, bytes]:
        who = _who(consent)
        if (rest := limits.rest_seconds(route, who)) > 0:
            raise limited(rest)
        signed = {**headers, "authorization": f"Bearer {consent.token}"} if consent else dict(headers)
        try:
            with self._client.stream(method, url, headers=signed, **more) as response:
                body = self._body(response)
        except httpx.HTTPError as error:
            raise EsiAway(f"ESI did not answer: {type(error).__name__}.{about_now()}") from error
        rest = limits.note(route, who, response.status_code, response.headers)
        if response.status_code in (httpx.codes.OK, httpx.codes.NOT_MODIFIED):
            return response, body
        raise fault(response.status_code, body, rest)

    def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._options.max_body_bytes:
                raise BadEsi(f"ESI's answer is larger than {self._options.max_body_bytes:,} bytes.")
        return bytes(body)

    def _may_go_better(self, error: BaseException) -> bool:
        if isinstance(error, EsiLimited):
            return error.retry_after_seconds <= self._options.longest_pause
        return isinstance(error, EsiAway)

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        grown = self._options.first_pause * 2.0 ** (state.attempt_number - 1) * random.uniform(0.5, 1.0)  # noqa: S311
        asked = error.retry_after_seconds if isinstance(error, EsiLimited) else 0.0
        return asked + min(grown, self._options.longest_pause)


def _who(consent: Consent | None) -> str:
    return str(consent.character_id) if consent else _NOBODY
