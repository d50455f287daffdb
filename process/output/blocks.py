"""Markdown as a short list of blocks that every format can write.

HTML is text like any other, images are never fetched and only named, links show where they lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER: Final = MarkdownIt("commonmark", {"html": False})
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_DEEPEST: Final = 3


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CODE = "code"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; ``\\n`` is a line break."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """``level`` is that of a heading or how deep an item lies, from 1; ``quoted`` says the same of quotes.

    ``number`` is that of an item in a numbered list; one that goes on after its first paragraph is no
    ``first``.
    """

    kind: Kind
    runs: tuple[Run, ...] = ()
    level: int = 0
    quoted: int = 0
    number: int | None = None
    first: bool = True

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def clean(text: str) -> str:
    """Without characters that no format can hold: control characters, halves of others."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def blocks_of(markdown: str) -> list[Block]:
    return list(_blocks(_PARSER.parse(clean(markdown))))


def plain_blocks(text: str) -> list[Block]:
    """Text that is no Markdown: blank lines part paragraphs, other line ends stay."""
    parts = re.split(r"\n[ \t]*\n\s*", clean(text).strip())
    return [Block(kind=Kind.PARAGRAPH, runs=(Run(part.strip("\n")),)) for part in parts if part.strip()]


@dataclass(slots=True)
class _List:
    number: int | None
    is_new: bool = False

    def next(self) -> None:
        self.is_new = True
        if self.number is not None:
            self.number += 1


@dataclass(slots=True)
class _Around:
    """What a text stands in."""

    heading: int = 0
    quoted: int = 0
    lists: list[_List] = field(default_factory=list)

    def see(self, token: Token) -> None:
        """Goes into what begins, and out of what ends."""
        match token.type:
            case "heading_open" | "heading_close":
                self.heading = int(token.tag[1]) if token.nesting > 0 else 0
            case "blockquote_open" | "blockquote_close":
                self.quoted += token.nesting
            case "bullet_list_open":
                self.lists.append(_List(None))
            case "ordered_list_open":
                self.lists.append(_List(int(token.attrGet("start") or 1) - 1))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.lists[-1].next()


def _blocks(tokens: Iterable[Token]) -> Iterator[Block]:
    around = _Around()
    for token in tokens:
        around.see(token)
        match token.type:
            case "inline":
                yield _text(tuple(_merged(_runs(token.children or []))), around)
            case "fence" | "code_block":
                runs = (Run(token.content.rstrip("\n")),)
                yield Block(kind=Kind.CODE, runs=runs, quoted=min(around.quoted, _DEEPEST))
            case "hr":
                yield Block(kind=Kind.BREAK)


def _text(runs: tuple[Run, ...], around: _Around) -> Block:
    quoted = min(around.quoted, _DEEPEST)
    if around.heading:
        return Block(kind=Kind.HEADING, runs=runs, level=around.heading)
    if not around.lists:
        return Block(kind=Kind.PARAGRAPH, runs=runs, quoted=quoted)
    innermost, level = around.lists[-1], min(len(around.lists), _DEEPEST)
    first, innermost.is_new = innermost.is_new, False
    return Block(kind=Kind.ITEM, runs=runs, level=level, quoted=quoted, number=innermost.number, first=first)


def _runs(tokens: Iterable[Token]) -> Iterator[Run]:
    bold = italic = 0
    target = shown = ""
    for token in tokens:
        bold += token.nesting if token.type.startswith("strong") else 0
        italic += token.nesting if token.type.startswith("em_") else 0
        text = _said(token)
        if token.type == "link_open":
            target, shown = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            text = f" ({target})" if target and target != shown else ""
        if text:
            shown += text
            yield Run(text, bold > 0, italic > 0)


def _said(token: Token) -> str:
    match token.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            return f"[{token.content}]" if token.content else ""
    return token.content  # of texts, code and what looks like HTML; marks have none


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    last: Run | None = None
    for run in runs:
        if last and (last.bold, last.italic) == (run.bold, run.italic):
            last = Run(last.text + run.text, run.bold, run.italic)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last
