"""Candles, detections, and what a detector is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candle:
    """One bar. ``time`` is when it opened, in seconds since 1970."""

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float = 0.0


@dataclass(frozen=True, slots=True)
class Candles:
    """Bars in the order of time, a column each: all of one length."""

    time: Times
    open: Numbers
    high: Numbers
    low: Numbers
    close: Numbers
    volume: Numbers

    def __len__(self) -> int:
        return len(self.time)

    def __iter__(self) -> Iterator[Candle]:
        columns = (self.time, self.open, self.high, self.low, self.close, self.volume)
        return (Candle(*row) for row in zip(*(column.tolist() for column in columns), strict=True))

    def head(self, count: int) -> Candles:
        """The first bars: what was known when the last of them closed."""
        return Candles(
            self.time[:count],
            self.open[:count],
            self.high[:count],
            self.low[:count],
            self.close[:count],
            self.volume[:count],
        )


@dataclass(frozen=True, slots=True)
class Detection:
    """One pattern that was seen. Bars are counted from 0.

    ``bar`` is where it lies, ``confirmed_at`` the bar with whose close it was known, ``price`` its level;
    ``top`` and ``bottom`` where it is a zone, ``origin`` the bar that the level comes from. ``direction`` is
    ``bullish`` or ``bearish``: where the pattern says that price goes.
    """

    kind: str
    direction: str
    bar: int
    price: float
    confirmed_at: int
    reason: str
    top: float | None = None
    bottom: float | None = None
    origin: int | None = None


class Detector(Protocol):
    """A detector that is given bars one by one, as they close."""

    def push(self, candle: Candle) -> list[Detection]:
        """What is known with this bar, and was not before."""
        ...


@dataclass(frozen=True, slots=True)
class Parameters:
    """What can be set of a detector.

    The metadata of each field holds ``help``, and of numbers ``least``, ``most`` and ``step``.
    """

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, bool):
                continue
            least, most = each.metadata["least"], each.metadata["most"]
            if not least <= value <= most:
                raise ValueError(f"{each.name} is between {least} and {most}, not {value}.")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A type of pattern: what it is called, what can be set, and how it is found.

    ``detect`` takes all bars at once and gives the same as ``stream``, which takes them one by one: ordered
    by ``confirmed_at``.
    """

    key: str
    name: str
    category: str
    kinds: tuple[str, ...]
    parameters: type[Parameters]
    detect: Callable[[Candles, Any], list[Detection]]
    stream: Callable[[Any], Detector]

    def read(self, values: Mapping[str, object]) -> Parameters:
        """Raises ValueError, in words, for names and values that there are not."""
        known = {each.name: each for each in fields(self.parameters)}
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ValueError(f"{self.name} has no parameter {unknown[0]!r}.")
        given = {name: _read(known[name].type, name, value) for name, value in values.items()}
        return self.parameters(**given)


def _read(kind: Any, name: str, value: object) -> int | float | bool:
    if kind == "bool" and isinstance(value, bool):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if kind == "float":
            return float(value)
        if kind == "int" and value == int(value):
            return int(value)
    words = {"bool": "true or false", "int": "a whole number", "float": "a number"}[kind]
    raise ValueError(f"{name} is {words}.")


def price(value: float) -> str:
    """As people read it: four digits behind the point at most below ten, two above."""
    return f"{value:,.2f}" if abs(value) >= 10 else f"{value:.5g}"
