"""What people type to find a market: words, an address of Polymarket's site, a condition id, a token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

_SITE: Final = re.compile(r"(?:https?://)?(?:www\.)?polymarket\.com(?=[/?#]|$)", re.IGNORECASE)
_CONDITION: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_TOKEN: Final = re.compile(r"[0-9]{15,100}")
_SLUG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,299}")


class Kind(StrEnum):
    NOTHING = "nothing"
    WORDS = "words"
    EVENT = "event"
    MARKET = "market"
    CONDITION = "condition"
    TOKEN = "token"  # noqa: S105 - an outcome's, no secret
    NOWHERE = "nowhere"  # an address of the site that leads to no market


@dataclass(frozen=True, slots=True)
class Typed:
    """``value`` is the slug, id or words; ``event`` the slug that stood before that of a market."""

    kind: Kind
    value: str = ""
    event: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether it names something, rather than looks for it."""
        return self.kind not in (Kind.NOTHING, Kind.WORDS)


def read_typed(text: str) -> Typed:
    """``polymarket.com/event/<event>[/<market>]``, ``/market/<market>``, and of sports the last part."""
    text = text.strip()
    if not text:
        return Typed(Kind.NOTHING)
    if _CONDITION.fullmatch(text):
        return Typed(Kind.CONDITION, text.lower())
    if _TOKEN.fullmatch(text):
        return Typed(Kind.TOKEN, text)
    if site := _SITE.match(text):
        return _of_address(text[site.end() :])
    return Typed(Kind.WORDS, text)


def _of_address(rest: str) -> Typed:
    parts = [unquote(part) for part in urlsplit(rest).path.split("/") if part]
    slugs = parts if all(_SLUG.fullmatch(part) for part in parts) else []
    for number, part in enumerate(slugs):
        after = slugs[number + 1 :]
        if part == "event" and after:
            return Typed(Kind.MARKET, after[1], after[0]) if len(after) > 1 else Typed(Kind.EVENT, after[0])
        if part == "market" and after:
            return Typed(Kind.MARKET, after[0])
        if part in ("sports", "esports") and len(after) > 1:
            return Typed(Kind.EVENT, after[-1])
    return Typed(Kind.NOWHERE, rest)
