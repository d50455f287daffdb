"""What of a person's answers may be given to a helper: never what is private, hidden or no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from process.domain.asking import visible
from process.domain.journey import Journey
from process.domain.process import Process, Prompt
from process.domain.vocabulary import ResponseFormat, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer in words, with the further question that it gave rise to."""

    id: UUID
    prompt: Prompt
    text: str
    tier: int
    private: bool = False
    question: str = ""
    reply: str = ""

    @property
    def words(self) -> str:
        """All that the person said here."""
        return f"{self.text}\n{self.reply}" if self.reply else self.text


@dataclass(frozen=True, slots=True)
class Source:
    """An answer that may be given away, under a short name for one call."""

    ref: str
    section: str
    told: Told


@dataclass(frozen=True, slots=True)
class Material:
    """What may be given away, in the order of the process, and how many answers are kept back and why."""

    sources: tuple[Source, ...] = ()
    private: int = 0
    hidden: int = 0

    @property
    def ids(self) -> list[UUID]:
        return [source.told.id for source in self.sources]

    @property
    def by_ref(self) -> dict[str, Source]:
        return {source.ref: source for source in self.sources}


def is_text(prompt: Prompt) -> bool:
    """A tick says nothing that a text could be made of."""
    return prompt.format is not ResponseFormat.CHECKBOX


def is_private(told: Told) -> bool:
    """Whatever its row says, an answer to a private prompt is private."""
    return told.private or max(told.tier, told.prompt.tier) >= Tier.PRIVATE


def gather(process: Process, journey: Journey, told: Iterable[Told], *, section: str = "") -> Material:
    """Of a section, or of everything. A boundary that was drawn later also hides what was said before it."""
    by_prompt = {each.prompt.id: each for each in told}
    sources: list[Source] = []
    private = hidden = 0
    for lane, prompt in _in_order(process, section):
        each = by_prompt.pop(prompt.id, None)
        if each is None or not is_text(prompt) or not each.text.strip():
            continue
        if is_private(each):
            private += 1
        elif not visible(process, journey, (prompt,)):
            hidden += 1
        else:
            sources.append(Source(f"A{len(sources) + 1}", lane, each))
    return Material(tuple(sources), private, hidden)


def only(material: Material, answer: UUID) -> Material:
    """The part of it that is one answer."""
    kept = tuple(
        Source("A1", source.section, source.told) for source in material.sources if source.told.id == answer
    )
    return Material(kept, material.private, material.hidden)


def _in_order(process: Process, section: str) -> Iterator[tuple[str, Prompt]]:
    if section:
        lane = process.sections[section]
        yield from ((lane.name, prompt) for prompt in lane.prompts)
        return
    for node in process.nodes.values():
        yield from ((node.name, prompt) for prompt in node.prompts)
        for key in node.sections:
            lane = process.sections[key]
            yield from ((lane.name, prompt) for prompt in lane.prompts)
