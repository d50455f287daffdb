"""Fair value gaps: three candles of which the outer two do not touch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .base import Candle, Candles, Detection, Numbers, Parameters, Pattern, price

_KIND = "fair_value_gap"
_BODIES = 10


@dataclass(frozen=True, slots=True)
class GapParameters(Parameters):
    least_size: float = field(
        default=0.0,
        metadata={
            "least": 0.0, "most": 0.2, "step": 0.0005, "help": "Height of the gap as a share of the price"
        },
    )  # fmt: skip
    displacement: float = field(
        default=0.0,
        metadata={
            "least": 0.0, "most": 10.0, "step": 0.25,
            "help": f"The middle candle's body as a multiple of the greatest of the {_BODIES} before; 0: any",
        },
    )  # fmt: skip


def find_gaps(candles: Candles, parameters: GapParameters) -> list[Detection]:
    if len(candles) < 3:
        return []
    high, low = candles.high, candles.low
    strong = _is_strong(np.abs(candles.close - candles.open), parameters)
    up, down = low[2:] - high[:-2], low[:-2] - high[2:]
    rising = (up > 0) & (up >= parameters.least_size * high[:-2]) & strong
    falling = (down > 0) & (down >= parameters.least_size * low[:-2]) & strong
    highs, lows = high.tolist(), low.tolist()
    return [
        _gap(first + 1, bottom=highs[first], top=lows[first + 2], up=True)
        if rising[first]
        else _gap(first + 1, bottom=highs[first + 2], top=lows[first], up=False)
        for first in np.flatnonzero(rising | falling).tolist()
    ]


def _is_strong(body: Numbers, parameters: GapParameters) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Of each middle candle; where there are not enough bars before it, of none but with any allowed."""
    middle = np.full(len(body) - 2, parameters.displacement == 0)
    if parameters.displacement and len(body) > _BODIES + 1:
        before = sliding_window_view(body, _BODIES).max(axis=1)[: len(body) - _BODIES - 1]
        middle[_BODIES - 1 :] = body[_BODIES:-1] >= parameters.displacement * before
    return middle


def _gap(bar: int, *, bottom: float, top: float, up: bool) -> Detection:
    upper, lower = (bar + 1, bar - 1) if up else (bar - 1, bar + 1)
    return Detection(
        kind=_KIND,
        direction="bullish" if up else "bearish",
        bar=bar,
        price=top if up else bottom,
        confirmed_at=bar + 1,
        reason=f"The low {price(top)} of bar {upper} stays above the high {price(bottom)} of bar {lower}: "
        "nothing was traded between.",
        top=top,
        bottom=bottom,
        origin=bar - 1,
    )


class GapStream:
    """The same, bar by bar."""

    def __init__(self, parameters: GapParameters) -> None:
        self._parameters = parameters
        self._bars: deque[Candle] = deque(maxlen=3)
        self._bodies: deque[float] = deque(maxlen=_BODIES + 2)
        self._count = 0

    def push(self, candle: Candle) -> list[Detection]:
        self._bars.append(candle)
        self._bodies.append(abs(candle.close - candle.open))
        self._count += 1
        if len(self._bars) < 3 or not self._is_strong():
            return []
        first, _, last = self._bars
        least = self._parameters.least_size
        if last.low > first.high and last.low - first.high >= least * first.high:
            return [_gap(self._count - 2, bottom=first.high, top=last.low, up=True)]
        if first.low > last.high and first.low - last.high >= least * first.low:
            return [_gap(self._count - 2, bottom=last.high, top=first.low, up=False)]
        return []

    def _is_strong(self) -> bool:
        wanted, bodies = self._parameters.displacement, list(self._bodies)
        if not wanted:
            return True
        return len(bodies) == _BODIES + 2 and bodies[-2] >= wanted * max(bodies[:_BODIES])


FAIR_VALUE_GAPS = Pattern(
    key="fair_value_gaps",
    name="Fair value gaps",
    category="imbalance",
    kinds=(_KIND,),
    parameters=GapParameters,
    detect=find_gaps,
    stream=GapStream,
)
