"""Fees as a value: the rate of a market, the curve it follows, and who pays.

Polymarket's second exchange takes ``size x rate x (p x (1 - p)) ^ exponent`` in USDC, from takers, rounded
down to five decimals (https://docs.polymarket.com/trading/fees); its first one
``size x rate x min(p, 1 - p)``. Either is nothing near 0 and 1 and most in the middle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any, Final

from trading.domain.markets import Fees
from trading.domain.money import ONE, ZERO, exact

_STEP: Final = Decimal("0.00001")
_BPS: Final = Decimal(10_000)


class FeeCurve(StrEnum):
    PRODUCT = "product"  # (p x (1 - p)) ^ exponent
    MINIMUM = "minimum"  # min(p, 1 - p)


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """``rate`` is a share from 0 to below 1, ``exponent`` from 1.

    So a token at a dearer price never costs less with its fee, and what is reserved at a limit is enough
    for any better price.
    """

    rate: Decimal = ZERO
    curve: FeeCurve = FeeCurve.PRODUCT
    exponent: int = 1
    takers_only: bool = True

    def __post_init__(self) -> None:
        if not ZERO <= self.rate < ONE:
            raise ValueError(f"A fee rate of {self.rate} is not from 0 to below 1.")
        if self.exponent < 1:
            raise ValueError(f"A fee exponent of {self.exponent} is below 1.")

    @classmethod
    def bps(cls, rate: int | str | Decimal, curve: FeeCurve = FeeCurve.MINIMUM) -> FeeSchedule:
        """By a rate in hundredths of a percent."""
        return cls(rate=exact(rate) / _BPS, curve=curve)

    @classmethod
    def of(cls, fees: Fees) -> FeeSchedule:
        """Of a market as the exchange tells it: nothing where it names no rate. Base fees in bps are what an
        order once signed for, not what is charged. An exponent between two is read as the dearer one."""
        if not fees.enabled or not fees.rate:
            return cls()
        return cls(rate=fees.rate, exponent=max(1, int(fees.exponent or 1)))

    def per_token(self, price: Decimal, *, taker: bool) -> Decimal:
        """Not rounded."""
        if not self.rate or (self.takers_only and not taker):
            return ZERO
        if self.curve is FeeCurve.MINIMUM:
            return self.rate * min(price, ONE - price)
        return self.rate * (price * (ONE - price)) ** self.exponent

    def fee(self, price: Decimal, size: Decimal, *, taker: bool) -> Decimal:
        """What a fill pays in USDC, in whole hundred-thousandths."""
        return (self.per_token(price, taker=taker) * size).quantize(_STEP, ROUND_DOWN)

    def snapshot(self) -> dict[str, Any]:
        return {
            "rate": str(self.rate),
            "curve": self.curve.value,
            "exponent": self.exponent,
            "takers_only": self.takers_only,
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any]) -> FeeSchedule:
        return cls(Decimal(data["rate"]), FeeCurve(data["curve"]), data["exponent"], data["takers_only"])


FREE: Final = FeeSchedule()
