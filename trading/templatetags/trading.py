"""How money, prices and curves look on the pages of trading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from trading.domain.vocabulary import Mode

register = template.Library()

_DASH: Final = "\N{EN DASH}"
_MINUS: Final = "\N{MINUS SIGN}"
_WIDE: Final = 96
_HIGH: Final = 24
_MODES: Final = {Mode.BACKTEST: "Backtest", Mode.PAPER: "Paper", Mode.LIVE: "Live"}


@register.filter
def usdc(amount: Decimal | str | None) -> str:
    """An amount as people read it, ``1,234.50 USDC``; with all its digits where two say nothing of it."""
    if amount is None or amount == "":
        return _DASH
    number = Decimal(amount)
    return f"{_MINUS if number < 0 else ''}{_digits(abs(number))} USDC"


@register.filter
def gain(amount: Decimal | str | None) -> str:
    """The same of a profit or loss, always with its sign."""
    if amount is None or amount == "":
        return _DASH
    number = Decimal(amount)
    sign = "+" if number > 0 else _MINUS if number < 0 else ""
    return f"{sign}{_digits(abs(number))} USDC"


@register.filter
def gain_tone(amount: Decimal | str | None) -> str:
    """The CSS class of a profit or loss; the sign says it, too."""
    if amount is None or amount == "" or not Decimal(amount):
        return "tone-muted"
    return "tone-good" if Decimal(amount) > 0 else "tone-bad"


@register.filter
def plain(number: Decimal | str | None) -> str:
    """A price or size with the digits that it has, and no zeros after them."""
    if number is None or number == "":
        return _DASH
    text = f"{Decimal(number):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def price(number: Decimal | str | None) -> str:
    """A price with two decimals at least, so that prices stand below each other."""
    if number is None or number == "":
        return _DASH
    text = plain(number)
    return f"{Decimal(number):.2f}" if len(text.partition(".")[2]) < 2 else text


@register.filter
def percent(part: Decimal | str | float | None) -> str:
    """A share as ``12.3 %``, with its sign where it is below nothing."""
    if part is None or part == "":
        return _DASH
    return f"{rounded(Decimal(part) * 100, 1)} %"


@register.filter
def rounded(number: Decimal | str | float | None, places: int = 2) -> str:
    """A ratio in so many digits after the point; no sign before what rounds to nothing."""
    if number is None or number == "":
        return _DASH
    text = f"{Decimal(str(number)):.{places}f}"
    return text.replace("-", _MINUS if text.strip("-0.") else "")


@register.filter
def mode_name(mode: str) -> str:
    return _MODES[Mode(mode)]


@register.inclusion_tag("trading/_outcome_name.html")
def outcome_name(outcomes: Mapping[str, tuple[Any, Any]], token: str) -> dict[str, Any]:
    """The question and outcome of a token; the token itself where nothing is known of it."""
    return {"found": outcomes.get(token), "token": token}


@register.simple_tag
def sparkline(points: Sequence[Decimal], label: str) -> SafeString:
    """A curve as a small picture; ``label`` says in words what it shows. Nothing for fewer than two."""
    if len(points) < 2:
        return SafeString("")
    low, high = min(points), max(points)
    span = high - low or Decimal(1)
    step = Decimal(_WIDE - 4) / (len(points) - 1)
    places = " ".join(
        f"{2 + step * number:.1f},{_HIGH - 3 - (each - low) / span * (_HIGH - 6):.1f}"
        for number, each in enumerate(points)
    )
    return format_html(
        '<svg class="sparkline {}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polyline points="{}" /></svg>',
        gain_tone(points[-1] - points[0]),
        _WIDE,
        _HIGH,
        label,
        places,
    )


def _digits(number: Decimal) -> str:
    is_small = number and number < Decimal("0.01")
    return plain(number) if is_small else f"{number:,.2f}"
