"""Lines and pages of a printed book, worked out before any of it is drawn.

The library that writes the file breaks lines letter by letter, at 20,000 words a second. Here a word is
measured once however often it comes, and a page is a plain list, so that nobody's last line stands alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from orchestrator.process.output.blocks import Run

STYLES: Final = ("", "B", "I", "BI")
"""As the library calls them: regular, bold, italic, both."""
OTHER: Final = "sans"
"""The style of words with letters that only the other typeface has, such as Hebrew ones."""
INSTEAD: Final = "\N{WHITE SQUARE}"
"""Stands where the font has no picture for a character."""
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

Piece = tuple[str, str]
"""A style and a text."""
_Word = tuple[float, tuple[Piece, ...]]


def style_of(run: Run, *, italic: bool = False) -> str:
    return ("B" if run.bold else "") + ("I" if run.italic != italic else "")


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph is set, in points. ``italic`` turns emphasis round, as in quotes."""

    size: float = 10.5
    leading: float = 15.5
    indent: float = 0
    above: float = 0
    align: str = "left"
    bold: bool = False
    italic: bool = False
    keep: bool = False
    """Stays on one page with what follows it."""


@dataclass(slots=True)
class Line:
    """``right_to_left`` lines end at the left. ``mark`` stands before the line, of an item of a list."""

    pieces: list[tuple[str, str, float]]
    look: Look
    above: float = 0
    below: float = 0
    mark: str = ""
    keep: bool = False
    right_to_left: bool = False

    @property
    def height(self) -> float:
        return self.above + self.look.leading + self.below

    @property
    def width(self) -> float:
        return sum(width for _, _, width in self.pieces)


class Shown(dict[int, str | int | None]):
    """What is drawn for a character: itself, nothing for what is never seen, or a box; boxes are noted.

    ``foreign`` are those met that stand in the other typeface only.
    """

    def __init__(self, known: Mapping[int, object], other: Mapping[int, object], missing: set[str]) -> None:
        super().__init__({ord("\t"): " ", 0xAD: None})
        self._known, self._other, self._missing = known, other, missing
        self.foreign: set[str] = set()

    def __missing__(self, code: int) -> str | int | None:
        character = chr(code)
        shown: str | int | None = code
        if code not in self._known and code in self._other:
            self.foreign.add(character)
        elif code not in self._known and character != "\n":
            kind = unicodedata.category(character)
            shown = " " if kind == "Zs" else None if kind in ("Cf", "Mn", "Me", "Cc") else INSTEAD
            if shown == INSTEAD:
                self._missing.add(character)
        elif unicodedata.category(character) == "Cf":
            shown = None
        self[code] = shown
        return shown


