"""Liquidity: levels at which several swings ended, and bars that reach beyond one and close on this side."""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from .base import Candle, Candles, Detection, Parameters, Pattern, price
from .swings import HIGH, SwingParameters, SwingStream, find_swings

_POOL, _SWEEP = "liquidity_pool", "liquidity_sweep"


@dataclass(frozen=True, slots=True)
class LiquidityParameters(Parameters):
    left: int = field(default=5, metadata={"least": 1, "most": 100, "step": 1, "help": "Bars before a swing"})
    right: int = field(default=5, metadata={"least": 1, "most": 100, "step": 1, "help": "Bars after a swing"})
    tolerance: float = field(
        default=0.001,
        metadata={
            "least": 0.0, "most": 0.05, "step": 0.0005, "help": "How far equal levels may differ, as a share"
        },
    )  # fmt: skip
    memory: int = field(
        default=10, metadata={"least": 1, "most": 100, "step": 1, "help": "Earlier swings to compare with"}
    )

    @property
    def swings(self) -> SwingParameters:
        return SwingParameters(left=self.left, right=self.right)


class _Side:
    """The swings and pools above price, or those below it with all prices turned round."""

    def __init__(self, parameters: LiquidityParameters, *, is_above: bool) -> None:
        self._tolerance, self._is_above = parameters.tolerance, is_above
        self._swings: deque[Detection] = deque(maxlen=parameters.memory)
        self._nearest = math.inf
        self._pools: list[tuple[float, int]] = []
        """Level and bar of those that nothing has reached beyond, the nearest first."""

    def reach(self, bar: int, extreme: float, close: float) -> list[Detection]:
        """Pools that the bar goes beyond. Those beyond which it closes are gone without a word."""
        sign = 1 if self._is_above else -1
        swept = []
        while self._pools and self._pools[0][0] < sign * extreme:
            level, origin = self._pools.pop(0)
            if sign * close < level:
                swept.append(self._sweep(bar, sign * level, origin))
        if self._nearest < sign * extreme:
            whole = [each for each in self._swings if sign * each.price >= sign * extreme]
            self._swings = deque(whole, maxlen=self._swings.maxlen)
            self._nearest = min((sign * each.price for each in whole), default=math.inf)
        return swept

    def add(self, swing: Detection, confirmed_at: int) -> Detection | None:
        """The pool that the swing makes with an earlier one of the same level."""
        sign = 1 if self._is_above else -1
        near = [
            each for each in self._swings if abs(each.price - swing.price) <= self._tolerance * each.price
        ]
        self._swings.append(swing)
        self._nearest = min(sign * each.price for each in self._swings)
        if not near:
            return None
        level = max((each.price for each in (*near, swing)), key=lambda value: sign * value)
        insort(self._pools, (sign * level, swing.bar))
        side, name = ("above", "highs") if self._is_above else ("below", "lows")
        return Detection(
            kind=_POOL,
            direction="bullish" if self._is_above else "bearish",
            bar=swing.bar,
            price=level,
            confirmed_at=confirmed_at,
            reason=f"{len(near) + 1} swing {name} end at {price(level)}, the first at bar {near[0].bar}: "
            f"orders rest {side} them.",
            origin=near[0].bar,
        )

    def _sweep(self, bar: int, level: float, origin: int) -> Detection:
        beyond, back = ("above", "below") if self._is_above else ("below", "above")
        return Detection(
            kind=_SWEEP,
            direction="bearish" if self._is_above else "bullish",
            bar=bar,
            price=level,
            confirmed_at=bar,
            reason=f"The bar went {beyond} {price(level)}, where swings had ended, and closed {back} it.",
            origin=origin,
        )


class _Levels:
    def __init__(self, parameters: LiquidityParameters) -> None:
        self._above, self._below = _Side(parameters, is_above=True), _Side(parameters, is_above=False)

    def step(
        self, bar: int, high: float, low: float, close: float, swings: Iterable[Detection]
    ) -> list[Detection]:
        found = [*self._above.reach(bar, high, close), *self._below.reach(bar, low, close)]
        for swing in swings:
            side = self._above if swing.kind == HIGH else self._below
            pool = side.add(swing, bar)
            if pool is not None:
                found.append(pool)
        return found


def find_liquidity(candles: Candles, parameters: LiquidityParameters) -> list[Detection]:
    levels, swings = _Levels(parameters), deque(find_swings(candles, parameters.swings))
    found: list[Detection] = []
    columns = (candles.high.tolist(), candles.low.tolist(), candles.close.tolist())
    for bar, (high, low, close) in enumerate(zip(*columns, strict=True)):
        confirmed = []
        while swings and swings[0].confirmed_at == bar:
            confirmed.append(swings.popleft())
        found += levels.step(bar, high, low, close, confirmed)
    return found


class LiquidityStream:
    """The same, bar by bar."""

    def __init__(self, parameters: LiquidityParameters) -> None:
        self._levels, self._swings = _Levels(parameters), SwingStream(parameters.swings)
        self._bar = -1

    def push(self, candle: Candle) -> list[Detection]:
        self._bar += 1
        confirmed = self._swings.push(candle)
        return self._levels.step(self._bar, candle.high, candle.low, candle.close, confirmed)


LIQUIDITY = Pattern(
    key="liquidity",
    name="Liquidity",
    category="liquidity",
    kinds=(_POOL, _SWEEP),
    parameters=LiquidityParameters,
    detect=find_liquidity,
    stream=LiquidityStream,
)
