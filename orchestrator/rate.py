"""What a rate is, and how one is written in a setting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FORM: Final = re.compile(r"(\d{1,9})\s*/\s*(s|sec|second|m|min|minute|h|hour|d|day)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in a window of so many seconds."""

    limit: int
    seconds: int


def parse_rate(text: str) -> Rate | None:
    """``600/min``; ``off`` is no limit. Raises ValueError."""
    if text.strip().lower() in ("off", "none", "0"):
        return None
    found = _FORM.fullmatch(text.strip().lower())
    if found is None or not int(found[1]):
        raise ValueError("Expected a number per second, minute, hour or day, such as 600/min, or off")
    return Rate(int(found[1]), _SECONDS[found[2][0]])
