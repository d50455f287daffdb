"""Candles as they are stored, and as browsers read them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Final

import numpy as np

from workspaces.domain.detectors import Candles

_MOST_SECONDS: Final = 2**31 - 1
_DRAWN: Final = ("time", "open", "high", "low", "close")
_COLUMNS: Final = ("time", "open", "high", "low", "close", "volume")


def pack(candles: Candles) -> bytes:
    """A compressed NumPy archive, one array a column."""
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **{name: getattr(candles, name) for name in _COLUMNS})
    return file.getvalue()


def unpack(data: bytes | memoryview) -> Candles:
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return Candles(*(archive[name] for name in _COLUMNS))


def times_in(data: bytes | memoryview) -> np.ndarray:
    """When each bar opened, in seconds since 1970, the other columns left packed."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        times: np.ndarray = archive["time"]
        return times


def part(candles: Candles, first: int, last: int) -> Candles:
    """The bars ``first`` to ``last``, both included."""
    return Candles(*(getattr(candles, name)[first : last + 1] for name in _COLUMNS))


def columns_of(candles: Candles) -> bytes:
    """Time and prices, column after column, each value a little-endian double: browsers need not parse it."""
    return b"".join(getattr(candles, name).astype("<f8").tobytes() for name in _DRAWN)


def step_of(candles: Candles) -> int:
    """Seconds from one bar to the next, as they usually are; 0 of a single bar. Decades apart are as many as
    are stored."""
    return min(int(np.median(np.diff(candles.time))), _MOST_SECONDS) if len(candles) > 1 else 0


def span_of(candles: Candles) -> tuple[datetime, datetime]:
    """When the first and the last bar opened."""
    first, last = (datetime.fromtimestamp(int(candles.time[end]), UTC) for end in (0, -1))
    return first, last


def bars_between(candles: Candles, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """First and last bar that opened in this time, both ends included. The last lies before the first where
    there is none."""
    first = 0 if since is None else int(np.searchsorted(candles.time, since.timestamp(), "left"))
    last = len(candles) if until is None else int(np.searchsorted(candles.time, until.timestamp(), "right"))
    return first, last - 1
