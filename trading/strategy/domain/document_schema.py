"""What a session document must hold, in JSON Schema's words, and the place of each fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from orchestrator.core.json import JsonObject
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus

MOST_STEPS: Final = 200
MOST_LOG: Final = 10_000
_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Beyond these a moment is a slip, and some zone's calendar has no day for it."""
_MOMENT: Final[JsonObject] = {"type": "string", "format": "date-time"}
_OBJECT: Final[JsonObject] = {"type": "object"}


def _text(most: int) -> JsonObject:
    return {"type": "string", "pattern": r"\S", "maxLength": most}


SCHEMA: Final[JsonObject] = {
    "type": "object",
    "required": [
        "corporationId", "sessionId", "initiator", "status", "createdAt", "updatedAt", "steps", "currentStep",
    ],
    "properties": {
        "corporationId": {"type": "string", "maxLength": 20},
        "sessionId": _text(100),
        "initiator": _text(150),
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
                    "stepType": _text(60),
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
                "properties": {
                    "timestamp": _MOMENT,
                    "event": {"type": "string", "maxLength": 60},
                    "details": _OBJECT,
                },
            },
        },
    },
}  # fmt: skip
"""A date of the document store is a text in RFC 3339 here."""

_CHECKS: Final = FormatChecker()
_VALIDATOR: Final = Draft202012Validator(SCHEMA, format_checker=_CHECKS)
_MOST_FAULTS: Final = 20
_SHOWN: Final = 60
_DEEPEST: Final = 100
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


@_CHECKS.checks("date-time", raises=(ValueError, OverflowError))
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or moment(value) is not None


def moment(text: str) -> datetime:
    """In UTC. Raises ValueError for what is none, has no offset (it would mean something else everywhere), or
    lies outside the years 1900 to 2199."""
    if not _RFC_3339.fullmatch(text):
        raise ValueError("It is no time in RFC 3339.")
    found = datetime.fromisoformat(text)
    if not _EARLIEST <= found < _LATEST:
        raise ValueError("It is not of our time.")
    return found.astimezone(UTC)


def faults_in(document: Any) -> dict[str, list[str]]:
    """Sentences by place (``steps.2.status``), of the first twenty places; a list is read up to its limit."""
    found: dict[str, list[str]] = {}
    for error in _errors(document):
        place = ".".join(map(str, [*error.path, *_missing(error)]))
        if place not in found and len(found) >= _MOST_FAULTS:
            break
        found.setdefault(place, []).append(_sentence(error))
    return found or dict(islice(_unstorable(document, (), 0), _MOST_FAULTS))


def _errors(document: Any) -> Iterator[ValidationError]:
    if isinstance(document, dict):
        for name, most in (("steps", MOST_STEPS), ("sessionLog", MOST_LOG)):
            told = document.get(name)
            if isinstance(told, list) and len(told) > most:
                document = {**document, name: told[: most + 1]}
    return islice(_VALIDATOR.iter_errors(document), 1_000)


def _sentence(error: ValidationError) -> str:
    limit: Any = error.validator_value
    match error.validator:
        case "required":
            return "This is missing."
        case "enum":
            return f"{_told(error.instance)} is not one of {', '.join(limit)}."
        case "type":
            return f"{_told(error.instance)} is not of type {limit}."
        case "format":
            return f"{_told(error.instance)} is no date-time with its offset, such as 2026-11-22T12:00:00Z."
        case "maxItems":
            return f"There are at most {limit:,} here."
        case "maxLength":
            return f"This is at most {limit:,} characters long."
        case _:
            return "This is empty."


def _unstorable(value: Any, place: tuple[str, ...], depth: int) -> Iterator[tuple[str, list[str]]]:
    """What JSON can say and a table cannot hold, wherever it is."""
    if isinstance(value, str) and _UNSTORABLE.search(value):
        yield ".".join(place), ["It holds a character that cannot be stored (NUL, or half of one)."]
    elif depth > _DEEPEST:
        yield ".".join(place[:6]), [f"It is nested deeper than {_DEEPEST} levels."]
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _unstorable(each, (*place, str(at)), depth + 1)
    elif isinstance(value, dict):
        for name, each in value.items():
            if _UNSTORABLE.search(name):
                yield ".".join(place), ["A name in it holds a character that cannot be stored."]
            else:
                yield from _unstorable(each, (*place, name), depth + 1)


def _missing(error: ValidationError) -> Iterator[str]:
    """Its message begins with the name, in quotes."""
    if error.validator == "required":
        yield error.message.split("'")[1]


def _told(value: Any) -> str:
    """As it was sent, and not at length."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
