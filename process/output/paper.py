"""The paper that a book is printed on: size, margins, typefaces, page numbers, and how a paragraph is set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from fpdf import FPDF
from fpdf.bidi import auto_detect_base_direction
from fpdf.enums import MethodReturnValue, TextDirection, XPos, YPos
from fpdf.fonts import TTFFont

from process.output.blocks import Run

SIZE, LEADING = 10.5, 15.5
"""Of the text, in points."""
INSTEAD: Final = "\N{WHITE SQUARE}"
"""Stands where the typefaces have no picture for a character."""
_FONTS: Final = Path(__file__).parent.parent / "fonts"
_SANS: Final = _FONTS / "DejaVuSans.ttf"
_SERIFS: Final = {
    "": _FONTS / "DejaVuSerif.ttf",
    "B": _FONTS / "DejaVuSerif-Bold.ttf",
    "I": _FONTS / "DejaVuSerif-Italic.ttf",
    "BI": _FONTS / "DejaVuSerif-BoldItalic.ttf",
}
_JOINERS: Final = "\u200c\u200d"
_NEEDS_SHAPING: Final = re.compile("[\u0590-\u08ff\u200c\u200d\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters that run to the left or change their form: the others are set without a shaping engine."""
_SHAPING_COSTS: Final = 8
_BOLD, _ITALIC, _STRIKE, _UNDERLINE = ("\u2060" * 2, "\u2061" * 2, "\u2062" * 2, "\u2063" * 2)
_MOST_AT_ONCE: Final = 8_000
_GREY: Final = 90
_WIDEST, _GAP = 40.0, 5.0
"""Of the mark of an item, and what parts it from its text."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph is set, in points. ``italic`` turns emphasis round, as in quotes."""

    size: float = SIZE
    leading: float = LEADING
    indent: float = 0
    above: float = 0
    below: float = 0
    align: str = "L"
    bold: bool = False
    italic: bool = False
    keep: bool = False
    """Stays on one page with the beginning of what follows it."""


class Paper(FPDF):
    """A5. Emphasis is marked by characters that nobody can write, so that all text is only text."""

    MARKDOWN_BOLD_MARKER = _BOLD
    MARKDOWN_ITALICS_MARKER = _ITALIC
    MARKDOWN_STRIKETHROUGH_MARKER = _STRIKE
    MARKDOWN_UNDERLINE_MARKER = _UNDERLINE
    MARKDOWN_MARKERS = (_BOLD, _ITALIC, _STRIKE, _UNDERLINE)
    MARKDOWN_ESCAPE_CHARACTER = "\u2064"
    MARKDOWN_LINK_REGEX = re.compile("(?!)")

    def __init__(self) -> None:
        super().__init__(unit="pt", format=(419.53, 595.28))
        self.set_margins(54, 60, 54)
        self.set_auto_page_break(True, 66)
        self.c_margin = 0
        self.alias_nb_pages("")  # nothing that somebody writes is a number of pages
        for style, path in _SERIFS.items():
            self.add_font("serif", style, path)
        self.add_font("sans", "", _SANS)
        self.set_fallback_fonts(["sans"], exact_match=False)
        self.set_font("serif", "", SIZE)

    def footer(self) -> None:
        """The number of the page. Those before the first chapter have Roman ones, which are not printed."""
        number = self.get_page_label()
        if not number.isdecimal():
            return
        self.set_y(-44)
        self.set_font("serif", "", 8.5)
        self.set_text_color(_GREY)
        self.cell(0, 10, number, align="C")
        self.set_text_color(0)

    def paragraph(self, runs: Iterable[Run], look: Look, *, mark: str = "") -> None:
        """``mark`` stands before the first line, as that of an item of a list."""
        parts = [marked(part, look) for part in _parts(runs)]
        if not parts:
            return
        self.set_font("serif", "", look.size)
        turned = any(_NEEDS_SHAPING.search(part) for part in parts)
        self.set_text_shaping(turned)
        backwards = turned and auto_detect_base_direction(parts[0]) == TextDirection.RTL
        align = "R" if backwards and look.align == "L" else look.align
        left, room = self.l_margin + look.indent * (not backwards), self.epw - look.indent
        if self.y > self.t_margin:
            self.y += look.above
        if self.will_page_break(self._wanted(parts[0], look) if look.keep else look.leading):
            self.add_page()
        if mark:
            self.set_x(left + room + _GAP if backwards else left - _WIDEST)
            self.cell(_WIDEST - _GAP, look.leading, mark, align="L" if backwards else "R")
        for part in parts:
            self.set_x(left)
            self.multi_cell(
                room, look.leading, part, align=align, markdown=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )
        self.y += look.below

    def _wanted(self, text: str, look: Look) -> float:
        """How much must have room of what stays with what follows it: also two lines of that."""
        lines = self.multi_cell(
            self.epw - look.indent,
            look.leading,
            text,
            markdown=True,
            dry_run=True,
            output=MethodReturnValue.LINES,
        )
        height = len(cast(list[str], lines)) * look.leading
        return min(height, self.eph / 2) + look.below + 2 * LEADING

    def close(self) -> None:
        """Lets go of the files of the typefaces."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


def marked(runs: Iterable[Run], look: Look) -> str:
    """Text as the library takes it: characters of no width stand where emphasis begins and ends."""
    text, bold, italic = "", False, False
    for run in runs:
        for_bold, for_italic = run.bold or look.bold, run.italic != look.italic
        text += _BOLD * (for_bold != bold) + _ITALIC * (for_italic != italic) + shown(run.text)
        bold, italic = for_bold, for_italic
    return text


def _parts(runs: Iterable[Run]) -> list[list[Run]]:
    """Paragraphs that are not too long for the library, which takes time with the square of their length."""
    parts: list[list[Run]] = []
    room = 0
    for run in runs:
        text = run.text
        while text:
            if room <= 0:
                parts.append([])
                room = _MOST_AT_ONCE
            end = len(text) if len(text) <= room else text.rfind(" ", 0, room) + 1 or room
            parts[-1].append(Run(text[:end], run.bold, run.italic))
            room = room - end if end == len(text) else 0
            text = text[end:]
    return parts


def shown(text: str) -> str:
    """What is drawn for a text: boxes for what has no picture, nothing for what is never seen."""
    return text.translate(_TABLE)


def missing_in(text: str) -> set[str]:
    """Characters of a text that boxes stand for."""
    return {each for each in set(text) - {INSTEAD} if shown(each) == INSTEAD}


def effort_of(text: str) -> int:
    """How long a text takes, in characters of one without letters that must be joined or run to the left."""
    return len(text) * (_SHAPING_COSTS if _NEEDS_SHAPING.search(text) else 1)


class _Shown(dict[int, str | int | None]):
    """What is drawn for a character, worked out once for each."""

    def __missing__(self, code: int) -> str | int | None:
        kind = unicodedata.category(chr(code))
        drawn: str | int | None = code
        if kind == "Cf":
            drawn = code if chr(code) in _JOINERS else None
        elif code not in _known():
            drawn = " " if kind == "Zs" else None if kind in ("Mn", "Me", "Cc") else INSTEAD
        self[code] = drawn
        return drawn


@cache
def _known() -> frozenset[int]:
    """Characters that every style has a picture for; the sans stands in for all of them."""
    paper = Paper()
    paper.close()
    letters = {name: set(font.cmap) for name, font in paper.fonts.items() if isinstance(font, TTFFont)}
    return frozenset(letters.pop("sans") | set.intersection(*letters.values()))


_TABLE: Final = _Shown({ord("\t"): " ", ord("\n"): "\n", 0xAD: None})
