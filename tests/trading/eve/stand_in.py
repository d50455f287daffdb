"""A local server that speaks ESI as far as it is asked: caches, pages, both kinds of limits, faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from orchestrator.core.clock import utc_now
from tests.stand_in import Answer, Received, StandIn, stand_in

CORPORATION = 98_000_001
FOUNDED = "2019-03-04T05:06:07Z"
Reply = Callable[[dict[str, str], Received], Answer]


def http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def answer(
    data: Any,
    *,
    etag: str = "",
    seconds: float = 300,
    at: datetime | None = None,
    pages: int = 0,
    more: dict[str, str] | None = None,
) -> Answer:
    """As ESI sends it: made at ``at``, good for ``seconds`` from now."""
    now = utc_now()
    told = {
        "content-type": "application/json",
        "expires": http_date(now + timedelta(seconds=seconds)),
        "last-modified": http_date(at or now),
        **(more or {}),
    }
    if etag:
        told["etag"] = etag
    if pages:
        told["x-pages"] = str(pages)
    return Answer(200, json.dumps(data).encode(), told)


def fault(status: int, error: str = "", **headers: str) -> Answer:
    told = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Answer(status, json.dumps({"error": error}).encode() if error else b"", told)


class Esi:
    """``replies`` by path; what is not there is 404. ``asked`` are paths with their queries, in order."""

    def __init__(self, server: StandIn) -> None:
        self.server = server
        self.replies: dict[str, Reply | Answer] = {}

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def asked(self) -> list[str]:
        return [each.path for each in self.server.received]

    def headers(self, at: int = -1) -> dict[str, str]:
        return self.server.received[at].headers

    def reply(self, request: Received) -> Answer:
        parts = urlsplit(request.path)
        found = self.replies.get(parts.path)
        if found is None:
            return fault(404, "Not found")
        return found if isinstance(found, Answer) else found(dict(parse_qsl(parts.query)), request)


@contextmanager
def esi_stand_in() -> Iterator[Esi]:
    made: list[Esi] = []

    def behave(request: Received) -> Answer:
        return made[0].reply(request)

    with stand_in(behave) as server:
        made.append(Esi(server))
        yield made[0]


def corporation(**other: Any) -> dict[str, Any]:
    return {
        "name": "Generated Industries",
        "ticker": "GNRTD",
        "member_count": 42,
        "tax_rate": 0.1,
        "ceo_id": 90_000_001,
        "creator_id": 90_000_001,
        "date_founded": FOUNDED,
        "a_field_of_tomorrow": [1],
        **other,
    }
