"""A book as a PDF: title page, contents that lead somewhere, chapters, page numbers, bookmarks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF, fonts
from fpdf.bidi import BidiParagraph
from fpdf.enums import PageMode

from orchestrator.process.domain.book import Book, words_of
from orchestrator.process.output.blocks import Block, Kind, Run, blocks_of, clean, one_line, plain_blocks
from orchestrator.process.output.drawing import PAGE, ROOM, TALL, Drawing
from orchestrator.process.output.typesetting import (
    INSTEAD,
    OTHER,
    STYLES,
    Line,
    Look,
    Typesetter,
    pages_of,
)

_FONTS: Final = Path(__file__).parent.parent / "fonts"
_FILES: Final = {"": "", "B": "-Bold", "I": "-Italic", "BI": "-BoldItalic"}
_TEXT: Final = Look(above=5)
_TITLE: Final = Look(size=20, leading=27, bold=True, keep=True)
_HEADINGS: Final = (
    Look(size=13, leading=18, above=16, bold=True, keep=True),
    Look(size=11.5, leading=16, above=13, bold=True, keep=True),
    Look(above=11, italic=True, keep=True),
)
_QUESTION: Final = Look(above=14, italic=True, keep=True, size=9.5, leading=14)
_MOST_NAMED: Final = 60


@dataclass(frozen=True, slots=True)
class _Part:
    """A chapter, or what takes the place of one, in pages."""

    title: str
    pages: list[list[Line]]


def book_as_pdf(book: Book) -> bytes:
    """Characters that the font has no picture for are boxes; a note at the end says which they were."""
    with _file(book) as pdf:
        return _drawn(pdf, book)


def _drawn(pdf: FPDF, book: Book) -> bytes:
    setter = _setter(pdf)
    parts = [
        _Part(chapter.title, _pages(setter, chapter.title, map_lines(setter, blocks_of(chapter.text))))
        for chapter in book.chapters
    ]
    if book.appendix:
        title = words_of(book).own_words
        parts.append(_Part(title, _pages(setter, title, _appendix(setter, book))))
    drawing = Drawing(pdf, setter)
    drawing.title_page(book)
    drawing.contents(words_of(book).contents, [(part.title, len(part.pages)) for part in parts])
    for part in parts:
        for number, page in enumerate(part.pages):
            drawing.page(page, begins="" if number else part.title)
    if setter.missing:
        drawing.page(_note(setter))
    return bytes(pdf.output())


def missing_letters(book: Book) -> str:
    """Characters of the book that the font has no picture for."""
    texts = [book.title, book.author, book.dedication]
    texts += [text for chapter in book.chapters for text in (chapter.title, chapter.text)]
    texts += [said.question + said.answer for group in book.appendix for said in group.answers]
    setter = Typesetter({"": _known_letters()}, str)
    for text in texts:
        setter.drawn("", clean(text))
    return "".join(sorted(setter.missing))


@cache
def _known_letters() -> dict[int, float]:
    with _file(Book(title="", made_at=datetime.min.replace(tzinfo=UTC))) as pdf:
        widths = _setter(pdf).widths
        return dict.fromkeys([*widths[""], *widths[OTHER]], 0.0)


def _setter(pdf: FPDF) -> Typesetter:
    of_style: dict[str, Any] = {style: pdf.fonts[f"serif{style}"] for style in STYLES}
    of_style[OTHER] = pdf.fonts[OTHER]
    widths = {style: font.cw for style, font in of_style.items()}
    return Typesetter(widths, lambda text: BidiParagraph(text).get_reordered_string())


@contextmanager
def _file(book: Book) -> Iterator[FPDF]:
    """A file that holds its fonts open until it is written."""
    pdf = FPDF(unit="pt", format=PAGE)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    for style in STYLES:
        pdf.add_font("serif", style, _FONTS / f"DejaVuSerif{_FILES[style]}.ttf")
    pdf.add_font(OTHER, "", _FONTS / "DejaVuSans.ttf")
    pdf.set_lang(book.language)
    pdf.set_title(one_line(book.title))
    pdf.set_author(one_line(book.author))
    pdf.set_creator("Orchestrator")
    pdf.set_creation_date(book.made_at.replace(microsecond=0))
    pdf.page_mode = PageMode.USE_OUTLINES
    try:
        yield pdf
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, fonts.TTFFont):
                font.ttfont.close()


def _pages(setter: Typesetter, title: str, paragraphs: Iterable[list[Line]]) -> list[list[Line]]:
    heading = setter.lines([Run(one_line(title) or "…")], _TITLE, ROOM)
    heading[-1].below = 14
    return pages_of(chain([heading], paragraphs), TALL)


def map_lines(setter: Typesetter, blocks: Iterable[Block]) -> Iterator[list[Line]]:
    return (_lines(setter, block) for block in blocks)


def _appendix(setter: Typesetter, book: Book) -> Iterator[list[Line]]:
    for group in book.appendix:
        yield setter.lines([Run(one_line(group.title))], _HEADINGS[0], ROOM)
        for said in group.answers:
            yield setter.lines([Run(one_line(said.question))], _QUESTION, ROOM)
            yield from map_lines(setter, plain_blocks(said.answer))


def _lines(setter: Typesetter, block: Block) -> list[Line]:
    match block.kind:
        case Kind.HEADING:
            return setter.lines(block.runs, _HEADINGS[min(block.level, 3) - 1], ROOM)
        case Kind.BREAK:
            return setter.lines([Run("*  *  *")], Look(above=10, align="center"), ROOM)
        case Kind.ITEM:
            mark = "" if not block.first else f"{block.number}." if block.number is not None else "•"
            look = Look(above=3, indent=20.0 * block.level + 16 * block.quoted, italic=block.quoted > 0)
            return setter.lines(block.runs, look, ROOM, mark=mark)
        case Kind.CODE:
            return setter.lines(block.runs, Look(size=9, leading=13, above=6, indent=16), ROOM)
        case Kind.PARAGRAPH if block.quoted:
            return setter.lines(block.runs, Look(above=6, indent=16.0 * block.quoted, italic=True), ROOM)
    return setter.lines(block.runs, _TEXT, ROOM)


def _note(setter: Typesetter) -> list[Line]:
    """Tells by number which characters are missing, since they cannot be shown."""
    letters = sorted(setter.missing)
    named = ", ".join(f"U+{ord(letter):04X}" for letter in letters[:_MOST_NAMED])
    more = f" and {len(letters) - _MOST_NAMED} more" if len(letters) > _MOST_NAMED else ""
    text = (
        f"{INSTEAD} stands for characters that the typeface of this file does not have: {named}{more}. "
        "The Word and the Markdown file of this book hold them."
    )
    return setter.lines([Run(text)], Look(size=8.5, leading=12.5), ROOM)
