"""Sessions as documents: the shape that other systems know them by, in both spellings of its names.

``SCHEMA`` says the same as the ``strategic_workflows`` collection that sessions come from; what a JSON
Schema cannot say (the current step is one of the steps, a confidence lies between 0 and 1) is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from orchestrator.core.json import JsonObject
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus

MOST_STEPS: Final = 200
MOST_LOG: Final = 10_000
_MOMENT: Final[JsonObject] = {"type": "string", "format": "date-time"}
_OBJECT: Final[JsonObject] = {"type": "object"}

SCHEMA: Final[JsonObject] = {
    "type": "object",
    "required": [
        "corporationId", "sessionId", "initiator", "status", "createdAt", "updatedAt", "steps", "currentStep",
    ],
    "properties": {
        "corporationId": {"type": "string", "maxLength": 20},
        "sessionId": {"type": "string", "maxLength": 100},
        "initiator": {"type": "string", "minLength": 1, "maxLength": 150},
        "status": {"enum": [*SessionStatus]},
        "createdAt": _MOMENT,
        "updatedAt": _MOMENT,
        "steps": {
            "type": "array",
            "maxItems": MOST_STEPS,
            "items": {
                "type": "object",
                "required": ["stepType", "status", "startedAt"],
                "properties": {
                    "stepType": {"type": "string", "minLength": 1, "maxLength": 60},
                    "status": {"enum": [*StepStatus]},
                    "startedAt": _MOMENT,
                    "completedAt": _MOMENT,
                    "input": _OBJECT,
                    "output": _OBJECT,
                    "confidenceScore": {"type": "number"},
                    "recommendations": {"type": "array", "maxItems": 100, "items": _OBJECT},
                },
            },
        },
        "currentStep": {"type": "integer"},
        "sessionLog": {
            "type": "array",
            "maxItems": MOST_LOG,
            "items": {
                "type": "object",
                "properties": {"timestamp": _MOMENT, "event": {"type": "string"}, "details": _OBJECT},
            },
        },
    },
}  # fmt: skip
"""In JSON Schema's own words: a date of the document store is a text in RFC 3339."""

_FREE: Final = frozenset({"input", "output", "recommendations", "details"})
"""What is below these is people's own and keeps its spelling."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_GAP: Final = re.compile(r"_([a-z0-9])")
_CHECKS: Final = FormatChecker()
_VALIDATOR: Final = Draft202012Validator(SCHEMA, format_checker=_CHECKS)
_MOST_FAULTS: Final = 20
_CORPORATION: Final = re.compile(r"[1-9]\d{0,18}", re.ASCII)


@_CHECKS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """With its offset: a time without one means something else everywhere."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@dataclass(frozen=True, slots=True)
class StepDocument:
    step_type: str
    status: StepStatus
    started_at: datetime
    completed_at: datetime | None = None
    input: JsonObject = field(default_factory=dict)
    output: JsonObject | None = None
    confidence: float | None = None
    recommendations: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True)
class LogDocument:
    at: datetime
    event: str
    details: JsonObject


@dataclass(frozen=True, slots=True)
class SessionDocument:
    corporation_id: int
    session_id: str
    initiator: str
    status: SessionStatus
    created_at: datetime
    updated_at: datetime
    steps: tuple[StepDocument, ...]
    current_step: int
    log: tuple[LogDocument, ...]