@dataclass(slots=True)
class Typesetter:
    """``widths`` are thousandths of the size by style and character; ``reorder`` turns a line to be read."""

    widths: Mapping[str, Mapping[int, float]]
    reorder: Callable[[str], str]
    missing: set[str] = field(default_factory=set)
    _shown: dict[str, Shown] = field(default_factory=dict)
    _known: dict[Piece, float] = field(default_factory=dict)

    def width(self, style: str, text: str) -> float:
        """In thousandths of the size."""
        known = self._known.get((style, text))
        if known is None:
            widths = self.widths[style]
            known = self._known[style, text] = sum(widths[ord(each)] for each in text)
        return known

    def lines(self, runs: Sequence[Run], look: Look, room: float, *, mark: str = "") -> list[Line]:
        """A paragraph in lines of at most so many points; its own line breaks stay."""
        room = (room - look.indent) * 1000 / look.size
        found = [
            self._line(words, look)
            for part in _parts(runs)
            for words in self._broken(self._words(part, look), room)
        ]
        if found:
            found[0].above, found[0].mark = look.above, mark
            for line in found if look.keep else found[:1]:
                line.keep = look.keep
        return found

    def _words(self, runs: Iterable[Run], look: Look) -> Iterator[_Word]:
        """What is not parted by a space, in one style or several."""
        width = 0.0
        pieces: list[Piece] = []
        for run in runs:
            style = style_of(Run("", run.bold or look.bold, run.italic), italic=look.italic)
            first, *others = self.drawn(style, run.text).split(" ")
            foreign = self._shown[style].foreign
            if first:
                of = style if foreign.isdisjoint(first) else OTHER
                pieces.append((of, first))
                width += self.width(of, first)
            for word in others:
                if pieces:
                    yield width, tuple(pieces)
                of = style if foreign.isdisjoint(word) else OTHER
                width, pieces = (self.width(of, word), [(of, word)]) if word else (0.0, [])
        if pieces:
            yield width, tuple(pieces)

    def drawn(self, style: str, text: str) -> str:
        shown = self._shown.get(style)
        if shown is None:
            other = self.widths.get(OTHER, {})
            shown = self._shown[style] = Shown(self.widths[style], other, self.missing)
        return text.translate(shown)

    def _broken(self, words: Iterable[_Word], room: float) -> Iterator[list[_Word]]:
        line: list[_Word] = []
        taken = 0.0
        for word in words:
            after = taken + word[0] + (self.widths[word[1][0][0]][32] if line else 0)
            if after <= room:
                line.append(word)
                taken = after
                continue
            if line:
                yield line
            *whole, last = self._cut(word, room) if word[0] > room else [word]
            for part in whole:
                yield [part]
            line, taken = [last], last[0]
        if line:
            yield line

    def _cut(self, word: _Word, room: float) -> list[_Word]:
        """A word that is wider than a line, in parts that are not; never before an accent."""
        parts: list[_Word] = []
        width, text = 0.0, ""
        pieces: list[Piece] = []
        for style, whole in word[1]:
            for character in whole:
                wide = self.widths[style][ord(character)]
                if width + wide > room and (text or pieces) and not unicodedata.combining(character):
                    parts.append((width, (*pieces, (style, text)) if text else tuple(pieces)))
                    width, pieces, text = 0.0, [], ""
                text += character
                width += wide
            pieces, text = [*pieces, (style, text)], ""
        return [*parts, (width, tuple(pieces))]

    def _line(self, words: list[_Word], look: Look) -> Line:
        """Neighbours of one style are drawn at once."""
        joined: list[list[str]] = []
        for place, (_, pieces) in enumerate(words):
            for number, (style, text) in enumerate(pieces):
                space = " " if place and not number else ""
                if joined and joined[-1][0] == style:
                    joined[-1][1] += space + text
                else:
                    joined.append([style, space + text])
        turned = any(_RIGHT_TO_LEFT.search(text) for _, text in joined)
        if turned:
            joined = [[style, self.reorder(text)] for style, text in joined]
        backwards = bool(joined) and turned and _begins_right(words)
        each = reversed(joined) if backwards else joined
        scale = look.size / 1000
        drawn = [(style, text, self._line_width(style, text) * scale) for style, text in each]
        return Line(drawn, look, right_to_left=backwards)

    def _line_width(self, style: str, text: str) -> float:
        space = self.widths[style][32]
        words = text.split(" ")
        return sum(self.width(style, word) for word in words if word) + space * (len(words) - 1)


def _begins_right(words: list[_Word]) -> bool:
    """Whether the first letter that has a direction is one of those that run to the left."""
    for _, pieces in words:
        for _, text in pieces:
            for character in text:
                way = unicodedata.bidirectional(character)
                if way in ("L", "R", "AL"):
                    return way != "L"
    return False


def _parts(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Runs between the line breaks of a paragraph."""
    part: list[Run] = []
    for run in runs:
        first, *others = run.text.split("\n")
        part.append(Run(first, run.bold, run.italic))
        for text in others:
            yield part
            part = [Run(text, run.bold, run.italic)]
    yield part


def pages_of(paragraphs: Iterable[list[Line]], height: float) -> list[list[Line]]:
    """Fills pages. Two lines of a paragraph at least stand together, and a heading with what follows it."""
    pages: list[list[Line]] = [[]]
    left = height
    for together in _inseparable(paragraphs):
        needed = sum(line.height for line in together)
        if needed > left and pages[-1]:
            pages.append([])
            left = height
        for line in together:
            if line.height > left and pages[-1]:  # more than a page of what should stand together
                pages.append([])
                left = height
            if not pages[-1]:
                line.above = 0
            pages[-1].append(line)
            left -= line.height
    return pages


def _inseparable(paragraphs: Iterable[list[Line]]) -> Iterator[list[Line]]:
    held: list[Line] = []
    for lines in paragraphs:
        if not lines:
            continue
        if lines[0].keep:
            held += lines
            continue
        first, middle, last = (lines, [], []) if len(lines) < 4 else (lines[:2], lines[2:-2], lines[-2:])
        yield held + first
        held = []
        yield from ([line] for line in middle)
        if last:
            yield last
    if held:
        yield held
