"""A book as a Word document, in the styles that a word processor knows, so that it can be worked on there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any, Final

from docx import Document
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from process.domain.book import Book, words_of
from process.output.blocks import Block, Kind, Run, blocks_of, one_line, plain_blocks
from process.output.numbering import Numbering

_FONT: Final = "Georgia"
_INK: Final = RGBColor(0x22, 0x22, 0x22)
_SAME_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""Of every part of the file, so that the same book gives the same bytes."""


def book_as_docx(book: Book) -> bytes:
    document = Document()
    _prepare(document, book)
    _title_page(document, book)
    _contents(document, book)
    writer = _Writer(document)
    for number, chapter in enumerate(book.chapters, 1):
        writer.heading(chapter.title, 1, bookmark=number)
        writer.write(blocks_of(chapter.text))
    if book.appendix:
        writer.heading(words_of(book).own_words, 1, bookmark=len(book.chapters) + 1)
    for group in book.appendix:
        writer.heading(group.title, 2)
        for said in group.answers:
            question = document.add_paragraph(one_line(said.question), style="Intense Quote")
            question.paragraph_format.keep_with_next = True
            writer.write(plain_blocks(said.answer))
    return _saved(document)


class _Writer:
    """Puts blocks at the end of a document."""

    def __init__(self, document: WordFile) -> None:
        self._document = document
        self._numbering = Numbering(document)

    def heading(self, title: str, level: int, *, bookmark: int = 0) -> None:
        paragraph = self._document.add_heading(one_line(title), level)
        if bookmark:
            _mark(paragraph, bookmark)

    def write(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if block.kind is not Kind.ITEM:
                self._numbering.end()
            self._write(block)
        self._numbering.end()

    def _write(self, block: Block) -> None:
        match block.kind:
            case Kind.HEADING:
                self.heading(block.text, min(block.level + 1, 9))
            case Kind.BREAK:
                paragraph = self._document.add_paragraph("* * *")
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            case Kind.ITEM:
                self._item(block)
            case Kind.CODE:
                paragraph = self._document.add_paragraph(style="No Spacing")
                _add_runs(paragraph, block.runs)
            case Kind.PARAGRAPH:
                paragraph = self._document.add_paragraph(style="Quote" if block.quoted else None)
                if block.quoted:
                    paragraph.paragraph_format.left_indent = Cm(0.8 * block.quoted)
                _add_runs(paragraph, block.runs)

    def _item(self, block: Block) -> None:
        base = "List Bullet" if block.number is None else "List Number"
        if not block.first:
            base = "List Continue"
        style = base if block.level == 1 else f"{base} {block.level}"
        paragraph = self._document.add_paragraph(style=style)
        if block.first and block.number is not None:
            self._numbering.number(paragraph, block)
        _add_runs(paragraph, block.runs)


def _add_runs(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for run in runs:
        added = paragraph.add_run(run.text)
        added.bold, added.italic = run.bold or None, run.italic or None


def _prepare(document: WordFile, book: Book) -> None:
    core = document.core_properties
    core.title, core.author, core.last_modified_by = one_line(book.title), one_line(book.author), ""
    core.comments, core.language, core.revision = "", book.language, 1
    core.created = core.modified = book.made_at.replace(tzinfo=None, microsecond=0)
    styles: Any = document.styles
    for name in (
        "Normal",
        "Title",
        "Subtitle",
        *(f"Heading {each}" for each in range(1, 5)),
        "Intense Quote",
    ):
        _set_font(styles[name], book.language)
    for line in styles["Title"].element.xpath("./w:pPr/w:pBdr"):
        line.getparent().remove(line)
    normal = styles["Normal"]
    normal.font.size = Pt(11.5)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(8), 1.3
    normal.paragraph_format.widow_control = True
    styles["Title"].font.size, styles["Heading 1"].font.size = Pt(30), Pt(20)
    styles["Heading 1"].paragraph_format.page_break_before = True
    styles["Heading 1"].paragraph_format.space_after = Pt(18)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(14.8), Cm(21)
    section.left_margin = section.right_margin = Cm(1.9)
    section.top_margin = section.bottom_margin = Cm(2)
    section.different_first_page_header_footer = True
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(footer, "PAGE", "2")


def _set_font(style: Any, language: str) -> None:
    style.font.name, style.font.color.rgb = _FONT, _INK
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)
    said = OxmlElement("w:lang")
    said.set(qn("w:val"), language)
    properties.append(said)


def _title_page(document: WordFile, book: Book) -> None:
    title = document.add_paragraph(one_line(book.title), style="Title")
    title.alignment, title.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.CENTER, Pt(60)
    if book.author.strip():
        author = document.add_paragraph(one_line(book.author), style="Subtitle")
        author.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if book.photo:
        place = document.add_paragraph()
        place.alignment, place.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.CENTER, Pt(24)
        share = min(9.5 / book.photo.width, 9.5 / book.photo.height)
        place.add_run().add_picture(
            io.BytesIO(book.photo.data), Cm(book.photo.width * share), Cm(book.photo.height * share)
        )
    for number, block in enumerate(plain_blocks(book.dedication)):
        paragraph = document.add_paragraph(style="Quote")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.page_break_before = number == 0
        paragraph.paragraph_format.space_before = Pt(0 if number else 120)
        _add_runs(paragraph, block.runs)


def _contents(document: WordFile, book: Book) -> None:
    """A field that word processors fill with page numbers, with the titles in it for those that do not."""
    titles = [chapter.title for chapter in book.chapters]
    titles += [words_of(book).own_words] if book.appendix else []
    if not titles:
        return
    break_before = document.add_paragraph()
    break_before.add_run().add_break(WD_BREAK.PAGE)
    heading = break_before.add_run(words_of(book).contents)
    heading.font.size, heading.bold = Pt(16), True
    for number, title in enumerate(titles, 1):
        paragraph = document.add_paragraph()
        if number == 1:
            _begin_field(paragraph, r'TOC \o "1-1" \h \z \u')
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), f"_Chapter{number}")
        run = paragraph.add_run(one_line(title))
        link.append(run._r)
        paragraph._p.append(link)
        if number == len(titles):
            _field_part(paragraph, "end")


def _begin_field(paragraph: Paragraph, instruction: str) -> None:
    _field_part(paragraph, "begin", dirty=True)
    _instruction(paragraph, instruction)
    _field_part(paragraph, "separate")


def _add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    _field_part(paragraph, "begin")
    _instruction(paragraph, instruction)
    _field_part(paragraph, "separate")
    paragraph.add_run(shown)
    _field_part(paragraph, "end")


def _field_part(paragraph: Paragraph, kind: str, *, dirty: bool = False) -> None:
    part = OxmlElement("w:fldChar")
    part.set(qn("w:fldCharType"), kind)
    if dirty:
        part.set(qn("w:dirty"), "true")
    paragraph.add_run()._r.append(part)


def _instruction(paragraph: Paragraph, instruction: str) -> None:
    text = OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = instruction
    paragraph.add_run()._r.append(text)


def _mark(paragraph: Paragraph, number: int) -> None:
    """A bookmark around a heading, for the contents to lead to."""
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for part in (begin, end):
        part.set(qn("w:id"), str(number))
    begin.set(qn("w:name"), f"_Chapter{number}")
    first = paragraph._p.index(paragraph.runs[0]._r) if paragraph.runs else len(paragraph._p)
    paragraph._p.insert(first, begin)
    paragraph._p.append(end)


def _saved(document: WordFile) -> bytes:
    made, file = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            entry = zipfile.ZipInfo(part.filename, _SAME_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(part))
    return file.getvalue()
