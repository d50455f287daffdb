"""Draws a book's pages into the file: what stands where, in points from the upper left corner."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from fpdf import FPDF

from orchestrator.process.domain.book import Book, Photo
from orchestrator.process.output.blocks import Run, one_line, plain_blocks
from orchestrator.process.output.typesetting import OTHER, Line, Look, Typesetter, pages_of

PAGE: Final = (419.53, 595.28)  # A5
_WIDTH, _HEIGHT = PAGE
_SIDE, _TOP, _BOTTOM = 54.0, 60.0, 66.0
ROOM: Final = _WIDTH - 2 * _SIDE
TALL: Final = _HEIGHT - _TOP - _BOTTOM
_BASELINE: Final = 0.28
"""How far above the lower end of a line its letters stand, as a share of its height."""
_ENTRY: Final = Look(above=4)
_CONTENTS: Final = Look(size=16, leading=22, bold=True)
_GREY, _DOTS = 90, 150


class Drawing:
    """Pages in their order: title page, contents, then everything else."""

    def __init__(self, pdf: FPDF, setter: Typesetter) -> None:
        self._pdf, self._setter = pdf, setter
        self._links: list[int] = []

    def title_page(self, book: Book) -> None:
        """Of its own page, with the photo; the dedication has another."""
        self._pdf.add_page()
        title = self._centered(book.title, Look(size=26, leading=34, bold=True, align="center"))
        author = self._centered(book.author, Look(size=13, leading=20, above=14, align="center"))
        y = self.lines([*title[:8], *author[:3]], 100)
        if book.photo:
            self._photo(book.photo, y + 34)
        look = Look(size=11.5, leading=18, above=10, italic=True, align="center")
        dedication = [self._setter.lines(block.runs, look, ROOM) for block in plain_blocks(book.dedication)]
        for number, page in enumerate(pages_of(dedication, TALL - 110)):
            if page:
                self._pdf.add_page()
                self.lines(page, _TOP if number else 170)

    def contents(self, heading: str, parts: Sequence[tuple[str, int]]) -> None:
        """Titles with the pages where they begin; ``parts`` are titles and their numbers of pages."""
        if not parts:
            return
        head = self._setter.lines([Run(heading)], _CONTENTS, ROOM)
        entries = [self._setter.lines([Run(one_line(title) or "…")], _ENTRY, ROOM - 44) for title, _ in parts]
        for entry in entries:
            del entry[2:]
        entries[0][0].above = 18
        self._links = [self._pdf.add_link() for _ in parts]
        pages = pages_of([head, *([*entry] for entry in entries)], TALL)
        page = self._pdf.page_no() + len(pages) + 1
        last = {}
        for number, (entry, (_, count)) in enumerate(zip(entries, parts, strict=True)):
            last[id(entry[-1])] = (page, self._links[number])
            page += count
        for lines in pages:
            self._pdf.add_page()
            y = _TOP
            for line in lines:
                y = self.lines([line], y)
                if id(line) in last:
                    self._leader(line, y, *last[id(line)])

    def page(self, lines: list[Line], *, begins: str = "") -> None:
        """A page with its number. ``begins`` is the title of a part that begins on it."""
        pdf = self._pdf
        pdf.add_page()
        if begins:
            pdf.start_section(one_line(begins)[:300])
            if self._links:
                pdf.set_link(self._links.pop(0), page=pdf.page_no())
        self.lines(lines, _TOP)
        pdf.set_font("serif", "", 8.5)
        pdf.set_text_color(_GREY)
        number = str(pdf.page_no())
        pdf.text((_WIDTH - pdf.get_string_width(number)) / 2, _HEIGHT - 34, number)
        pdf.set_text_color(0)

    def lines(self, lines: Sequence[Line], y: float) -> float:
        """Draws them below this height. Answers where they end."""
        pdf = self._pdf
        font: tuple[str, float] | None = None
        for line in lines:
            look = line.look
            base = y + line.above + look.leading * (1 - _BASELINE)
            y += line.height
            x = self._begin(line)
            if line.mark:
                pdf.set_font("serif", "", look.size)
                font = None
                pdf.text(x - 5 - pdf.get_string_width(line.mark), base, line.mark)
            for style, text, width in line.pieces:
                if font != (style, look.size):
                    font = (style, look.size)
                    pdf.set_font(*((OTHER, "") if style == OTHER else ("serif", style)), look.size)
                pdf.text(x, base, text)
                x += width
        return y

    def _begin(self, line: Line) -> float:
        if line.look.align == "center":
            return _SIDE + (ROOM - line.width) / 2
        return _WIDTH - _SIDE - line.width if line.right_to_left else _SIDE + line.look.indent

    def _leader(self, line: Line, y: float, page: int, link: int) -> None:
        """Dots from the end of a title to its page."""
        pdf, number = self._pdf, str(page)
        base = y - line.look.leading * _BASELINE
        pdf.set_font("serif", "", line.look.size)
        wide, dot = pdf.get_string_width(number), pdf.get_string_width(". ")
        begin, end = self._begin(line) + line.width + 6, _WIDTH - _SIDE - wide
        pdf.text(end, base, number)
        dots = int((end - 6 - begin) // dot)
        pdf.set_text_color(_DOTS)
        if dots > 0:
            pdf.text(end - 6 - dots * dot, base, ". " * dots)
        pdf.set_text_color(0)
        pdf.link(_SIDE, y - line.look.leading, ROOM, line.look.leading, link)

    def _centered(self, text: str, look: Look) -> list[Line]:
        return self._setter.lines([Run(one_line(text))], look, ROOM)

    def _photo(self, photo: Photo, y: float) -> None:
        share = min(ROOM / photo.width, min(_HEIGHT - _BOTTOM - y, 270) / photo.height)
        wide = photo.width * share
        self._pdf.image(io.BytesIO(photo.data), x=(_WIDTH - wide) / 2, y=y, w=wide, h=photo.height * share)
