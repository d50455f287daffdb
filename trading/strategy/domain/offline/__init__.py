"""Fixed rules in place of a model: the same facts always give the same answers, and each says that it is so.

They know the built-in step types. Steps that an author named are answered by the platform's offline rules,
which fit words of the question into the step's schema.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orchestrator.ai.domain import offline
from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain.answers import Question
from trading.strategy.domain.offline.choosing import matrix, plan, recommendation
from trading.strategy.domain.offline.facts import LABEL, Facts, Made, confidence_of
from trading.strategy.domain.offline.finding import options, resources, situation, threats
from trading.strategy.domain.steps import DEFINITIONS
from trading.strategy.domain.vocabulary import StepType

__all__ = ["LABEL", "answer"]


def answer(question: Question) -> JsonObject:
    """As a model would have answered: ``{output, confidence, recommendations}``."""
    facts = Facts(question)
    rule = _RULES.get(question.step_type)
    if rule is None or question.schema != _schema_of(question.step_type):
        return _fitted(question, facts)
    output, recommendations = rule(facts)
    return {
        "output": output,
        "confidence": confidence_of(facts),
        "recommendations": list(recommendations),
    }


def _schema_of(step_type: str) -> JsonObject:
    return DEFINITIONS[StepType(step_type)].schema


def _fitted(question: Question, facts: Facts) -> JsonObject:
    told = " ".join(fact.text + "." for _, fact in facts.known.values())[:20_000]
    answered = offline.answer(f"{question.prompt}\n{told}", question.schema)
    output: Json = json.loads(answered.text)
    found: JsonObject = output if isinstance(output, dict) else {"answer": output}
    return {"output": found, "confidence": answered.confidence, "recommendations": []}


_RULES: Final[dict[str, Callable[[Facts], Made]]] = {
    StepType.SITUATION.value: situation,
    StepType.THREATS.value: threats,
    StepType.RESOURCES.value: resources,
    StepType.OPTIONS.value: options,
    StepType.MATRIX.value: matrix,
    StepType.RECOMMENDATION.value: recommendation,
    StepType.PLAN.value: plan,
}
