"""Texts of sentences, each with the answers that it rests on: put together, edited, and read again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from orchestrator.core.json import Json

_CLOSING: Final = r"[.!?…]+[\"'\u201d\u2019»)\]]*"
_END: Final = re.compile(_CLOSING + r"(?=\s+\S)")
_BEFORE: Final = re.compile(rf"(?:{_CLOSING}\s+|\n\s*)$")
_ABBREVIATION: Final = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|Prof|No|vs|etc|e\.g|i\.e)|\b[A-Z])\.$")
_PARAGRAPH: Final = re.compile(r"\n\s*\n")


class Kind(StrEnum):
    """What a sentence rests on."""

    ANSWERS = "answers"
    CONNECTING = "connecting"
    YOURS = "yours"


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    kind: Kind = Kind.CONNECTING
    answers: tuple[UUID, ...] = ()


Paragraph = tuple[Sentence, ...]


def split_sentences(text: str) -> list[str]:
    """In order, without the blanks between them; a line break ends a sentence, too."""
    return [part for line in text.splitlines() for part in _sentences_of_line(line.strip())]


def _sentences_of_line(line: str) -> Iterator[str]:
    begin = 0
    for match in _END.finditer(line):
        sentence = line[begin : match.end()].strip()
        if sentence.endswith(".") and _ABBREVIATION.search(sentence):
            continue
        yield sentence
        begin = match.end()
    if rest := line[begin:].strip():
        yield rest


def one_line(text: str) -> str:
    """A sentence as it stands within a paragraph."""
    return " ".join(text.replace("\0", "\ufffd").split())


def compose(paragraphs: Iterable[Sequence[Sentence]]) -> tuple[str, list[Json]]:
    """The text, and for each sentence where it stands in it and what it rests on: no word of it."""
    content, sources = "", list[Json]()
    for paragraph in paragraphs:
        begun = False
        for sentence in paragraph:
            text = one_line(sentence.text)
            if not text:
                continue
            content += " " if begun else "\n\n" if content else ""
            begun = True
            at: list[Json] = [len(content), len(content) + len(text)]
            answers: list[Json] = [str(answer) for answer in sentence.answers]
            sources.append({"at": at, "kind": sentence.kind.value, "answers": answers})
            content += text
    return content, sources


def read(content: str, sources: Any) -> list[Paragraph]:
    """The sentences of a stored text; what no source speaks of is the person's own."""
    marks = sorted(_marks(content, sources), key=lambda mark: mark[0])
    paragraphs = []
    for begin, end in _paragraphs(content):
        inside = [mark for mark in marks if begin <= mark[0] and mark[1] <= end]
        if paragraph := tuple(_with_rest(content, begin, end, inside)):
            paragraphs.append(paragraph)
    return paragraphs


def edited(before: Iterable[Paragraph], text: str) -> tuple[str, list[Json]]:
    """A text that the person changed. Sentences that stayed as they were keep what they rest on, wherever
    they stand now; the others are the person's own.
    """
    text = text.replace("\r\n", "\n").replace("\0", "\ufffd").strip()
    known = {sentence.text: sentence for paragraph in before for sentence in paragraph}
    sources: list[Json] = []
    for begin, end in _paragraphs(text):
        found = _found(text, begin, end, known)
        for sentence, start, stop in _spans(text, begin, end, found):
            answers: list[Json] = [str(answer) for answer in sentence.answers]
            sources.append({"at": [start, stop], "kind": sentence.kind.value, "answers": answers})
    return text, sources


def _found(text: str, begin: int, end: int, known: dict[str, Sentence]) -> list[tuple[int, int, Sentence]]:
    """Where known sentences stand whole, the longest first, none within another."""
    found: list[tuple[int, int, Sentence]] = []
    for old in sorted(known, key=len, reverse=True):
        at = text.find(old, begin, end)
        while at != -1:
            stop = at + len(old)
            apart = all(stop <= start or at >= until for start, until, _ in found)
            if apart and _is_whole(text, at, stop, begin, end):
                found.append((at, stop, known[old]))
            at = text.find(old, stop, end)
    return sorted(found, key=lambda each: each[0])


def _is_whole(text: str, at: int, stop: int, begin: int, end: int) -> bool:
    head, tail = text[begin:at], text[stop:end]
    begins = not head.strip() or bool(_BEFORE.search(head))
    return begins and (not tail.strip() or tail[0].isspace())


def _spans(
    text: str, begin: int, end: int, found: Sequence[tuple[int, int, Sentence]]
) -> Iterator[tuple[Sentence, int, int]]:
    at = begin
    for start, stop, sentence in found:
        yield from _own(text, at, start)
        yield sentence, start, stop
        at = stop
    yield from _own(text, at, end)


def _own(text: str, begin: int, end: int) -> Iterator[tuple[Sentence, int, int]]:
    at = begin
    for sentence in split_sentences(text[begin:end]):
        start = text.index(sentence, at, end)
        at = start + len(sentence)
        yield Sentence(sentence, Kind.YOURS), start, at


def _marks(content: str, sources: Any) -> Iterator[tuple[int, int, Sentence]]:
    for source in sources if isinstance(sources, list) else []:
        try:
            start, stop = source["at"]
            answers = tuple(UUID(each) for each in source["answers"])
            kind = Kind(source["kind"])
        except (KeyError, TypeError, ValueError):
            continue  # a text that another release stored
        if 0 <= start < stop <= len(content):
            yield start, stop, Sentence(content[start:stop], kind, answers)


def _with_rest(
    content: str, begin: int, end: int, marks: Sequence[tuple[int, int, Sentence]]
) -> Iterator[Sentence]:
    at = begin
    for start, stop, sentence in marks:
        if start < at:
            continue
        yield from (each for each, _, _ in _own(content, at, start))
        yield sentence
        at = stop
    yield from (each for each, _, _ in _own(content, at, end))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in _PARAGRAPH.finditer(text):
        yield begin, match.start()
        begin = match.end()
    if begin < len(text):
        yield begin, len(text)
