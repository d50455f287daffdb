"""Sessions as documents: the shape that other systems know them by, in both spellings of its names.

The schema says the same as the ``strategic_workflows`` collection that sessions come from; what a JSON
Schema cannot say (the current step is one of the steps, a confidence lies between 0 and 1) is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from orchestrator.core.json import JsonObject
from trading.strategy.domain.document_schema import faults_in, moment
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus

_FREE: Final = frozenset({"input", "output", "recommendations", "details"})
"""What is below these is people's own and keeps its spelling."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_GAP: Final = re.compile(r"_([a-z0-9])")
_CORPORATION: Final = re.compile(r"[1-9]\d{0,18}", re.ASCII)


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
    return _renamed(value, _snake)


def camel(value: Any) -> Any:
    """The same with names such as ``currentStep``, as the document spells them."""
    return _renamed(value, _camel)


def _snake(name: str) -> str:
    return _HUMP.sub(r"_\1", name).lower()


def _camel(name: str) -> str:
    return _GAP.sub(lambda found: found[1].upper(), name)


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_renamed(each, rename) for each in value]
    if not isinstance(value, dict):
        return value
    return {rename(name): each if name in _FREE else _renamed(each, rename) for name, each in value.items()}


def read(value: Any) -> SessionDocument:
    """Out of JSON in either spelling. Raises BadDocument with the faults, each at its place."""
    document = camel(value) if isinstance(value, dict) else value
    faults = _twice(value, ()) or faults_in(document) or _rules(document)
    if faults:
        raise BadDocument(faults)
    return _read(document)


def _twice(value: Any, place: tuple[str, ...]) -> dict[str, list[str]]:
    """What is told in both spellings at once: nobody knows which one is meant."""
    if isinstance(value, list):
        return _merged(_twice(each, (*place, str(at))) for at, each in enumerate(value))
    if not isinstance(value, dict):
        return {}
    found: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for name in value:
        other = names.setdefault(_camel(name), name)
        if other != name:
            found[".".join((*place, _camel(name)))] = [f"It is told twice, as {other} and as {name}."]
    inner = (_twice(each, (*place, name)) for name, each in value.items() if name not in _FREE)
    return {**found, **_merged(inner)}


def _merged(parts: Iterable[dict[str, list[str]]]) -> dict[str, list[str]]:
    return {place: said for part in parts for place, said in part.items()}


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
        if ended and moment(ended) < moment(step["startedAt"]):
            faults[f"steps.{at}.completedAt"] = ["It was completed before it was started."]
    return faults


def _read(document: Any) -> SessionDocument:
    return SessionDocument(
        corporation_id=int(document["corporationId"]),
        session_id=document["sessionId"],
        initiator=document["initiator"],
        status=SessionStatus(document["status"]),
        created_at=moment(document["createdAt"]),
        updated_at=moment(document["updatedAt"]),
        steps=tuple(_step(each) for each in document["steps"]),
        current_step=int(document["currentStep"]),
        log=tuple(
            LogDocument(
                moment(each.get("timestamp", document["createdAt"])),
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
        started_at=moment(step["startedAt"]),
        completed_at=moment(ended) if ended else None,
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
