"""Indicators of a market: what they are, and how they are kept up message by message.

A value is exact to ten decimals, or None with the reason why it is not known. What is kept up gives the
same as the definition over all that was seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple

from trading.domain.book import OrderBook
from trading.domain.money import ZERO
from trading.domain.vocabulary import Side

_STEP: Final = Decimal("1e-10")
_BPS: Final = Decimal(10_000)


class Reading(NamedTuple):
    value: Decimal | None
    reason: str = ""


class Sample(NamedTuple):
    """A value as of a moment; None: it was not known then."""

    at: int
    value: Decimal | None


NOT_LONG_ENOUGH: Final = "the look-back is longer than what was seen"
UNKNOWN_NOW: Final = "there is no price now"
UNKNOWN_THEN: Final = "there was no price at the start of the look-back"


class Lookback:
    """The samples of a value, in the order of their moments, as far back as any indicator looks.

    The value of a moment is that of the last sample up to it. Of samples of one moment, the last counts.
    """

    __slots__ = ("_samples", "milliseconds")

    def __init__(self, milliseconds: int, samples: Iterable[Sample] = ()) -> None:
        if milliseconds <= 0:
            raise ValueError("A look-back is longer than nothing.")
        self.milliseconds = milliseconds
        self._samples: deque[Sample] = deque(samples)

    def add(self, at: int, value: Decimal | None) -> None:
        samples = self._samples
        if samples and samples[-1].at == at:
            samples.pop()
        samples.append(Sample(at, value))
        start = at - self.milliseconds
        while len(samples) > 1 and samples[1].at <= start:
            samples.popleft()

    def momentum(self) -> Reading:
        return momentum(self._samples, self.milliseconds)

    def volatility(self) -> Reading:
        return volatility(self._samples, self.milliseconds)

    def total(self) -> Decimal:
        """The sum of what was added within the look-back, its start left out."""
        start = self._samples[-1].at - self.milliseconds if self._samples else 0
        return sum((s.value for s in self._samples if s.at > start and s.value is not None), ZERO)

    def snapshot(self) -> list[list[Any]]:
        return [[at, None if value is None else str(value)] for at, value in self._samples]

    @classmethod
    def restore(cls, milliseconds: int, data: Iterable[Sequence[Any]]) -> Lookback:
        samples = (Sample(at, None if value is None else Decimal(value)) for at, value in data)
        return cls(milliseconds, samples)


def momentum(samples: Sequence[Sample], milliseconds: int) -> Reading:
    """The relative change of the last sample to the value one look-back before it."""
    if not samples or (now := samples[-1]).value is None:
        return Reading(None, UNKNOWN_NOW)
    start = now.at - milliseconds
    before = [sample for sample in samples if sample.at <= start]
    if not before:
        return Reading(None, NOT_LONG_ENOUGH)
    then = before[-1].value
    if not then:
        return Reading(None, UNKNOWN_THEN)
    return Reading(rounded((now.value - then) / then))


def volatility(samples: Sequence[Sample], milliseconds: int) -> Reading:
    """The sample standard deviation of the relative changes from one sample to the next in the look-back."""
    if not samples:
        return Reading(None, UNKNOWN_NOW)
    start = samples[-1].at - milliseconds
    known = [value for at, value in samples if at >= start and value]
    changes = [after / before - 1 for before, after in pairwise(known)]
    if len(changes) < 2:
        return Reading(None, "fewer than three prices were seen in the look-back")
    mean = sum(changes, ZERO) / len(changes)
    variance = sum(((change - mean) ** 2 for change in changes), ZERO) / (len(changes) - 1)
    return Reading(rounded(variance.sqrt()))


def spread(book: OrderBook) -> Reading:
    value = book.spread
    return Reading(value) if value is not None else Reading(None, _why_no_top(book))


def spread_bps(book: OrderBook) -> Reading:
    """The spread in hundredths of a percent of the mid."""
    value, mid = book.spread, book.mid
    if value is None or not mid:
        return Reading(None, _why_no_top(book))
    return Reading(rounded(value / mid * _BPS))


def imbalance(book: OrderBook, levels: int = 5) -> Reading:
    """From -1 (only offers) to 1 (only bids): bids less offers by both, on the best levels."""
    if not book.valid:
        return Reading(None, _why_no_top(book))
    bids, asks = book.depth(Side.BUY, levels), book.depth(Side.SELL, levels)
    if not bids + asks:
        return Reading(None, "the book is empty")
    return Reading(rounded((bids - asks) / (bids + asks)))


def rounded(value: Decimal) -> Decimal:
    return value.quantize(_STEP, ROUND_HALF_EVEN).normalize() + ZERO


def _why_no_top(book: OrderBook) -> str:
    if book.void:
        return book.void
    return "the book is crossed" if book.crossed else "one side of the book is empty"
