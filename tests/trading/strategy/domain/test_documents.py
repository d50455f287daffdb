"""Session documents: valid by the schema of their source, the same again after a round, faults named."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
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

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("strategic_workflows.json").read_bytes())
"""The schema of the collection, letter by letter as it is written where sessions come from."""

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def is_date(value: object) -> bool:
    """A moment that the calendar has, as JSON carries it."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


BSON_TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "date": is_date,
    "double": lambda value: isinstance(value, float) and math.isfinite(value),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31,
}


def _of_bson_type(validator: Any, kind: str, value: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    if not BSON_TYPES[kind](value):
        yield jsonschema.ValidationError(f"{value!r} is no {kind}")


_extend: Any = jsonschema.validators.extend
VALIDATOR = _extend(jsonschema.Draft202012Validator, {"bsonType": _of_bson_type})(SCHEMA)
"""Reads ``bsonType`` itself, so that nothing of the schema is said anew."""


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
storable = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
words = st.text(storable, max_size=5)
own: st.SearchStrategy[JsonObject] = st.dictionaries(
    words, st.one_of(st.integers(-5, 5), st.floats(-1e9, 1e9), words, st.booleans(), st.none()), max_size=3
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
        log=tuple(draw(st.lists(st.builds(LogDocument, moments, words, own), max_size=3))),
    )


@given(sessions())
def test_what_is_written_is_valid_and_is_read_as_the_same(session: SessionDocument) -> None:
    written = write(session)

    VALIDATOR.validate(written)
    assert read(written) == session
    assert read(snake(written)) == session, "in the spelling of this API, too"


@given(st.one_of(st.none(), st.integers(), st.text(max_size=3), own, st.lists(st.integers(), max_size=2)))
def test_what_the_schema_refuses_is_refused_with_the_place(junk: object) -> None:
    for name in SCHEMA["properties"]:
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
        ({"createdAt": "2026-02-30T12:00:00Z"}, "createdAt", "date-time"),
        ({"createdAt": "2026-W10-1T00:00:00Z"}, "createdAt", "date-time"),
        ({"createdAt": "0001-01-01T00:00:00+14:00"}, "createdAt", "date-time"),
        ({"updatedAt": "9999-12-31T23:59:59-14:00"}, "updatedAt", "date-time"),
        ({"sessionId": ""}, "sessionId", "empty"),
        ({"initiator": "  "}, "initiator", "empty"),
        ({"sessionId": "x" * 101}, "sessionId", "at most 100"),
        ({"sessionLog": [{"event": "x" * 61}]}, "sessionLog.0.event", "at most 60"),
        ({"sessionId": "a\0b"}, "sessionId", "cannot be stored"),
        ({"initiator": "\ud800"}, "initiator", "cannot be stored"),
        ({"sessionLog": [{"details": {"a": ["\0"]}}]}, "sessionLog.0.details.a.0", "cannot be stored"),
        ({"sessionLog": [{"details": {"\0": 1}}]}, "sessionLog.0.details", "cannot be stored"),
        ({"current_step": 1}, "currentStep", "told twice, as currentStep and as current_step"),
        ({"colour_of": 1, "colourOf": 2}, "colourOf", "told twice"),
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
    assert {"status", "steps.0.startedAt", "steps.0.stepType", "currentStep"} <= set(caught.value.faults)


def test_what_people_wrote_keeps_its_spelling() -> None:
    document = make_document()
    document["steps"][0]["output"] = {"camelHump": {"snake_case": 1}}

    assert snake(document)["steps"][0]["output"] == {"camelHump": {"snake_case": 1}}
    assert camel(snake(document)) == document
    assert read(document).steps[0].confidence == 0.7


def test_both_spellings_in_one_step_are_told_at_its_place() -> None:
    document = make_document()
    document["steps"][1]["step_type"] = "threats"
    with pytest.raises(BadDocument) as caught:
        read(document)
    assert list(caught.value.faults) == ["steps.1.stepType"]


@pytest.mark.parametrize("name", ["steps", "sessionLog"])
def test_a_list_that_is_too_long_is_told_so_in_a_sentence(name: str) -> None:
    entry = make_document()["steps"][0] if name == "steps" else {"event": "x"}
    with pytest.raises(BadDocument) as caught:
        read(make_document(**{name: [entry] * 50_000}))
    assert set(caught.value.faults) == {name}
    assert "at most" in caught.value.faults[name][0]


def test_what_is_nested_without_an_end_is_told_so() -> None:
    inner: Any = 1
    for _ in range(300):
        inner = {"a": inner}
    document = make_document()
    document["steps"][0]["input"] = {"deep": inner}
    with pytest.raises(BadDocument, match=r"steps\.0\.input\.deep\.a\.a: It is nested deeper than 100"):
        read(document)


def test_no_sentence_about_a_fault_repeats_what_was_sent_at_length() -> None:
    with pytest.raises(BadDocument) as caught:
        read(make_document(createdAt="x" * 100_000, status="y" * 100_000, currentStep=["z"] * 50_000))
    assert set(caught.value.faults) == {"createdAt", "status", "currentStep"}
    assert all(len(said) < 300 for each in caught.value.faults.values() for said in each)


@pytest.mark.parametrize(
    ("name", "value"), [("currentStep", 1.0), ("currentStep", True), ("createdAt", "2026-02-30T00:00:00Z")]
)
def test_the_schema_as_written_keeps_kinds_of_numbers_and_dates_apart(name: str, value: object) -> None:
    assert VALIDATOR.is_valid(make_document())
    assert not VALIDATOR.is_valid(make_document(**{name: value}))
    whole = make_document()
    whole["steps"][0]["confidenceScore"] = 1
    assert not VALIDATOR.is_valid(whole), "a double is no int"
