"""Candles that nobody traded, for the demo and for measuring: the same for the same seed."""

from __future__ import annotations

from typing import Final

import numpy as np

from workspaces.domain.detectors import Candles

_TICK: Final = 0.01
_REGIME: Final = 80
"""Bars that a trend lasts, on the average."""


def made_up_candles(count: int, *, seed: int, start: int = 1_700_000_000, step: int = 3_600) -> Candles:
    """Trends that turn now and then, quiet and loud times, wicks, and now and then a jump."""
    dice = np.random.default_rng(seed)
    drift = np.repeat(dice.normal(0, 0.0012, count // _REGIME + 1), _REGIME)[:count]
    noise = np.exp(np.repeat(dice.normal(-6, 0.35, count // 40 + 1), 40)[:count])
    jumps = np.where(dice.random(count) < 0.01, dice.normal(0, 0.008, count), 0.0)
    moves = drift + dice.normal(0, 1, count) * noise + jumps
    close = 100 * np.exp(np.cumsum(moves - moves.mean() * 0.8))
    opened = np.concatenate([[100.0], close[:-1]])[:count]
    wick = noise * 0.8
    high = np.maximum(opened, close) * (1 + np.abs(dice.normal(0, 1, count)) * wick)
    low = np.minimum(opened, close) * (1 - np.abs(dice.normal(0, 1, count)) * wick)
    volume = np.round(dice.lognormal(6, 0.5, count) * (1 + np.abs(moves) / noise))
    times = start - start % step + np.arange(count, dtype=np.int64) * step
    o, h, lo, c = (np.maximum(np.round(each / _TICK) * _TICK, _TICK) for each in (opened, high, low, close))
    return Candles(times, o, np.maximum(h, np.maximum(o, c)), np.minimum(lo, np.minimum(o, c)), c, volume)
