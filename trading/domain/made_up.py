"""Markets that nobody traded: messages made from a seed, for demos, tests and benchmarks.

Each market has two outcomes whose prices mirror each other, a book of ten levels on either side, and times
that are calm or lean one way. The same seed gives the same messages on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from trading.domain.messages import Book, Level, Message, PriceChange, Resolved, Trade
from trading.domain.money import ONE
from trading.domain.vocabulary import Side

BEGINNING: Final = 1_767_225_600_000
"""2026-01-01 00:00 UTC, in milliseconds."""
DEPTH: Final = 10
_TICK: Final = Decimal("0.01")
_PRICES: Final = tuple(Decimal(cents) / 100 for cents in range(101))
_SUBJECTS: Final = (
    ("Politics", "Will the harbour bill pass its third reading?"),
    ("Sports", "Will the Lanterns win the northern cup?"),
    ("Politics", "Will the city council vote for the tram?"),
    ("Weather", "Will the first snow in Edgewater fall before December?"),
    ("Science", "Will the Heron probe land this year?"),
    ("Culture", "Will “The Quiet Mill” win the main prize?"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is to be made up: about ``messages`` of them, ``pace`` a second of market time."""

    seed: int
    messages: int
    markets: int = 3
    pace: float = 20.0
    resolves: bool = False


@dataclass(slots=True)
class _Market:
    id: str
    tokens: tuple[str, str]
    cents: int
    """The best bid of the first outcome; its best ask is a cent more."""
    lean: float = 0.0
    sizes: dict[tuple[Side, int], int] = field(default_factory=dict)
    """By side and cents of the first outcome. The second's book is its mirror."""


def made_up_markets(wanted: Wanted) -> list[dict[str, Any]]:
    """The markets of that tape, in the shape of ``Market`` rows."""
    found = []
    for number in range(wanted.markets):
        category, question = _SUBJECTS[number % len(_SUBJECTS)]
        round_ = number // len(_SUBJECTS)
        names = _ids(wanted.seed, number)
        found.append(
            {
                "condition_id": names[0],
                "question": f"{question}{f' ({round_ + 1})' if round_ else ''}",
                "category": category,
                "outcomes": [{"name": "Yes", "token": names[1]}, {"name": "No", "token": names[2]}],
                "tick_size": str(_TICK),
                "minimum_size": "5",
                "is_generated": True,
            }
        )
    return found


def made_up_messages(wanted: Wanted) -> Iterator[Message]:
    """The tape itself, in order of time. Books come first."""
    dice = random.Random(f"tape {wanted.seed}")  # noqa: S311 - nothing secret hangs on it
    markets = [_begin(dice, _ids(wanted.seed, number)) for number in range(wanted.markets)]
    at, made = float(BEGINNING), 0
    for market in markets:
        yield from _books(market, int(at))
        made += 2
    while made < wanted.messages:
        at += dice.expovariate(wanted.pace) * 1_000
        for message in _happen(dice, dice.choice(markets), int(at)):
            yield message
            made += 1
    if wanted.resolves:
        for market in markets:
            yield Resolved(int(at), market.id, market.tokens[0 if market.cents >= 50 else 1])


def _ids(seed: int, number: int) -> tuple[str, str, str]:
    """A condition and its two tokens. Marked as made up, so that none is taken for a real one."""
    base = f"generated-{seed}-{number}"
    return base, f"{base}-yes", f"{base}-no"


def _begin(dice: random.Random, names: tuple[str, str, str]) -> _Market:
    market = _Market(names[0], names[1:], dice.randint(25, 74))
    for away in range(DEPTH):
        for side in Side:
            market.sizes[side, _level(market, side, away)] = _size(dice, away)
    return market


def _level(market: _Market, side: Side, away: int) -> int:
    return market.cents - away if side is Side.BUY else market.cents + 1 + away


def _size(dice: random.Random, away: int) -> int:
    return dice.randint(20, 200) + 40 * away


def _books(market: _Market, at: int) -> Iterator[Message]:
    bids = sorted((cents for side, cents in market.sizes if side is Side.BUY), reverse=True)
    asks = sorted(cents for side, cents in market.sizes if side is Side.SELL)
    for mirrored, token in enumerate(market.tokens):
        yes = [Level(_PRICES[c], Decimal(market.sizes[Side.BUY, c])) for c in bids]
        no = [Level(_PRICES[c], Decimal(market.sizes[Side.SELL, c])) for c in asks]
        if mirrored:
            yes, no = [_mirror(level) for level in no], [_mirror(level) for level in yes]
        yield Book(at, token, market.id, tuple(yes), tuple(no))


def _mirror(level: Level) -> Level:
    return Level(ONE - level.price, level.size)


def _happen(dice: random.Random, market: _Market, at: int) -> Iterator[Message]:
    """One thing: a level changes, somebody trades, or the price moves on by a cent."""
    kind = dice.random()
    if kind < 0.10:
        yield from _move(dice, market, at)
        return
    side = dice.choice((Side.BUY, Side.SELL))
    if kind < 0.25:
        yield from _trade(dice, market, at, side)
        return
    cents = _level(market, side, min(int(dice.expovariate(0.5)), DEPTH - 1))
    if 0 < cents < 100:
        yield from _set(market, at, side, cents, _size(dice, 0))


def _trade(dice: random.Random, market: _Market, at: int, side: Side) -> Iterator[Message]:
    """``side`` is the taker's, who meets the best level of the other side and leaves something of it."""
    standing = Side.SELL if side is Side.BUY else Side.BUY
    cents = _level(market, standing, 0)
    there = market.sizes[standing, cents]
    size = max(1, int(there * dice.uniform(0.05, 0.6)))
    yield Trade(at, market.tokens[0], market.id, side, _PRICES[cents], Decimal(size))
    yield from _set(market, at, standing, cents, max(there - size, 1))


def _move(dice: random.Random, market: _Market, at: int) -> Iterator[Message]:
    """The best bid and ask go one cent up or down: what stands in the way goes, what is missing comes."""
    if dice.random() < 0.03:
        market.lean = dice.uniform(-0.45, 0.45)
    up = dice.random() < 0.5 + market.lean
    if not DEPTH < market.cents + (1 if up else -1) < 99 - DEPTH:
        market.lean = -market.lean
        return
    near, far = (Side.SELL, Side.BUY) if up else (Side.BUY, Side.SELL)
    best = _level(market, near, 0)
    yield from _set(market, at, near, best, 0)
    market.cents += 1 if up else -1
    yield from _set(market, at, far, _level(market, far, 0), _size(dice, 0))
    yield from _set(market, at, near, _level(market, near, DEPTH - 1), _size(dice, DEPTH))
    yield from _set(market, at, far, _level(market, far, DEPTH), 0)


def _set(market: _Market, at: int, side: Side, cents: int, size: int) -> Iterator[Message]:
    """A level of the first outcome, and its mirror of the second."""
    if size:
        market.sizes[side, cents] = size
    else:
        market.sizes.pop((side, cents), None)
    other = Side.SELL if side is Side.BUY else Side.BUY
    yield PriceChange(at, market.tokens[0], market.id, side, _PRICES[cents], Decimal(size))
    yield PriceChange(at, market.tokens[1], market.id, other, _PRICES[100 - cents], Decimal(size))
