"""Order blocks: the last candle the other way before a move that breaks structure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from .base import Candle, Candles, Detection, Pattern, price
from .structure import BreakStream, StructureParameters, breaks_of

_KIND = "order_block"


@dataclass(frozen=True, slots=True)
class OrderBlockParameters(StructureParameters):
    lookback: int = field(
        default=20, metadata={"least": 1, "most": 200, "step": 1, "help": "Bars before the break to look at"}
    )
    body_only: bool = field(
        default=False, metadata={"help": "The zone is the candle's body; otherwise from its low to its high"}
    )


@dataclass(frozen=True, slots=True)
class _Bar:
    number: int
    open: float
    high: float
    low: float
    close: float


def find_order_blocks(candles: Candles, parameters: OrderBlockParameters) -> list[Detection]:
    columns = (candles.open.tolist(), candles.high.tolist(), candles.low.tolist(), candles.close.tolist())
    seen: set[tuple[int, str]] = set()
    found = []
    for each in breaks_of(candles, parameters):
        back = range(each.bar - 1, max(0, each.bar - parameters.lookback) - 1, -1)
        bars = (_Bar(number, *(column[number] for column in columns)) for number in back)
        block = _block(bars, each, parameters, seen)
        if block is not None:
            found.append(block)
    return found


def _block(
    bars: Iterable[_Bar], broken: Detection, parameters: OrderBlockParameters, seen: set[tuple[int, str]]
) -> Detection | None:
    """Each candle once a direction, however many breaks its move makes. ``bars`` go back from the break."""
    up = broken.direction == "bullish"
    bar = next((each for each in bars if _goes_other_way(each, up=up)), None)
    if bar is None or (bar.number, broken.direction) in seen:
        return None
    seen.add((bar.number, broken.direction))
    top = max(bar.open, bar.close) if parameters.body_only else bar.high
    bottom = min(bar.open, bar.close) if parameters.body_only else bar.low
    other = "falling" if up else "rising"
    return Detection(
        kind=_KIND,
        direction=broken.direction,
        bar=bar.number,
        price=top if up else bottom,
        confirmed_at=broken.bar,
        reason=f"The last {other} candle before the move that broke {price(broken.price)} "
        f"at bar {broken.bar}; its zone is {price(bottom)} to {price(top)}.",
        top=top,
        bottom=bottom,
        origin=broken.bar,
    )


def _goes_other_way(bar: _Bar, *, up: bool) -> bool:
    return bar.close < bar.open if up else bar.close > bar.open


class OrderBlockStream:
    """The same, bar by bar."""

    def __init__(self, parameters: OrderBlockParameters) -> None:
        self._parameters, self._breaks = parameters, BreakStream(parameters)
        self._bars: deque[_Bar] = deque(maxlen=parameters.lookback)
        self._seen: set[tuple[int, str]] = set()
        self._count = 0

    def push(self, candle: Candle) -> list[Detection]:
        blocks = [
            _block(reversed(self._bars), each, self._parameters, self._seen)
            for each in self._breaks.push(candle)
        ]
        self._bars.append(_Bar(self._count, candle.open, candle.high, candle.low, candle.close))
        self._count += 1
        return [block for block in blocks if block is not None]


ORDER_BLOCKS = Pattern(
    key="order_blocks",
    name="Order blocks",
    category="order_blocks",
    kinds=(_KIND,),
    parameters=OrderBlockParameters,
    detect=find_order_blocks,
    stream=OrderBlockStream,
)
