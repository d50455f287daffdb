"""What changed in a text, word by word, for eyes: what stayed, what went and what came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from orchestrator.core import json
from orchestrator.core.json import Json

_TOKENS: Final = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_TOKENS: Final = 4_000
"""Beyond this the comparison would take seconds: the texts are shown whole."""


class Fate(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    fate: Fate
    text: str


def word_changes(before: Json, after: Json) -> list[Piece]:
    """Values other than texts are compared as JSON; None is nothing."""
    old, new = _TOKENS.findall(_text(before)), _TOKENS.findall(_text(after))
    if not old or not new or len(old) + len(new) > _MOST_TOKENS:
        return [*_piece(Fate.REMOVED, old), *_piece(Fate.ADDED, new)]
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces += _piece(Fate.SAME, old[a:b])
        else:
            pieces += [*_piece(Fate.REMOVED, old[a:b]), *_piece(Fate.ADDED, new[c:d])]
    return pieces


def _piece(fate: Fate, tokens: list[str]) -> list[Piece]:
    return [Piece(fate, "".join(tokens))] if tokens else []


def _text(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value).decode()
