"""How values look on pages: durations, sizes, statuses. Available in every template."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def duration(milliseconds: float | None) -> str:
    """``842 ms``, ``12.4 s``, ``3 min 20 s``, ``2 h 5 min``, ``4 d 1 h``; a dash for none."""
    if milliseconds is None:
        return "\N{EN DASH}"
    if milliseconds < 1:
        return "<1 ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    for small, large, size in (("s", "min", 60), ("min", "h", 60), ("h", "d", 24)):
        amount, rest = divmod(int(seconds), size)
        if amount < size or large == "d":
            return f"{amount} {large}" + (f" {rest} {small}" if rest else "")
        seconds = amount
    raise AssertionError("days have no upper bound")
