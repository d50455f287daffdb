"""Books as files: each is read again by somebody else's reader, also what was meant to break it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from process.domain.book import Book, Chapter
from process.output.blocks import Kind, Run, blocks_of
from process.output.docx import book_as_docx
from process.output.markdown import book_as_markdown
from process.output.paper import Look, Paper
from process.output.pdf import book_as_pdf, missing_letters
from process.output.photos import prepare_photo
from tests.process.output.making import CHAPTER, make_appendix, make_book, make_image

Writer = Callable[[Book], bytes]
WRITERS: tuple[Writer, ...] = (book_as_markdown, book_as_docx, book_as_pdf)
HOSTILE = {
    "a script": "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "from right to left": "שלום \u202eeht\u202c \u0645\u0631\u062d\u0628\u0627",
    "control characters": "a\x00b\x08c\x1bd\ufffee\ud800f",
    "a huge word": "w" * 40_000,
    "no text": "   \n\n",
    "marks alone": "# \n\n> \n\n- \n\n1. \n\n***\n\n```\n",
    "deep": "> " * 60 + "deep\n\n" + "".join("  " * depth + "- x\n" for depth in range(40)),
    "an image": "![told](https://tracker.example/pixel.png) [a link](javascript:alert(1))",
    "emoji": "👩\u200d👩\u200d👧 日本 end",
    "marks of the library": "{nb} **a** \u2060\u2060b\u2061\u2061 __c__ \u2064\\",
    "template words": "{{ settings.SECRET_KEY }} {% debug %} %s {0} w:p </w:p> ]]>",
}


def pdf_of(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pdf_of(data).pages)


def _reference(pdf: PdfReader, page: int) -> int:
    found = pdf.pages[page].indirect_reference
    assert found is not None
    return found.idnum


def word_of(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


@pytest.mark.parametrize("write", WRITERS)
def test_the_same_book_is_the_same_file(write: Writer) -> None:
    photo = prepare_photo(make_image())
    book = make_book(photo=photo, dedication="For Jon", appendix=make_appendix())
    assert write(book) == write(book)
    assert write(book) != write(make_book())


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_that_somebody_writes_breaks_a_file(write: Writer, text: str) -> None:
    line = text.replace("\n", " ")
    book = make_book(Chapter(line[:200], text), title=line[:200], author=line[:50], dedication=text[:500])
    data = write(book)
    if write is book_as_pdf:
        assert pdf_of(data).pages
    elif write is book_as_docx:
        assert word_of(data).paragraphs
    else:
        assert data.decode()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_written(text: str, title: str) -> None:
    for write in WRITERS:
        assert write(make_book(Chapter(title, text), title=title))


def test_markdown_says_again_what_was_said() -> None:
    again = blocks_of(book_as_markdown(make_book(Chapter("Origins", CHAPTER))).decode())
    inside = [block for block in again if block.level != 1 or block.kind is not Kind.HEADING][2:]
    told = [(block.kind, block.runs, block.number) for block in blocks_of(CHAPTER)]
    assert [(block.kind, block.runs, block.number) for block in inside] == told


@pytest.mark.parametrize("title", ["# One", "*x*", "<b>", "[a](b)", "1. one", "- a", "`c`", "&amp;", "a_b_"])
def test_a_title_is_no_markdown(title: str) -> None:
    [heading, *_] = blocks_of(book_as_markdown(make_book(title=title, author="")).decode())
    assert (heading.kind, heading.level, heading.text) == (Kind.HEADING, 1, title)
    assert not any(run.bold or run.italic for run in heading.runs)


def test_an_answer_is_no_markdown() -> None:
    book = make_book(Chapter("A", "b"), appendix=make_appendix())
    appendix = book_as_markdown(book).decode().split("In my own words")[1]
    assert "In a blue house.\n\nAbove the harbour." in appendix


def test_no_link_leads_to_a_script_and_no_image_is_fetched() -> None:
    [block] = blocks_of(HOSTILE["an image"])
    assert block.text == "[told] [a link](javascript:alert(1))"
    data = book_as_docx(make_book(Chapter("A", HOSTILE["an image"])))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert "tracker" not in links
    assert "External" not in links


def test_a_word_document_has_styles_that_a_word_processor_knows() -> None:
    book = make_book(dedication="For Jon", photo=prepare_photo(make_image()), appendix=make_appendix())
    document = word_of(book_as_docx(book))
    core = document.core_properties
    assert (core.title, core.author, core.comments) == ("The blue house", "Ida Holm", "")
    styled = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    headings = [text for style, text in styled if style == "Heading 1"]
    assert headings == ["Origins", "Work", "In my own words"]
    assert ("Title", "The blue house") in styled
    assert "w:pBdr" not in document.styles["Title"].element.xml  # no blue rule below it
    assert ("Heading 3", "The stairs") in styled
    assert ("List Number", "down") in styled
    assert ("List Bullet 2", "and tar") in styled
    assert ("Quote", "She said: go.") in styled
    assert len(document.inline_shapes) == 1
    emphasis = [run.text for each in document.paragraphs for run in each.runs if run.italic]
    assert "above" in emphasis


def test_each_numbered_list_begins_anew() -> None:
    document = word_of(book_as_docx(make_book(Chapter("A", "1. a\n2. b\n\ntext\n\n1. c"))))
    numbers = [
        paragraph._p.pPr.numPr.numId.val
        for paragraph in document.paragraphs
        if paragraph.style.name == "List Number"
    ]
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_pdf_has_bookmarks_contents_that_lead_somewhere_and_page_numbers() -> None:
    chapters = [Chapter(f"Chapter {number}", "So it was. " * 900) for number in range(3)]
    pdf = pdf_of(book_as_pdf(make_book(*chapters)))
    begins = [pdf.get_destination_page_number(each) for each in pdf.outline]  # type: ignore[arg-type]
    assert [each.title for each in pdf.outline] == ["Chapter 0", "Chapter 1", "Chapter 2"]  # type: ignore[union-attr]
    contents = pdf.pages[1].extract_text()
    for number, page in enumerate(begins):
        assert page is not None
        assert f"Chapter {number}" in pdf.pages[page].extract_text()
        printed = pdf.page_labels[page]
        assert pdf.pages[page].extract_text().rstrip().endswith(f"\n{printed}")
        assert re.search(rf"Chapter {number}\.+ ?{printed}\n", contents + "\n")
    notes: Any = pdf.pages[1]["/Annots"]
    targets = dict.fromkeys(note.get_object()["/Dest"][0].idnum for note in notes)
    assert [pdf.page_labels[page or 0] for page in begins] == ["1", "7", "13"]
    assert [*targets] == [_reference(pdf, page or 0) for page in begins]
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("The blue house", "Ida Holm")
    assert str(pdf.root_object["/Lang"]) == "en"


@pytest.mark.parametrize("text", ["Straße, naïve, Łódź", "Αθήνα", "Москва", "«Ĉu?» 12 ½ €"])
def test_letters_of_europe_are_in_the_pdf(text: str) -> None:
    assert text in text_of(book_as_pdf(make_book(Chapter("A", text))))
    assert missing_letters(make_book(Chapter("A", text))) == ""


def test_letters_without_a_picture_are_boxes_and_said() -> None:
    book = make_book(Chapter("A", "Before 日本 after"))
    assert missing_letters(book) == "日本"
    told = text_of(book_as_pdf(book))
    assert "Before □□ after" in told
    assert "U+65E5" in told


def test_contents_of_many_pages_move_the_pages_after_them_but_not_their_numbers() -> None:
    pdf = pdf_of(book_as_pdf(make_book(*(Chapter(f"Part {each}", f"text {each}") for each in range(60)))))
    assert pdf.page_labels[:6] == ["i", "ii", "iii", "iv", "1", "2"]
    begins = [pdf.get_destination_page_number(each) for each in pdf.outline]  # type: ignore[arg-type]
    assert begins == [*range(4, 64)]
    for number, page in enumerate(begins):
        assert pdf.pages[page or 0].extract_text().split() == [
            "Part",
            str(number),
            "text",
            str(number),
            str(number + 1),
        ]
    assert not pdf.pages[3].extract_text().rstrip().endswith("iv")


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    for lines in range(15, 21):
        text = "line\n\n" * lines + "## Heading\n\n" + "word " * 60
        for page in pdf_of(book_as_pdf(make_book(Chapter("A", text)))).pages[2:]:
            found = page.extract_text()
            assert "Heading" not in found or found.count("word") > 15


def test_arabic_runs_to_the_left_and_its_numbers_do_not() -> None:
    """What is read here is the order on paper, from the left."""
    told = text_of(book_as_pdf(make_book(Chapter("A", "وكان **عددها** 12 في ذلك"))))
    assert "ذلك في 12 عددها وكان" in told


def test_arabic_letters_are_joined() -> None:
    """One letter three times is three pictures: of a beginning, a middle and an end."""
    paper = Paper()
    paper.add_page()
    before = len(paper.fonts["sans"].subset)  # type: ignore[union-attr]
    paper.paragraph([Run("\N{ARABIC LETTER HEH}" * 3)], Look())
    assert len(paper.fonts["sans"].subset) == before + 3  # type: ignore[union-attr]
    paper.close()


def test_a_huge_word_is_parted_between_lines_and_whole() -> None:
    told = text_of(book_as_pdf(make_book(Chapter("A", "x" * 500))))
    assert told.replace("\n", "").count("x") == 500