class BadDocument(ValueError):
    """``faults`` are sentences by place: ``steps.2.status``."""

    def __init__(self, faults: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{place}: {' '.join(said)}" for place, said in faults.items()))
        self.faults = dict(faults)


def snake(value: Any) -> Any:
    """The same with names such as ``current_step``, as this API spells them."""
    return _renamed(value, lambda name: _HUMP.sub(r"_\1", name).lower())


def camel(value: Any) -> Any:
    """The same with names such as ``currentStep``, as the document spells them."""
    return _renamed(value, lambda name: _GAP.sub(lambda found: found[1].upper(), name))


def _renamed(value: Any, rename: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(each, rename) for each in value]
    if not isinstance(value, dict):
        return value
    return {rename(name): each if name in _FREE else _renamed(each, rename) for name, each in value.items()}


def read(value: Any) -> SessionDocument:
    """Out of JSON in either spelling. Raises BadDocument with all faults, each at its place."""
    document = camel(value) if isinstance(value, dict) else value
    faults: dict[str, list[str]] = {}
    for error in sorted(_VALIDATOR.iter_errors(document), key=lambda each: list(map(str, each.path))):
        place = ".".join(str(part) for part in error.path)
        faults.setdefault(place, []).append(f"{error.message[:200]}.")
        if len(faults) >= _MOST_FAULTS:
            break
    if faults:
        raise BadDocument(faults)
    if faults := _rules(document):
        raise BadDocument(faults)
    return _read(document)


def _rules(document: JsonObject) -> dict[str, list[str]]:
    steps: Any = document["steps"]
    faults: dict[str, list[str]] = {}
    if not _CORPORATION.fullmatch(str(document["corporationId"])):
        faults["corporationId"] = ["A corporation's id is a number, such as 98000001."]
    current: Any = document["currentStep"]
    last = max(0, len(steps) - 1)
    if not 0 <= current <= last:
        faults["currentStep"] = [f"There are {len(steps)} steps, so this is between 0 and {last}."]
    for at, step in enumerate(steps):
        if not 0 <= step.get("confidenceScore", 0) <= 1:
            faults[f"steps.{at}.confidenceScore"] = ["A confidence is between 0 and 1."]
        ended = step.get("completedAt")
        if ended and datetime.fromisoformat(ended) < datetime.fromisoformat(step["startedAt"]):
            faults[f"steps.{at}.completedAt"] = ["It was completed before it was started."]
    return faults


def _read(document: Any) -> SessionDocument:
    return SessionDocument(
        corporation_id=int(document["corporationId"]),
        session_id=document["sessionId"],
        initiator=document["initiator"],
        status=SessionStatus(document["status"]),
        created_at=datetime.fromisoformat(document["createdAt"]),
        updated_at=datetime.fromisoformat(document["updatedAt"]),
        steps=tuple(_step(each) for each in document["steps"]),
        current_step=int(document["currentStep"]),
        log=tuple(
            LogDocument(
                datetime.fromisoformat(each.get("timestamp", document["createdAt"])),
                each.get("event", ""),
                each.get("details", {}),
            )
            for each in document.get("sessionLog", [])
        ),
    )


def _step(step: Any) -> StepDocument:
    ended, confidence = step.get("completedAt"), step.get("confidenceScore")
    return StepDocument(
        step_type=step["stepType"],
        status=StepStatus(step["status"]),
        started_at=datetime.fromisoformat(step["startedAt"]),
        completed_at=datetime.fromisoformat(ended) if ended else None,
        input=step.get("input", {}),
        output=step.get("output"),
        confidence=None if confidence is None else float(confidence),
        recommendations=tuple(step.get("recommendations", [])),
    )


def write(session: SessionDocument) -> JsonObject:
    """As ``SCHEMA`` has it; ``read`` makes the same of it again."""
    return {
        "corporationId": str(session.corporation_id),
        "sessionId": session.session_id,
        "initiator": session.initiator,
        "status": session.status,
        "createdAt": session.created_at.isoformat(),
        "updatedAt": session.updated_at.isoformat(),
        "steps": [_written(each) for each in session.steps],
        "currentStep": session.current_step,
        "sessionLog": [
            {"timestamp": each.at.isoformat(), "event": each.event, "details": each.details}
            for each in session.log
        ],
    }


def _written(step: StepDocument) -> JsonObject:
    told: JsonObject = {
        "stepType": step.step_type,
        "status": step.status,
        "startedAt": step.started_at.isoformat(),
        "input": step.input,
        "recommendations": list(step.recommendations),
    }
    if step.completed_at is not None:
        told["completedAt"] = step.completed_at.isoformat()
    if step.output is not None:
        told["output"] = step.output
    if step.confidence is not None:
        told["confidenceScore"] = step.confidence
    return told
