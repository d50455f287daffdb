"""A record with a fault is named with its file and place, and stops none of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.workspaces.history.scene import everything, example, make_people, take
from workspaces.domain.history.reading import History
from workspaces.models import CandleSet, FeedbackItem, PatternSession, PatternWorkspace

pytestmark = pytest.mark.django_db
Change = Callable[[dict[str, Any]], None]
LATE = "2999-01-01T00:00:00Z"


def session(given: dict[str, Any], **values: Any) -> None:
    given["sessions"][0] |= values


def feedback(given: dict[str, Any], **values: Any) -> None:
    given["feedback"][0] |= values


def detection(given: dict[str, Any], **values: Any) -> None:
    given["sessions"][0]["detections"][0] |= values


@pytest.mark.parametrize(
    ("change", "where", "told"),
    [
        (lambda g: session(g, candles="gone"), "1.json, sessions 1", "no candles “gone”"),
        (lambda g: session(g, lastBar=8), "1.json, sessions 1", "0 to 8 are not in its candles"),
        (lambda g: session(g, createdAt="yesterday"), "1.json, sessions 1", "createdAt: is no time such as"),
        (lambda g: session(g, createdAt=LATE, completedAt=None), "1.json, sessions 1", "future"),
        (lambda g: session(g, completedAt="2025-03-01T00:00:00Z"), "1.json, sessions 1", "before createdAt"),
        (lambda g: session(g, patternType="moons"), "1.json, sessions 1", "no detector for “moons”"),
        (lambda g: session(g, version="beta"), "1.json, sessions 1", "version: “beta” is no version"),
        (lambda g: session(g, createdBy="nobody"), "1.json, sessions 1", "Nobody here is “nobody”"),
        (lambda g: session(g, createdBy=None), "1.json, sessions 1", "does not say who made the session"),
        (lambda g: detection(g, bar=9, confirmedAt=9), "1.json, sessions 1", "Detection 1: bar 9 is not in"),
        (lambda g: detection(g, kind="moon"), "1.json, sessions 1", "Swings knows swing_high, swing_low"),
        (lambda g: detection(g, confirmedAt=1), "1.json, sessions 1", "confirmedAt lies before the bar"),
        (lambda g: detection(g, price="NaN"), "1.json, sessions 1", "detections.0.price"),
        (lambda g: detection(g, reason="\x00"), "1.json, sessions 1", "NUL"),
        (lambda g: feedback(g, sessionId="gone"), "1.json, feedback 1", "no session “gone”"),
        (lambda g: feedback(g, detection=7), "1.json, feedback 1", "no detection 7"),
        (lambda g: feedback(g, detection=1), "1.json, feedback 1", "Another correction speaks of this"),
        (lambda g: feedback(g, bar=50), "1.json, feedback 1", "bar 50 is not in its session"),
        (lambda g: feedback(g, bar=5, price=95), "1.json, feedback 1", "where it is already"),
        (lambda g: feedback(g, kind="swing_high"), "1.json, feedback 1", "2 is a bullish swing_low"),
        (lambda g: feedback(g, verdict="maybe"), "1.json, feedback 1", "verdict:"),
        (lambda g: feedback(g, verdict="missed", kind=None), "1.json, feedback 1", "has a kind"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_place(change: Change, where: str, told: str) -> None:
    make_people()
    given = example()
    change(given)
    [fault] = [each for each in take(given).faults if each.where == where]
    assert told in fault.message


def test_a_faulty_record_stops_none_of_the_others() -> None:
    make_people()
    given = example()
    bad = {**given["sessions"][0], "id": "session-2", "lastBar": 99, "candles": "candles-2"}
    given["sessions"].insert(0, bad)
    given["candles"].append({**given["candles"][0], "id": "candles-2"})
    given["feedback"].append({**given["feedback"][0], "id": "f-3", "bar": 99})
    report = take(given)
    assert [each.where for each in report.faults] == ["1.json, sessions 1", "1.json, feedback 2"]
    assert "1 of its corrections" in report.faults[0].message
    assert PatternSession.objects.count() == 1
    assert FeedbackItem.objects.count() == 2
    assert CandleSet.objects.count() == 1, "candles of a session that is left out are left out"


def test_mended_records_are_taken_over_the_next_time() -> None:
    make_people()
    given = example()
    feedback(given, bar=50)
    assert len(take(given).faults) == 1
    assert take(example()).faults == []
    assert FeedbackItem.objects.count() == 2


def test_faulty_candles_are_told_with_their_row_at_the_session_that_needs_them() -> None:
    make_people()
    given = example()
    given["candles"][0]["csv"] = given["candles"][0]["csv"].replace("104,110,103", "104,NaN,103")
    [fault] = take(given).faults
    assert fault.where == "1.json, sessions 1"
    assert "1.json, candles 1, have faults. Row 4" in fault.message


def test_a_faulty_record_of_a_pattern_holds_its_sessions_back() -> None:
    """Without it a workspace in another status would be begun, which a mended file could not change."""
    make_people()
    given = example()
    given["patterns"][0] |= {"status": "verified"}
    report = take(given)
    assert {each.where for each in report.faults} == {"1.json, patterns 1", "pattern type swings"}
    assert not PatternWorkspace.objects.exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"{", "This is not JSON"),
        (b"[]", "an object with the lists patterns, candles"),
        (b'{"session": []}', "“session” is none of the lists"),
        (b'{"sessions": {}}', "“sessions” is no list"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(text: bytes, told: str) -> None:
    history = History()
    history.read(text, "bad.json")
    [fault] = history.faults
    assert fault.where == "bad.json"
    assert told in fault.message


def test_one_id_for_two_records_is_a_fault_and_the_same_record_twice_is_none() -> None:
    make_people()
    other = {"feedback": [{**example()["feedback"][0], "note": "another"}], "sessions": example()["sessions"]}
    [fault] = take(example(), other).faults
    assert (fault.where, "1.json, feedback 1" in fault.message) == ("2.json, feedback 1", True)
    assert PatternSession.objects.count() == 1


def test_nothing_is_begun_where_nothing_is_fit() -> None:
    make_people()
    given = example()
    del given["patterns"], given["implementationSessions"]
    session(given, lastBar=99)
    take(given)
    assert not any(everything().values())
