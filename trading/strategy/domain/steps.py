"""The step types that come with the product: what each asks, of which data, and what its answer holds."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from orchestrator.core.json import JsonObject
from trading.strategy.domain.kinds import DataKind
from trading.strategy.domain.vocabulary import StepType

MOST_OUTPUT_BYTES: Final = 256 * 1024

STEP_TYPE: Final = r"^[a-z][a-z0-9_-]{0,59}$"
"""How authors may call their own."""


@dataclass(frozen=True, slots=True)
class Definition:
    """``data`` are the kinds it is given where a node names none."""

    title: str
    instructions: str
    data: tuple[DataKind, ...]
    schema: JsonObject


def _text(description: str) -> JsonObject:
    return {"type": "string", "minLength": 1, "maxLength": 4_000, "description": description}


def _rows(description: str, least: int = 1, most: int = 10, /, **fields: JsonObject) -> JsonObject:
    return {
        "type": "array",
        "minItems": least,
        "maxItems": most,
        "description": description,
        "items": _fields(**fields),
    }


def _fields(**fields: JsonObject) -> JsonObject:
    return {
        "type": "object",
        "required": list(fields),
        "additionalProperties": False,
        "properties": dict(fields),
    }


_LEVEL: Final[JsonObject] = {"enum": ["low", "medium", "high"]}
_NAME: Final[JsonObject] = {"type": "string", "minLength": 1, "maxLength": 200}
_SUMMARY: Final = _text("Two to four sentences for the corporation's leaders")

DEFINITIONS: Final[dict[StepType, Definition]] = {
    StepType.SITUATION: Definition(
        "Situation",
        "Say where the corporation stands: its size and trend, its income and expenses, what it owns and "
        "builds, and the market around it. Keep to what the data say; name what they do not say.",
        (DataKind.CORPORATION, DataKind.ALLIANCE, DataKind.MEMBERS, DataKind.WALLETS, DataKind.JOURNAL),
        _fields(
            summary=_SUMMARY,
            strengths=_rows("What works", 0, point=_text("One sentence")),
            weaknesses=_rows("What does not", 0, point=_text("One sentence")),
            unknowns=_rows("What the data do not say", 0, point=_text("One sentence")),
        ),
    ),
    StepType.THREATS: Definition(
        "Threats",
        "Name what could harm the corporation in the coming weeks: war, falling markets, rising costs, "
        "members who leave, jobs and orders that run out. Judge how likely and how grave each is.",
        (DataKind.CORPORATION, DataKind.MEMBERS, DataKind.JOURNAL, DataKind.ORDERS, DataKind.HISTORY),
        _fields(
            summary=_SUMMARY,
            threats=_rows(
                "The gravest first",
                name=_NAME,
                description=_text("What may happen, and why"),
                likelihood=_LEVEL,
                impact=_LEVEL,
                response=_text("What could be done about it"),
            ),
        ),
    ),
    StepType.RESOURCES: Definition(
        "Resources",
        "Say what the corporation can work with: money by division, assets, people, industry under way, "
        "orders on the market. Say what of it is free, and what is bound.",
        (DataKind.MEMBERS, DataKind.WALLETS, DataKind.ASSETS, DataKind.JOBS, DataKind.ORDERS),
        _fields(
            summary=_SUMMARY,
            resources=_rows(
                "What there is",
                name=_NAME,
                amount=_text("How much, with its unit"),
                availability={"enum": ["free", "bound", "unknown"]},
                note=_text("What that means"),
            ),
        ),
    ),
    StepType.OPTIONS: Definition(
        "Options",
        "Propose two to six courses of action that really differ, with the resources and against the threats "
        "that earlier steps found. One of them is to go on as now.",
        (DataKind.WALLETS, DataKind.MARKET, DataKind.INDICES),
        _fields(
            summary=_SUMMARY,
            options=_rows(
                "They differ really",
                2,
                6,
                name=_NAME,
                description=_text("What would be done"),
                gain=_text("What it would bring"),
                cost=_text("What it would take"),
                risk=_LEVEL,
            ),
        ),
    ),
    StepType.MATRIX: Definition(
        "Decision matrix",
        "Score each option of the earlier step from 0 (worst) to 10 (best) by three to six weighted "
        "criteria. Give a reason for every score, and the fact that it rests on as its source. A high "
        "score is always good: for cost or risk it means little of it.",
        (DataKind.WALLETS, DataKind.JOURNAL),
        _fields(
            summary=_SUMMARY,
            options=_rows("As they were named", 2, 20, name=_NAME, description=_text("In short")),
            criteria=_rows(
                "With what each counts for",
                2,
                10,
                name=_NAME,
                description=_text("What a high score means"),
                weight={"type": "number", "minimum": 0, "maximum": 1_000},
            ),
            scores=_rows(
                "One for each option and criterion",
                4,
                200,
                option=_NAME,
                criterion=_NAME,
                score={"type": "number", "minimum": 0, "maximum": 10},
                reason=_text("Why"),
                source={"type": "string", "maxLength": 300, "description": "The fact it rests on"},
            ),
        ),
    ),
    StepType.RECOMMENDATION: Definition(
        "Recommendation",
        "Recommend one course of action by the matrix, and say what would have to change for another one to "
        "be better. Each recommendation is something that can be done and checked later.",
        (DataKind.WALLETS, DataKind.JOURNAL),
        _fields(
            summary=_SUMMARY,
            chosen=_NAME,
            reason=_text("Why this one"),
            otherwise=_text("What would have to be different for another choice"),
        ),
    ),
    StepType.PLAN: Definition(
        "Plan",
        "Break the recommended course into tasks in their order: who in the corporation does each, within "
        "how many days, and by which figure of the data one will see that it worked.",
        (DataKind.WALLETS, DataKind.JOBS),
        _fields(
            summary=_SUMMARY,
            tasks=_rows(
                "In order",
                1,
                20,
                name=_NAME,
                description=_text("What is done"),
                role=_NAME,
                within_days={"type": "integer", "minimum": 1, "maximum": 365},
                measure=_text("How one sees that it worked"),
            ),
        ),
    ),
}


def definition_of(step_type: str) -> Definition | None:
    """None for one that an author named."""
    return DEFINITIONS.get(StepType(step_type)) if step_type in list(StepType) else None


def unknown_message(step_type: str) -> str:
    """For a type that is not built in and that nobody said the purpose of."""
    near = get_close_matches(step_type, [*StepType], n=1)
    hint = f" Do you mean “{near[0]}”?" if near else ""
    known = ", ".join(StepType)
    return (
        f"There is no step type “{step_type}”.{hint} Built in are {known}; for one of your own, "
        "say here what it is to do"
    )
