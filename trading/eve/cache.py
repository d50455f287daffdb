"""Answers of ESI in Redis, until they expire and beyond: for as long as their ETag may spare a transfer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import redis
import structlog

from orchestrator.core import json
from orchestrator.core.redis import redis_client

_PREFIX: Final = "orchestrator:esi:answer"
_KEPT_SECONDS: Final = 86_400
_MOST_BYTES: Final = 8 * 1024 * 1024

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it came. ``modified_at`` is when ESI made it, which is what its age counts from."""

    body: bytes
    etag: str
    modified_at: datetime
    expires_at: datetime
    pages: int


def key_of(url: str, who: str) -> str:
    """``who``: the character with whose consent it is asked, or nobody; what one may see, another may not."""
    return f"{_PREFIX}:{hashlib.sha256(f'{who} {url}'.encode()).hexdigest()}"


def find(key: str) -> Kept | None:
    try:
        found = redis_client().get(key)
    except redis.RedisError as error:
        log.warning("esi_cache_away", error=str(error))
        return None
    if not isinstance(found, bytes):
        return None
    head, _, body = found.partition(b"\n")
    told = json.loads(head)
    return Kept(
        body,
        told["etag"],
        datetime.fromisoformat(told["modified_at"]),
        datetime.fromisoformat(told["expires_at"]),
        told["pages"],
    )


def keep(key: str, answer: Kept) -> None:
    if len(answer.body) > _MOST_BYTES:
        return
    head = {
        "etag": answer.etag,
        "modified_at": answer.modified_at.isoformat(),
        "expires_at": answer.expires_at.isoformat(),
        "pages": answer.pages,
    }
    try:
        redis_client().set(key, json.dumps(head) + b"\n" + answer.body, ex=_KEPT_SECONDS)
    except redis.RedisError as error:
        log.warning("esi_cache_away", error=str(error))


def forget(key: str) -> None:
    """An answer that does not go with the others of its list; it is asked for as a whole."""
    try:
        redis_client().delete(key)
    except redis.RedisError as error:
        log.warning("esi_cache_away", error=str(error))
