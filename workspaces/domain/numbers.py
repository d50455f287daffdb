"""How a file writes numbers: 1,234.5 or 1.234,5. A wrong guess would be a wrong price without an error."""

from __future__ import annotations

from collections.abc import Iterable


def has_decimal_comma(cells: Iterable[str]) -> bool:
    """By the first cell that can be read in one way only; 1,5 is, and 1,234 is not.

    Where none can: a single comma is a decimal one, as there would be no other price without thousands.
    """
    with_comma = False
    for cell in cells:
        if "," not in cell and "." not in cell:
            continue
        comma, dot = cell.rfind(","), cell.rfind(".")
        if comma >= 0 and dot >= 0:
            return comma > dot
        mark = "," if comma >= 0 else "."
        if cell.count(mark) > 1:  # only thousands are marked more than once
            return mark == "."
        if len(cell) - max(comma, dot) - 1 != 3:
            return mark == ","
        with_comma = with_comma or mark == ","
    return with_comma
