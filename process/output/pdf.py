"""A book as a PDF: title page, contents that lead somewhere, chapters, page numbers, bookmarks."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

from fpdf import TextStyle
from fpdf.enums import Align, PageMode
from fpdf.outline import TableOfContents

from process.domain.book import Book, Photo, words_of
from process.output.blocks import Block, Kind, Run, blocks_of, clean, one_line, plain_blocks
from process.output.paper import INSTEAD, SIZE, Look, Paper, missing_in, shown

_TEXT: Final = Look(above=5)
_BOOK_TITLE: Final = Look(size=26, leading=34, bold=True, align="C")
_AUTHOR: Final = Look(size=13, leading=20, above=14, align="C")
_DEDICATION: Final = Look(size=11.5, leading=18, above=10, italic=True, align="C")
_TITLE: Final = Look(size=20, leading=27, below=14, bold=True, keep=True)
_HEADINGS: Final = (
    Look(size=13, leading=18, above=16, bold=True, keep=True),
    Look(size=11.5, leading=16, above=13, bold=True, keep=True),
    Look(above=11, italic=True, keep=True),
)
_QUESTION: Final = Look(above=14, italic=True, keep=True, size=9.5, leading=14)
_CONTENTS: Final = Look(size=16, leading=22, below=18, bold=True)
_SINK: Final = 48.0
"""How far below the upper edge of the text a chapter begins."""
_TALLEST_PHOTO: Final = 270.0
_MOST_NAMED: Final = 60


def book_as_pdf(book: Book) -> bytes:
    """Characters that the typefaces have no picture for are boxes; a note at the end says which they were."""
    paper = Paper()
    try:
        _describe(paper, book)
        _title_page(paper, book)
        _contents(paper, book)
        for chapter in book.chapters:
            _begin(paper, chapter.title)
            _print(paper, blocks_of(chapter.text))
        if book.appendix:
            _appendix(paper, book)
        if missing := missing_letters(book):
            _note(paper, missing)
        return bytes(paper.output())
    finally:
        paper.close()


def missing_letters(book: Book) -> str:
    """Characters of the book that the typefaces have no picture for."""
    texts = [book.title, book.author, book.dedication]
    texts += [text for chapter in book.chapters for text in (chapter.title, chapter.text)]
    texts += [group.title for group in book.appendix]
    texts += [said.question + said.answer for group in book.appendix for said in group.answers]
    return "".join(sorted(set[str]().union(*(missing_in(clean(text)) for text in texts))))


def _describe(paper: Paper, book: Book) -> None:
    paper.set_lang(book.language)
    paper.set_title(one_line(book.title))
    paper.set_author(one_line(book.author))
    paper.set_creator("Orchestrator")
    paper.set_creation_date(book.made_at.replace(microsecond=0))
    paper.page_mode = PageMode.USE_OUTLINES


def _title_page(paper: Paper, book: Book) -> None:
    """Of its own page, with the photo; the dedication has another."""
    paper.add_page(label_style="r", label_start=1)
    paper.y = 100
    paper.paragraph([Run(one_line(book.title))], _BOOK_TITLE)
    paper.paragraph([Run(one_line(book.author))], _AUTHOR)
    if book.photo:
        _photo(paper, book.photo)
    if dedication := plain_blocks(book.dedication):
        paper.add_page()
        paper.y = 170
        for block in dedication:
            paper.paragraph(block.runs, _DEDICATION)


def _photo(paper: Paper, photo: Photo) -> None:
    paper.y += 34
    if paper.will_page_break(_TALLEST_PHOTO / 2):  # below a very long title
        paper.add_page()
    height = min(_TALLEST_PHOTO, paper.page_break_trigger - paper.y)
    share = min(paper.epw / photo.width, height / photo.height)
    paper.image(io.BytesIO(photo.data), x=Align.C, w=photo.width * share, h=photo.height * share)


def _contents(paper: Paper, book: Book) -> None:
    """Filled in when the pages of the chapters are known, on as many pages as it takes."""
    if not book.chapters and not book.appendix:
        return
    paper.add_page()
    paper.paragraph([Run(words_of(book).contents)], _CONTENTS)
    table = TableOfContents(TextStyle("serif", "", SIZE), line_spacing=1.9)
    paper.insert_toc_placeholder(table.render_toc, allow_extra_pages=True)


def _begin(paper: Paper, title: str) -> None:
    """A part on a page of its own, in the contents and among the bookmarks. The first has the number 1."""
    if paper.get_page_label().isdecimal():
        paper.add_page()
    else:  # the page after the contents is there already
        paper.set_page_label(label_style="D", label_start=1)
    paper.start_section(shown(one_line(title))[:300] or "…")
    paper.y += _SINK
    paper.paragraph([Run(one_line(title) or "…")], _TITLE)


def _appendix(paper: Paper, book: Book) -> None:
    _begin(paper, words_of(book).own_words)
    for group in book.appendix:
        paper.paragraph([Run(one_line(group.title))], _HEADINGS[0])
        for said in group.answers:
            paper.paragraph([Run(one_line(said.question))], _QUESTION)
            _print(paper, plain_blocks(said.answer))


def _print(paper: Paper, blocks: Iterable[Block]) -> None:
    for block in blocks:
        if block.kind is Kind.BREAK:
            paper.paragraph([Run("*  *  *")], Look(above=10, below=5, align="C"))
            continue
        mark = ""
        if block.kind is Kind.ITEM and block.first:
            mark = "•" if block.number is None else f"{block.number}."
        paper.paragraph(block.runs, _look(block), mark=mark)


def _look(block: Block) -> Look:
    match block.kind:
        case Kind.HEADING:
            return _HEADINGS[min(block.level, 3) - 1]
        case Kind.ITEM:
            return Look(above=3, indent=20.0 * block.level + 16 * block.quoted, italic=block.quoted > 0)
        case Kind.CODE:
            return Look(size=9, leading=13, above=6, indent=16)
        case Kind.PARAGRAPH if block.quoted:
            return Look(above=6, indent=16.0 * block.quoted, italic=True)
    return _TEXT


def _note(paper: Paper, missing: str) -> None:
    """Tells by number which characters are missing, since they cannot be shown."""
    named = ", ".join(f"U+{ord(letter):04X}" for letter in missing[:_MOST_NAMED])
    more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    text = (
        f"{INSTEAD} stands for characters that the typeface of this file does not have: {named}{more}. "
        "The Word and the Markdown file of this book hold them."
    )
    paper.add_page()
    paper.paragraph([Run(text)], Look(size=8.5, leading=12.5))
