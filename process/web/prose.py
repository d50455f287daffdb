"""Blocks of a chapter as HTML: every text escaped, nothing else let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from process.output.blocks import Block, Kind, Run, blocks_of, plain_blocks


def chapter_html(markdown: str) -> SafeString:
    return _joined(_written(blocks_of(markdown)))


def plain_html(text: str) -> SafeString:
    return _joined(_written(plain_blocks(text)))


def _written(blocks: Iterable[Block]) -> Iterator[SafeString]:
    for is_list, group in groupby(blocks, lambda block: block.kind is Kind.ITEM):
        parts = list(group)
        if is_list:
            yield from _lists(parts, 1)
        else:
            yield from map(_block, parts)


def _block(block: Block) -> SafeString:
    text = _runs(block.runs)
    match block.kind:
        case Kind.BREAK:
            return mark_safe('<hr class="my-6 border-line">')
        case Kind.HEADING:
            return format_html("<h3>{}</h3>", text)
        case Kind.CODE:
            return format_html("<pre>{}</pre>", text)
    paragraph = format_html("<p>{}</p>", text)
    return format_html("<blockquote>{}</blockquote>", paragraph) if block.quoted else paragraph


def _lists(items: list[Block], level: int) -> Iterator[SafeString]:
    """Items of this level or deeper as lists in lists."""
    for numbered, group in groupby(_nested(items, level), lambda item: item[0].number is not None):
        entries = [
            format_html("<li>{}{}</li>", _runs(item.runs), _joined([*_more(inner, level)]))
            for item, inner in group
        ]
        yield format_html("<ol>{}</ol>" if numbered else "<ul>{}</ul>", _joined(entries))


def _nested(items: list[Block], level: int) -> Iterator[tuple[Block, list[Block]]]:
    """Each item of this level with what hangs on it."""
    head: Block | None = None
    inner: list[Block] = []
    for item in items:
        if head is None or (item.level <= level and item.first):
            if head is not None:
                yield head, inner
            head, inner = item, []
        else:
            inner.append(item)
    if head is not None:
        yield head, inner


def _more(items: list[Block], level: int) -> Iterator[SafeString]:
    for deeper, group in groupby(items, lambda item: item.level > level):
        if deeper:
            yield from _lists(list(group), level + 1)
        else:
            yield from (format_html("<p>{}</p>", _runs(item.runs)) for item in group)


def _runs(runs: Iterable[Run]) -> SafeString:
    return _joined(map(_run, runs))


def _run(run: Run) -> SafeString:
    text = _joined_by_breaks(run.text)
    if run.italic:
        text = format_html("<em>{}</em>", text)
    return format_html("<strong>{}</strong>", text) if run.bold else text


def _joined_by_breaks(text: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in text.split("\n")))


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
