"""Structure: where price breaks its last swing, with the trend (BOS) or against it (CHOCH)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .base import Candle, Candles, Detection, Parameters, Pattern, price
from .swings import HIGH, SwingParameters, SwingStream, find_swings

_BOS, _CHOCH = "bos", "choch"
_NAMES = {_BOS: "Break of structure", _CHOCH: "Change of character"}


@dataclass(frozen=True, slots=True)
class StructureParameters(Parameters):
    left: int = field(default=5, metadata={"least": 1, "most": 100, "step": 1, "help": "Bars before a swing"})
    right: int = field(default=5, metadata={"least": 1, "most": 100, "step": 1, "help": "Bars after a swing"})
    by_wick: bool = field(
        default=False, metadata={"help": "A wick beyond the level breaks it; otherwise only a close does"}
    )

    @property
    def swings(self) -> SwingParameters:
        return SwingParameters(left=self.left, right=self.right)


class Structure:
    """The last swing high and low that are still whole, and the trend that breaks made.

    A bar is held against what was known before it closed; swings that it confirms count from the next on.
    """

    def __init__(self, parameters: StructureParameters) -> None:
        self._by_wick = parameters.by_wick
        self._high: Detection | None = None
        self._low: Detection | None = None
        self._trend = ""

    def step(
        self, bar: int, high: float, low: float, close: float, swings: Iterable[Detection]
    ) -> Detection | None:
        """The break that this bar makes, if it makes one. Where it breaks both ways, its close decides."""
        top, bottom = (high, low) if self._by_wick else (close, close)
        up = self._high is not None and top > self._high.price
        down = self._low is not None and bottom < self._low.price
        if up and down:
            up = self._high is not None and self._low is not None and _is_nearer_top(close, high, low)
            down = not up
        found = None
        if up and self._high is not None:
            found, self._high = self._break(bar, self._high, "bullish"), None
        elif down and self._low is not None:
            found, self._low = self._break(bar, self._low, "bearish"), None
        for swing in swings:
            if swing.kind == HIGH:
                self._high = swing
            else:
                self._low = swing
        return found

    def _break(self, bar: int, swing: Detection, direction: str) -> Detection:
        kind = _CHOCH if self._trend and self._trend != direction else _BOS
        before, self._trend = self._trend, direction
        how = "A wick went" if self._by_wick else "A close went"
        where = "above the swing high" if direction == "bullish" else "below the swing low"
        trend = f"against the {before} trend" if kind == _CHOCH else f"with the {direction} trend"
        return Detection(
            kind=kind,
            direction=direction,
            bar=bar,
            price=swing.price,
            confirmed_at=bar,
            reason=f"{_NAMES[kind]}: {how.lower()} {where} {price(swing.price)} of bar {swing.bar}, {trend}.",
            origin=swing.bar,
        )


def _is_nearer_top(close: float, high: float, low: float) -> bool:
    return high - close <= close - low


def breaks_of(candles: Candles, parameters: StructureParameters) -> Iterator[Detection]:
    """All breaks, of both kinds."""
    structure, swings = Structure(parameters), iter(find_swings(candles, parameters.swings))
    following = next(swings, None)
    columns = (candles.high.tolist(), candles.low.tolist(), candles.close.tolist())
    for bar, (high, low, close) in enumerate(zip(*columns, strict=True)):
        confirmed = []
        while following is not None and following.confirmed_at == bar:
            confirmed.append(following)
            following = next(swings, None)
        found = structure.step(bar, high, low, close, confirmed)
        if found is not None:
            yield found


class BreakStream:
    """The same, bar by bar."""

    def __init__(self, parameters: StructureParameters) -> None:
        self._structure, self._swings = Structure(parameters), SwingStream(parameters.swings)
        self._bar = -1

    def push(self, candle: Candle) -> list[Detection]:
        self._bar += 1
        confirmed = self._swings.push(candle)
        found = self._structure.step(self._bar, candle.high, candle.low, candle.close, confirmed)
        return [found] if found is not None else []


class _OfKind:
    def __init__(self, kind: str, parameters: StructureParameters) -> None:
        self._kind, self._breaks = kind, BreakStream(parameters)

    def push(self, candle: Candle) -> list[Detection]:
        return [each for each in self._breaks.push(candle) if each.kind == self._kind]


def _pattern(kind: str) -> Pattern:
    return Pattern(
        key=kind,
        name=_NAMES[kind],
        category="price_action",
        kinds=(kind,),
        parameters=StructureParameters,
        detect=lambda candles, given: [each for each in breaks_of(candles, given) if each.kind == kind],
        stream=lambda given: _OfKind(kind, given),
    )


BOS, CHOCH = _pattern(_BOS), _pattern(_CHOCH)
