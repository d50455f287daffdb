"""What rules may use of a question, and how they say what they found."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from orchestrator.ai.domain import offline
from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain.answers import STEP, Question, facts_by_name
from trading.strategy.domain.facts import Fact
from trading.strategy.domain.vocabulary import StepType

LABEL: Final = offline.LABEL
Made = tuple[JsonObject, list[JsonObject]]
"""An output, and what it recommends."""


class Facts:
    """What a question tells, by name, and which of it was used."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.known = facts_by_name(question.sources)

    def get(self, name: str) -> Fact | None:
        found = self.known.get(name)
        return found[1] if found else None

    def number(self, name: str) -> Decimal | None:
        fact = self.get(name)
        try:
            return Decimal(str(fact.value)) if fact is not None and fact.value is not None else None
        except InvalidOperation:
            return None

    def texts(self, *names: str) -> list[str]:
        return [fact.text for name in names if (fact := self.get(name)) is not None]

    def under(self, prefix: str) -> list[tuple[str, Fact]]:
        return [(name, fact) for name, (_, fact) in self.known.items() if name.startswith(prefix)]

    def output_of(self, step_type: StepType) -> JsonObject:
        """What the last earlier step of this type found."""
        found = [each.output for each in self.question.earlier if each.step_type == step_type]
        return found[-1] if found else {}

    def cite(self, *names: str) -> list[Json]:
        """Of those that are known; without any, the first fact there is."""
        cited = [name for name in names if name in self.known] or list(self.known)[:1]
        return [
            {"kind": source.kind, "fact": fact.name} for source, fact in (self.known[each] for each in cited)
        ]


def confidence_of(facts: Facts) -> float:
    """Rules that look at few facts are never sure."""
    kinds = {source.kind for source in facts.question.sources if source.kind != STEP}
    return round(min(0.75, 0.35 + 0.08 * len(kinds)), 2)


def advice(facts: Facts, title: str, detail: str, *names: str) -> JsonObject:
    return {
        "title": title,
        "detail": f"{LABEL} {detail}",
        "confidence": confidence_of(facts),
        "citations": facts.cite(*names),
    }


def said(*sentences: str) -> str:
    return f"{LABEL} " + " ".join(f"{each.rstrip('.')}." for each in sentences if each)


def points(texts: list[str]) -> list[Json]:
    return [{"point": each} for each in texts[:10]]


def dicts(output: JsonObject, name: str) -> list[dict[str, Any]]:
    found = output.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
