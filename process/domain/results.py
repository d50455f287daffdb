"""What is kept of a helper's answer: only what rests on something that the person said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from process.domain.material import Material, Source
from process.domain.patterns import MOST, PATTERNS
from process.domain.texts import Kind, Paragraph, Sentence, one_line

_MOST_QUOTES: Final = 6
_MOST_THEMES: Final = 6
_LONGEST_SENTENCE: Final = 2_000
_LONGEST_QUESTION: Final = 500


class Unsupported(ValueError):
    """The answer rests on nothing that was said, or is empty. Its message holds no word of it."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an answer, letter by letter but for blanks and line breaks."""

    text: str
    answer: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A pattern that was seen in a story."""

    type: str
    confidence: Decimal
    themes: tuple[str, ...]
    shape: str
    evidence: tuple[Quote, ...]


def read_question(data: Any) -> str:
    """Raises Unsupported."""
    question = one_line(str(data.get("question", "")) if isinstance(data, dict) else "")
    if not question:
        raise Unsupported("The answer holds no question.")
    return question[:_LONGEST_QUESTION]


def read_paragraphs(data: Any, material: Material) -> list[Paragraph]:
    """Answers that were not given are dropped; a sentence that then rests on none only connects.

    Raises Unsupported for a text most of whose sentences do.
    """
    refs = material.by_ref
    given = data.get("paragraphs", []) if isinstance(data, dict) else []
    paragraphs = [tuple(_sentences(each, refs)) for each in given]
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    supported = sum(sentence.kind is Kind.ANSWERS for sentence in sentences)
    if not sentences:
        raise Unsupported("The answer holds no text.")
    if 2 * supported < len(sentences):
        raise Unsupported(f"Only {supported} of {len(sentences)} sentences rest on an answer.")
    return paragraphs


def _sentences(paragraph: Any, refs: Mapping[str, Source]) -> list[Sentence]:
    found = []
    for each in paragraph["sentences"]:
        text = one_line(each["text"])[:_LONGEST_SENTENCE]
        named = [refs[name].told.id for name in map(_ref, each["answers"]) if name in refs]
        answers = tuple(dict.fromkeys(named))
        if text:
            found.append(Sentence(text, Kind.ANSWERS if answers else Kind.CONNECTING, answers))
    return found


def _ref(name: str) -> str:
    return name.strip().strip("[]").upper()


def read_patterns(data: Any, material: Material) -> list[Seen]:
    """Each kind once, the surest first. Quotes of no answer are dropped, and patterns without any."""
    refs = material.by_ref
    given = data.get("archetypes", []) if isinstance(data, dict) else []
    found: dict[str, Seen] = {}
    for each in given:
        quotes = [quote for one in each["evidence"] if (quote := _quote(one, refs))]
        seen = Seen(
            type=each["type"],
            confidence=_confidence(each["confidence"]),
            themes=tuple(one_line(theme)[:80] for theme in each["themes"][:_MOST_THEMES] if theme.strip()),
            shape=one_line(each["shape"])[:1_000],
            evidence=tuple(dict.fromkeys(quotes))[:_MOST_QUOTES],
        )
        better = seen.type not in found or found[seen.type].confidence < seen.confidence
        if seen.type in PATTERNS and seen.evidence and better:
            found[seen.type] = seen
    if given and not found:
        raise Unsupported("None of the patterns rests on words that were said.")
    return sorted(found.values(), key=lambda seen: -seen.confidence)[:MOST]


def _quote(given: Any, refs: Mapping[str, Source]) -> Quote | None:
    """Under the name that was given, else under whichever answer has these words."""
    text = one_line(given["quote"]).strip('“”"«» ')
    named = refs.get(_ref(given["answer"]))
    candidates = [named] if named else []
    for source in (*candidates, *refs.values()):
        if len(text) > 2 and text in one_line(source.told.words):
            return Quote(text, source.told.id)
    return None


def _confidence(value: float) -> Decimal:
    return min(Decimal(1), max(Decimal(0), Decimal(str(value)))).quantize(Decimal("0.01"))
