"""Bars for tests: made by hand, or at random on a coarse grid, so that equal prices are frequent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from workspaces.domain.detectors import Candles

Row = tuple[float, float, float, float]
"""Open, high, low, close."""


def bars(rows: Sequence[Row]) -> Candles:
    opened, high, low, close = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    times = np.arange(len(rows), dtype=np.int64) * 60
    return Candles(times, opened, high, low, close, np.ones(len(rows)))


def closes(*values: float) -> Candles:
    """Bars without wicks, each from the close before to its own."""
    before = (values[0], *values[:-1])
    return bars([(a, max(a, b), min(a, b), b) for a, b in zip(before, values, strict=True)])


@st.composite
def random_bars(draw: st.DrawFn, *, most: int = 80) -> Candles:
    steps = draw(st.lists(st.tuples(*[st.integers(-4, 4)] * 2, *[st.integers(0, 3)] * 2), max_size=most))
    rows, close = [], 100
    for jump, move, up, down in steps:
        opened = close + jump
        close = max(opened + move, 10)
        rows.append((opened, max(opened, close) + up, min(opened, close) - down, close))
    return bars([tuple(float(each) for each in row) for row in rows])  # type: ignore[misc]
