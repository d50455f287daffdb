"""Swings: bars whose high or low nothing around them reaches."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .base import Candle, Candles, Detection, Numbers, Parameters, Pattern, price

HIGH, LOW = "swing_high", "swing_low"


@dataclass(frozen=True, slots=True)
class SwingParameters(Parameters):
    left: int = field(
        default=5, metadata={"least": 1, "most": 100, "step": 1, "help": "Bars before that stay behind it"}
    )
    right: int = field(
        default=5, metadata={"least": 1, "most": 100, "step": 1, "help": "Bars after that do not pass it"}
    )
    least_move: float = field(
        default=0.0,
        metadata={
            "least": 0.0, "most": 0.5, "step": 0.001,
            "help": "Range of the bars around it, as a share of its price; smaller ones do not count",
        },
    )  # fmt: skip


def find_swings(candles: Candles, parameters: SwingParameters) -> list[Detection]:
    left, right = parameters.left, parameters.right
    if len(candles) < left + right + 1:
        return []
    high, low = candles.high, candles.low
    around = left + right + 1
    span = sliding_window_view(high, around).max(axis=1) - sliding_window_view(low, around).min(axis=1)
    highs = _peaks(high, left, right) & (span >= parameters.least_move * high[left : len(high) - right])
    lows = _peaks(-low, left, right) & (span >= parameters.least_move * low[left : len(low) - right])
    found = [(bar, True) for bar in (np.flatnonzero(highs) + left).tolist()]
    found += [(bar, False) for bar in (np.flatnonzero(lows) + left).tolist()]
    found.sort(key=lambda each: (each[0], not each[1]))
    levels = {True: high.tolist(), False: low.tolist()}
    return [_swing(bar, levels[is_high][bar], parameters, is_high=is_high) for bar, is_high in found]


def _peaks(values: Numbers, left: int, right: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Of the bars with enough neighbours: above all before, and below none after. Of a plateau the first."""
    here = values[left : len(values) - right]
    before = sliding_window_view(values, left).max(axis=1)[: len(here)]
    after = sliding_window_view(values[left + 1 :], right).max(axis=1)
    return np.asarray((here > before) & (here >= after))


def _swing(bar: int, level: float, parameters: SwingParameters, *, is_high: bool) -> Detection:
    name, above = ("high", "above") if is_high else ("low", "below")
    return Detection(
        kind=HIGH if is_high else LOW,
        direction="bearish" if is_high else "bullish",
        bar=bar,
        price=level,
        confirmed_at=bar + parameters.right,
        reason=f"The {name} {price(level)} stands {above} {parameters.left} bars before it, "
        f"and {parameters.right} bars after it did not pass it.",
    )


class SwingStream:
    """The same, bar by bar; the bars of one window are all that it keeps."""

    def __init__(self, parameters: SwingParameters) -> None:
        self._parameters = parameters
        self._window: deque[Candle] = deque(maxlen=parameters.left + parameters.right + 1)
        self._count = 0

    def push(self, candle: Candle) -> list[Detection]:
        self._window.append(candle)
        self._count += 1
        parameters, window = self._parameters, list(self._window)
        if len(window) < parameters.left + parameters.right + 1:
            return []
        bar, here = self._count - 1 - parameters.right, window[parameters.left]
        before, after = window[: parameters.left], window[parameters.left + 1 :]
        span = max(each.high for each in window) - min(each.low for each in window)
        found = []
        if (
            here.high > max(each.high for each in before)
            and here.high >= max(each.high for each in after)
            and span >= parameters.least_move * here.high
        ):
            found.append(_swing(bar, here.high, parameters, is_high=True))
        if (
            here.low < min(each.low for each in before)
            and here.low <= min(each.low for each in after)
            and span >= parameters.least_move * here.low
        ):
            found.append(_swing(bar, here.low, parameters, is_high=False))
        return found


SWINGS = Pattern(
    key="swings",
    name="Swings",
    category="price_action",
    kinds=(HIGH, LOW),
    parameters=SwingParameters,
    detect=find_swings,
    stream=SwingStream,
)
