"""Help without a model: fixed rules that put a person's own sentences in order. Nothing leaves it."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import Final

from process.domain.material import Material, Source, Told
from process.domain.patterns import MOST, PATTERNS, Pattern
from process.domain.results import Quote, Seen
from process.domain.texts import Kind, Paragraph, Sentence, one_line, split_sentences
from process.domain.vocabulary import ResponseFormat

MODEL: Final = "rules-1"
_LINKS: Final = {
    "people": "There were people in it.",
    "tension": "It was not simple.",
    "change": "Something changed.",
    "meaning": "This is what stays of it.",
}
_NAME: Final = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Ý][a-zà-ÿ]{2,}")
_WORD: Final = re.compile(r"[a-zà-ÿ]+")
_SHORT: Final = 12
_FEW: Final = 3
_QUESTIONS: Final = {
    "scene": "If you close your eyes and stand there again: what do you hear?",
    "people": "What did one of them always say or do, so that you would know them anywhere?",
    "tension": "What would have happened if nobody had done anything?",
    "change": "How would somebody who knew you before have noticed that something was different?",
    "meaning": "Whom would you like to know this, and why them?",
}


def draft(material: Material) -> list[Paragraph]:
    """A paragraph per answer, in the person's words, with a short sentence where the subject changes."""
    paragraphs, kind = list[Paragraph](), ""
    for source in _spoken(material):
        own = _own(source.told)
        now = source.told.prompt.kind
        if paragraphs and now != kind and now in _LINKS:
            own = [Sentence(_LINKS[now], Kind.CONNECTING), *own]
        kind = now
        paragraphs.append(tuple(own))
    return paragraphs


def checkpoint(material: Material) -> list[Paragraph]:
    """What was spoken of, and of each part the first sentence of what was said most about."""
    by_section: dict[str, list[Source]] = defaultdict(list)
    for source in _spoken(material):
        by_section[source.section].append(source)
    if not by_section:
        return []
    names = ", ".join(by_section)
    said = []
    for sources in by_section.values():
        longest = max(sources, key=lambda source: len(source.told.words))
        said.append(_own(longest.told)[0])
    return [(Sentence(f"So far you have told of: {names}.", Kind.CONNECTING),), tuple(said)]


def question(told: Told) -> str:
    """One that asks further about a name, about more of what was only touched, or about the kind of thing."""
    text = one_line(told.words)
    if names := _NAME.findall(text):
        return f"What would I have to know about {names[0]} to see this as you saw it?"
    if len(text.split()) < _SHORT:
        return "Can you stay there a little longer? What happened just before, and just after?"
    return _QUESTIONS.get(told.prompt.kind, "Which detail of this have you never told anybody?")


def patterns(material: Material) -> list[Seen]:
    """Those with at least three of their words in what was said, each with the sentences that hold them."""
    found = [seen for pattern in PATTERNS.values() if (seen := _seen(pattern, material))]
    return sorted(found, key=lambda seen: (-seen.confidence, seen.type))[:MOST]


def _seen(pattern: Pattern, material: Material) -> Seen | None:
    words: dict[str, None] = {}
    quotes: list[Quote] = []
    for source in material.sources:
        for sentence in split_sentences(source.told.words):
            here = [word for word in _WORD.findall(sentence.lower()) if word in pattern.words]
            words |= dict.fromkeys(here)
            if here:
                quotes.append(Quote(one_line(sentence), source.told.id))
    if len(words) < _FEW:
        return None
    answers = len({quote.answer for quote in quotes})
    confidence = min(Decimal("0.80"), Decimal("0.30") + Decimal("0.05") * (len(words) + answers))
    return Seen(
        type=pattern.name,
        confidence=confidence,
        themes=tuple(words)[:6],
        shape=pattern.shape,
        evidence=tuple(dict.fromkeys(quotes))[:4],
    )


def _spoken(material: Material) -> list[Source]:
    """Choices are no sentences of a person."""
    return [
        source
        for source in material.sources
        if source.told.prompt.format is not ResponseFormat.MULTI_SELECT and _own(source.told)
    ]


def _own(told: Told) -> list[Sentence]:
    return [Sentence(text, Kind.ANSWERS, (told.id,)) for text in split_sentences(told.words)]
