"""Session documents: valid by the schema of their source, the same again after a round, faults named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.json import JsonObject
from trading.strategy.domain.documents import (
    BadDocument,
    LogDocument,
    SessionDocument,
    StepDocument,
    camel,
    read,
    snake,
    write,
)
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus

BSON: dict[str, Any] = {
    "bsonType": "object",
    "required": [
        "corporationId", "sessionId", "initiator", "status", "createdAt", "updatedAt", "steps", "currentStep",
    ],
    "properties": {
        "corporationId": {"bsonType": "string"},
        "sessionId": {"bsonType": "string"},
        "initiator": {"bsonType": "string"},
        "status": {"enum": ["active", "paused", "completed", "archived"]},
        "createdAt": {"bsonType": "date"},
        "updatedAt": {"bsonType": "date"},
        "steps": {
            "bsonType": "array",
            "items": {
                "bsonType": "object",
                "required": ["stepType", "status", "startedAt"],
                "properties": {
                    "stepType": {"bsonType": "string"},
                    "status": {"enum": ["pending", "in_progress", "completed", "error"]},
                    "startedAt": {"bsonType": "date"},
                    "completedAt": {"bsonType": "date"},
                    "input": {"bsonType": "object"},
                    "output": {"bsonType": "object"},
                    "confidenceScore": {"bsonType": "double"},
                    "recommendations": {"bsonType": "array", "items": {"bsonType": "object"}},
                },
            },
        },
        "currentStep": {"bsonType": "int"},
        "sessionLog": {
            "bsonType": "array",
            "items": {
                "bsonType": "object",
                "properties": {
                    "timestamp": {"bsonType": "date"},
                    "event": {"bsonType": "string"},
                    "details": {"bsonType": "object"},
                },
            },
        },
    },
}  # fmt: skip
"""The schema of the collection, as it is written where sessions come from."""

_TYPES = {"int": "integer", "double": "number"}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def as_json_schema(bson: Any) -> Any:
    """Types of the document store as JSON has them: dates are texts in RFC 3339."""
    if isinstance(bson, list):
        return [as_json_schema(each) for each in bson]
    if not isinstance(bson, dict):
        return bson
    found = {name: as_json_schema(each) for name, each in bson.items() if name != "bsonType"}
    kind = bson.get("bsonType")
    if isinstance(kind, str):
        found |= (
            {"type": "string", "format": "date-time"} if kind == "date" else {"type": _TYPES.get(kind, kind)}
        )
    return found


VALIDATOR = jsonschema.Draft202012Validator(as_json_schema(BSON))


def make_document(**other: Any) -> dict[str, Any]:
    return {
        "corporationId": "98000001",
        "sessionId": "0199-s",
        "initiator": "bob",
        "status": "active",
        "createdAt": "2026-11-22T12:00:00Z",
        "updatedAt": "2026-11-22T12:30:00+01:00",
        "steps": [
            {
                "stepType": "situation",
                "status": "completed",
                "startedAt": "2026-11-22T12:00:00Z",
                "confidenceScore": 0.7,
            },
            {"stepType": "my_own", "status": "pending", "startedAt": "2026-11-22T12:00:00Z"},
        ],
        "currentStep": 1,
        **other,
    }


def _day(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None)


moments = st.datetimes(_day(2020), _day(2030), timezones=st.just(UTC))
own: st.SearchStrategy[JsonObject] = st.dictionaries(
    st.text(max_size=5), st.one_of(st.integers(-5, 5), st.text(max_size=5), st.booleans()), max_size=3
)


@st.composite
def steps(draw: st.DrawFn) -> StepDocument:
    began = draw(moments)
    ended = draw(st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=9))))
    return StepDocument(
        step_type=draw(st.sampled_from(["situation", "matrix", "an_own_type"])),
        status=draw(st.sampled_from(StepStatus)),
        started_at=began,
        completed_at=None if ended is None else began + ended,
        input=draw(own),
        output=draw(st.one_of(st.none(), own)),
        confidence=draw(st.one_of(st.none(), st.floats(0, 1))),
        recommendations=tuple(draw(st.lists(own, max_size=2))),
    )


@st.composite
def sessions(draw: st.DrawFn) -> SessionDocument:
    made = tuple(draw(st.lists(steps(), max_size=4)))
    return SessionDocument(
        corporation_id=draw(st.integers(1, 2**62)),
        session_id=draw(st.uuids()).hex,
        initiator="agent:planner",
        status=draw(st.sampled_from(SessionStatus)),
        created_at=draw(moments),
        updated_at=draw(moments),
        steps=made,
        current_step=draw(st.integers(0, max(0, len(made) - 1))),
        log=tuple(draw(st.lists(st.builds(LogDocument, moments, st.text(max_size=8), own), max_size=3))),
    )


@given(sessions())
def test_what_is_written_is_valid_and_is_read_as_the_same(session: SessionDocument) -> None:
    written = write(session)

    VALIDATOR.validate(written)
    assert read(written) == session
    assert read(snake(written)) == session, "in the spelling of this API, too"


@given(st.one_of(st.none(), st.integers(), st.text(max_size=3), own, st.lists(st.integers(), max_size=2)))
def test_what_the_schema_refuses_is_refused_with_the_place(junk: object) -> None:
    for name in BSON["properties"]:
        document = make_document(**{name: junk})
        if VALIDATOR.is_valid(document):
            continue
        with pytest.raises(BadDocument) as caught:
            read(document)
        assert any(place.split(".")[0] in (name, "") for place in caught.value.faults)


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"corporationId": "Goonswarm"}, "corporationId", "is a number"),
        ({"corporationId": "0"}, "corporationId", "is a number"),
        ({"currentStep": 2}, "currentStep", "between 0 and 1"),
        ({"currentStep": -1}, "currentStep", "between 0 and 1"),
        ({"status": "deleted"}, "status", "not one of"),
        ({"createdAt": "2026-11-22T12:00:00"}, "createdAt", "date-time"),
        ({"createdAt": "yesterday"}, "createdAt", "date-time"),
    ],
)
def test_what_a_session_cannot_be_is_told(change: JsonObject, place: str, words: str) -> None:
    with pytest.raises(BadDocument) as caught:
        read(make_document(**change))
    assert words in " ".join(caught.value.faults[place])


@pytest.mark.parametrize("confidence", [-0.01, 1.01, 90])
def test_a_confidence_is_between_0_and_1(confidence: float) -> None:
    document = make_document()
    document["steps"][0]["confidenceScore"] = confidence
    with pytest.raises(BadDocument, match=r"steps\.0\.confidenceScore: A confidence is between 0 and 1"):
        read(document)


def test_all_faults_are_told_at_once() -> None:
    document = make_document(status="gone", steps=[{"stepType": 5}], currentStep="x")
    with pytest.raises(BadDocument) as caught:
        read(document)
    assert {"status", "steps.0", "steps.0.stepType", "currentStep"} <= set(caught.value.faults)


def test_what_people_wrote_keeps_its_spelling() -> None:
    document = make_document()
    document["steps"][0]["output"] = {"camelHump": {"snake_case": 1}}

    assert snake(document)["steps"][0]["output"] == {"camelHump": {"snake_case": 1}}
    assert camel(snake(document)) == document
    assert read(document).steps[0].confidence == 0.7
