"""When ESI may be called again: what it said about its two kinds of limits, shared by all processes.

Newer routes have a budget of tokens for each group of routes and each application and character
(``X-Ratelimit-*``); older ones share one count of errors, and past it every route answers 420
(``X-ESI-Error-Limit-*``). What was said is kept in Redis; without Redis each call is made and told off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from threading import Lock
from typing import Final

import redis
import structlog

from orchestrator.core.outgoing import seconds_of
from orchestrator.core.redis import redis_client

_PREFIX: Final = "orchestrator:esi:rest"
_GROUPS: Final = "orchestrator:esi:groups"
"""Which route belongs to which group, as ESI told any process."""
_ERRORS: Final = "errors"
_FEWEST_ERRORS: Final = 10
"""Left of the hundred that a minute has: others call from this address, too."""
_FEWEST_TOKENS: Final = 15
"""Three refusals cost as much."""
_LONGEST: Final = 3_600.0
_USUAL: Final = 60.0
_LIMIT: Final = re.compile(r"(\d{1,9})/(\d{1,5})([smh])", re.ASCII)
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600}

_groups: dict[str, str] = {}
_lock = Lock()

log = structlog.get_logger(__name__)


def rest_seconds(route: str, who: str) -> float:
    """How long no call of this route is to be made for ``who``; 0: it may be made."""
    group = _group_of(route)
    keys = [_key(_ERRORS), *([_key(group, who)] if group else [])]
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.pttl(key)
            return max(0.0, *(float(left) / 1_000 for left in pipe.execute()))
    except redis.RedisError as error:
        log.warning("esi_limits_unknown", error=str(error))
        return 0.0


def note(route: str, who: str, status: int, headers: Mapping[str, str]) -> float:
    """Take in what an answer says of the limits: for how many seconds to rest, 0 for none."""
    group = headers.get("x-ratelimit-group", "")[:100]
    if group:
        _learn(route, group)
    rest, key = 0.0, _key(group or route, who)
    if status == 420:
        rest, key = _number(headers.get("x-esi-error-limit-reset")) or _USUAL, _key(_ERRORS)
    elif status == 429:
        rest = seconds_of(headers.get("retry-after", "")) or _USUAL
        if not group:
            _learn(route, route)
    elif (left := _number(headers.get("x-esi-error-limit-remain"))) is not None and left < _FEWEST_ERRORS:
        rest, key = _number(headers.get("x-esi-error-limit-reset")) or _USUAL, _key(_ERRORS)
    elif (left := _number(headers.get("x-ratelimit-remaining"))) is not None and left < _FEWEST_TOKENS:
        rest = _refill_seconds(headers.get("x-ratelimit-limit", ""))
    rest = min(rest, _LONGEST)
    if rest > 0:
        _keep(key, rest)
    return rest


def forget_groups() -> None:
    """As a process that has just begun."""
    with _lock:
        _groups.clear()


def _group_of(route: str) -> str:
    """What any process was told of it; empty where nobody was told yet."""
    with _lock:
        known = _groups.get(route)
    if known is not None:
        return known
    try:
        told = redis_client().hget(_GROUPS, route)
    except redis.RedisError:
        return ""
    group = told.decode() if isinstance(told, bytes) else ""
    if group:
        with _lock:
            _groups[route] = group
    return group


def _learn(route: str, group: str) -> None:
    with _lock:
        if _groups.get(route) == group:
            return
        _groups[route] = group
    try:
        redis_client().hset(_GROUPS, route, group)
    except redis.RedisError as error:
        log.warning("esi_limits_not_kept", error=str(error))


def _refill_seconds(limit: str) -> float:
    """How long the window takes, in the mean, to give back what a few calls cost; of ``150/15m``."""
    found = _LIMIT.fullmatch(limit.strip())
    if found is None or not int(found[1]):
        return _USUAL
    return max(1.0, int(found[2]) * _UNITS[found[3]] * _FEWEST_TOKENS / int(found[1]))


def _keep(key: str, seconds: float) -> None:
    try:
        redis_client().set(key, 1, px=max(1, int(seconds * 1_000)))
    except redis.RedisError as error:
        log.warning("esi_limits_not_kept", error=str(error))


def _key(*parts: str) -> str:
    return ":".join((_PREFIX, *parts))


def _number(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
