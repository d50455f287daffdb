"""A book as one Markdown file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from process.domain.book import Book, words_of
from process.output.blocks import Block, Kind, Run, blocks_of, one_line, plain_blocks

_MARKS: Final = re.compile(r"([\\`*_\[\]<>])")
_ENTITY: Final = re.compile(r"&(?=#?\w+;)")
_BEGINNINGS: Final = re.compile(r"^([ \t]*)(#{1,6}(?=\s|$)|[-+=](?=\s|$)|[-=~]{2,}|>)", re.MULTILINE)
_NUMBERED: Final = re.compile(r"^([ \t]*\d{1,9})([.)])(?=\s|$)", re.MULTILINE)


def book_as_markdown(book: Book) -> bytes:
    return "\n\n".join(part for part in _parts(book) if part).encode() + b"\n"


def _parts(book: Book) -> Iterator[str]:
    """The photo is not in it: a text file holds none."""
    yield f"# {_line(book.title)}"
    yield f"*{_line(book.author)}*" if book.author.strip() else ""
    yield from _written(_quoted(plain_blocks(book.dedication)))
    for chapter in book.chapters:
        yield f"## {_line(chapter.title)}"
        yield from _written(blocks_of(chapter.text))
    if book.appendix:
        yield f"## {words_of(book).own_words}"
    for group in book.appendix:
        yield f"### {_line(group.title)}"
        for said in group.answers:
            yield f"**{_line(said.question)}**"
            yield from _written(plain_blocks(said.answer))


def _quoted(blocks: Iterable[Block]) -> Iterator[Block]:
    return (Block(kind=block.kind, runs=block.runs, quoted=1) for block in blocks)


def _written(blocks: Iterable[Block]) -> Iterator[str]:
    """Items of one list stand line by line, everything else is parted by blank lines."""
    items: list[str] = []
    for block in blocks:
        if block.kind is Kind.ITEM:
            items.append(_item(block))
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield _block(block)
    if items:
        yield "\n".join(items)


def _item(block: Block) -> str:
    mark = "-" if block.number is None else f"{block.number}."
    indent = "    " * (block.level - 1)
    body = _runs(block.runs).replace("\n", "\n" + indent + "    ")
    line = f"{indent}{mark:<3} {body}" if block.first else f"\n{indent}    {body}"
    return _prefixed(line, block.quoted)


def _block(block: Block) -> str:
    if block.kind is Kind.BREAK:
        return "* * *"
    if block.kind is Kind.HEADING:  # a chapter's title is of level 2
        return f"{'#' * min(6, block.level + 2)} {_runs(block.runs).replace(chr(10), ' ')}"
    if block.kind is Kind.CODE:
        return _prefixed("\n".join(f"    {line}" for line in block.text.split("\n")), block.quoted)
    return _prefixed(_runs(block.runs), block.quoted)


def _prefixed(text: str, quoted: int) -> str:
    mark = "> " * quoted
    return "\n".join(mark + line for line in text.split("\n")) if quoted else text


def _runs(runs: Iterable[Run]) -> str:
    return _safe_begin("".join(map(_run, runs))).replace("\n", "\\\n")


def _run(run: Run) -> str:
    text = escaped(run.text)
    marks = ("**" if run.bold else "") + ("*" if run.italic else "")
    inner = text.strip()
    if not marks or not inner:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{marks}{inner}{marks[::-1]}{after}"


def escaped(text: str) -> str:
    """Text that says, as Markdown, just what it says, wherever it stands in a line."""
    return _ENTITY.sub(r"\\&", _MARKS.sub(r"\\\1", text))


def _safe_begin(text: str) -> str:
    """Lines that would begin something else than a paragraph do not."""
    text = "\n".join(line.strip(" \t") for line in text.split("\n"))
    return _NUMBERED.sub(r"\1\\\2", _BEGINNINGS.sub(r"\1\\\2", text))


def _line(text: str) -> str:
    return escaped(one_line(text))
