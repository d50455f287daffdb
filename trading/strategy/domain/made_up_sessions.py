"""A session that nobody held, as a document: answered by fixed rules, accepted and judged by nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orchestrator.ai.domain.catalog import OFFLINE
from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain import offline
from trading.strategy.domain.answers import STEP, Advice, Answer, Earlier, Question, Source, read_answer
from trading.strategy.domain.facts import Fact
from trading.strategy.domain.steps import DEFINITIONS
from trading.strategy.domain.vocabulary import (
    Outcome,
    RecommendationStatus,
    SessionStatus,
    StepStatus,
    StepType,
)

NOTE: Final = "Generated for the demo: nobody carried this out."
_STEP: Final = timedelta(minutes=9)
_READ: Final = timedelta(minutes=6)
_LATER: Final = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Fate:
    """How sure a recommendation was, and what became of it: with an outcome it was done."""

    confidence: float
    outcome: Outcome | None = None
    status: RecommendationStatus = RecommendationStatus.PROPOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    corporation: str
    number: int
    session_id: str
    initiator: str
    objective: str
    began: datetime
    sources: Sequence[Source]
    fates: Sequence[Fate]
    """Of its recommendations, one after the other."""


def past_session(past: Past) -> JsonObject:
    """Completed, in the document's shape, with all that the built-in steps say by the offline rules."""
    steps: list[Json] = []
    log: list[Json] = [_entry(past.began, "session_started", {"initiator": past.initiator})]
    earlier: tuple[Earlier, ...] = ()
    fates = iter(past.fates)
    for position, step_type in enumerate(DEFINITIONS):
        began = past.began + position * _STEP
        question = _question(past, step_type, earlier)
        answer = read_answer(offline.answer(question), question.sources)
        advice = [
            _advice(each, next(fates, Fate(answer.confidence)), began) for each in answer.recommendations
        ]
        steps.append(
            {
                "stepType": step_type.value,
                "status": StepStatus.COMPLETED.value,
                "startedAt": began.isoformat(),
                "completedAt": (began + _READ).isoformat(),
                "input": _given(past, question),
                "output": answer.output,
                "confidenceScore": answer.confidence,
                "recommendations": [*advice],
            }
        )
        log += _told(began, answer)
        titles = tuple(each.title for each in answer.recommendations)
        name = f"{step_type.value}.{position + 1}"
        earlier += (Earlier(name, step_type.value, question.title, answer.output, titles),)
    ended = past.began + len(steps) * _STEP
    return {
        "corporationId": str(past.number),
        "sessionId": past.session_id,
        "initiator": past.initiator,
        "status": SessionStatus.COMPLETED.value,
        "createdAt": past.began.isoformat(),
        "updatedAt": ended.isoformat(),
        "steps": steps,
        "currentStep": len(steps) - 1,
        "sessionLog": [*log, _entry(ended, "session_completed", {})],
    }


def _question(past: Past, step_type: StepType, earlier: tuple[Earlier, ...]) -> Question:
    definition = DEFINITIONS[step_type]
    data = [each for each in past.sources if each.kind in set(definition.data)]
    before = [
        Source(STEP, "", past.began + at * _STEP + _READ, (Fact(each.name, each.title),))
        for at, each in enumerate(earlier)
    ]
    return Question(
        step_type=step_type.value,
        title=definition.title,
        instructions=definition.instructions,
        schema=definition.schema,
        corporation=past.corporation,
        objective=past.objective,
        sources=(*data, *before),
        earlier=earlier,
    )


def _given(past: Past, question: Question) -> JsonObject:
    data = [each for each in question.sources if each.kind != STEP]
    return {
        "objective": past.objective,
        "instructions": question.instructions,
        "snapshots": [
            {"id": each.snapshot, "kind": each.kind, "source": "generated", "as_of": each.as_of.isoformat()}
            for each in data
        ],
        "steps": [{"position": at, "step_type": each.step_type} for at, each in enumerate(question.earlier)],
        "missing": [],
        "provider": OFFLINE,
        "model": "rules-1",
    }


def _advice(advice: Advice, fate: Fate, began: datetime) -> JsonObject:
    told: JsonObject = {
        "title": advice.title,
        "detail": advice.detail,
        "citations": list(advice.citations),
        "confidence": fate.confidence,
        "status": fate.status.value
        if fate.outcome or fate.status != RecommendationStatus.DONE
        else "proposed",
    }
    if fate.outcome is not None:
        done = (began + _LATER).isoformat()
        told |= {
            "status": RecommendationStatus.DONE.value,
            "outcome": fate.outcome.value,
            "note": NOTE,
            "accepted_at": (began + _READ).isoformat(),
            "done_at": done,
            "judged_at": done,
        }
    return told


def _told(began: datetime, answer: Answer) -> list[Json]:
    details: JsonObject = {"confidence": answer.confidence, "recommendations": len(answer.recommendations)}
    return [
        _entry(began, "step_started", {"round": 1}),
        _entry(began + timedelta(seconds=2), "step_answered", {**details, "provider": OFFLINE, "round": 1}),
        _entry(began + _READ, "step_accepted", {"round": 1, "edited": False}),
    ]


def _entry(at: datetime, event: str, details: JsonObject) -> JsonObject:
    return {"timestamp": at.isoformat(), "event": event, "details": details}
