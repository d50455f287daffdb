"""Money, prices and sizes: exact decimals, and how they are rounded.

USDC and outcome tokens have six decimals. A price is USDC a token, between 0 and 1.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

CENT_OF_A_CENT: Final = Decimal("0.000001")
_PLACES: Final = -6
ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)


def exact(value: object) -> Decimal:
    """A finite decimal out of what the wire or a person sent. Raises ValueError for anything else.

    A float is read by its shortest text, so that 0.1 is a tenth.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"{value!r} is not a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    return number


def usdc(amount: Decimal) -> Decimal:
    """Rounded to what can be booked, half to even."""
    return amount.quantize(CENT_OF_A_CENT, ROUND_HALF_EVEN)


def usdc_up(amount: Decimal) -> Decimal:
    """Rounded up: what has to be paid or reserved at most."""
    return amount.quantize(CENT_OF_A_CENT, ROUND_CEILING)


def usdc_down(amount: Decimal) -> Decimal:
    """Rounded down: what is paid at least."""
    return amount.quantize(CENT_OF_A_CENT, ROUND_DOWN)


def tokens_down(size: Decimal) -> Decimal:
    """Rounded down: what can be bought for an amount, and booked. A size that needs no rounding stays as it
    is."""
    exponent = size.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= _PLACES:
        return size
    return size.quantize(CENT_OF_A_CENT, ROUND_DOWN)


def is_on_tick(price: Decimal, tick: Decimal) -> bool:
    return price % tick == 0
