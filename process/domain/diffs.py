"""What differs between two texts, word by word, for eyes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

_WORDS: Final = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
"""A word with the blanks after it: blanks by themselves would be compared with each other, without end."""
_SENTENCES: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
_MOST_WORDS: Final = 10_000
"""Beyond this the comparison would take seconds: what changed is shown whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is in both, only in the older one, or only in the newer one."""

    change: Literal["same", "gone", "new"]
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """Without the new pieces it is the old text, without those that are gone the new one.

    Sentences are matched first, so that long texts stay quick; within those that changed, words are.
    """
    pieces: list[Piece] = []
    for before, after in _stretches(_cut(old, _SENTENCES), _cut(new, _SENTENCES)):
        if before == after:
            pieces.append(Piece("same", "".join(before)))
            continue
        words = _WORDS.findall("".join(before)), _WORDS.findall("".join(after))
        changed = _stretches(*words) if sum(map(len, words)) <= _MOST_WORDS else iter([words])
        for gone, come in changed:
            if gone == come:
                pieces.append(Piece("same", "".join(gone)))
                continue
            pieces += [Piece("gone", "".join(gone))] if gone else []
            pieces += [Piece("new", "".join(come))] if come else []
    return list(_joined(pieces))


def _stretches(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    for _, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        yield old[a:b], new[c:d]


def _cut(text: str, ends: re.Pattern[str]) -> list[str]:
    """All of the text, cut after each end."""
    parts, at = [], 0
    for match in ends.finditer(text):
        parts.append(text[at : match.end()])
        at = match.end()
    return [*parts, text[at:]] if at < len(text) else parts


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Neighbours of the same kind as one."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and last.change == piece.change:
            last = Piece(last.change, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
