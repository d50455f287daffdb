"""Whatever history is given reads back as it was, and given again changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workspaces.history.scene import everything, make_people, take
from workspaces.models import PatternSession, PatternWorkspace

BARS = 30
CSV = "time,open,high,low,close\n" + "".join(
    f"{1_740_000_000 + at * 3_600},{100 + at},{101 + at},{99 + at},{100.5 + at}\n" for at in range(BARS)
)
PRICES = st.integers(1, 10_000).map(lambda cents: cents / 4)
BAR = st.integers(0, BARS - 1)


@st.composite
def detections(draw: st.DrawFn) -> dict[str, Any]:
    bar, known = sorted((draw(BAR), draw(BAR)))
    high = draw(st.booleans())
    kind, direction = ("swing_high", "bearish") if high else ("swing_low", "bullish")
    return {"kind": kind, "direction": direction, "bar": bar, "price": draw(PRICES), "confirmed_at": known}


@st.composite
def sessions(draw: st.DrawFn, number: int) -> dict[str, Any]:
    seen = draw(st.lists(detections(), max_size=6, unique_by=lambda each: (each["kind"], each["bar"])))
    said = []
    for place in draw(st.sets(st.integers(1, len(seen)))) if seen else ():
        verdict = draw(st.sampled_from(["right", "wrong", "adjust"]))
        bar = (seen[place - 1]["bar"] + draw(st.integers(1, BARS - 1))) % BARS
        said.append({"verdict": verdict, "detection": place, **({"bar": bar} if verdict == "adjust" else {})})
    for bar in draw(st.sets(BAR, max_size=2)):
        said.append({"verdict": "missed", "kind": "swing_low", "direction": "bullish", "bar": bar})
    for each in said:
        each["note"] = draw(st.text("abc äß\n", max_size=5)).strip()
        each["sent_to_claude_at"] = draw(st.sampled_from([None, "2025-02-25T00:00:00Z"]))
    return {
        "id": f"s{number}",
        "pattern_type": draw(st.sampled_from(["swings"])),
        "created_by": draw(st.sampled_from(["ann", "ben"])),
        "created_at": f"2025-02-{20 + number}T00:00:00Z",
        "completed_at": draw(st.sampled_from([None, "2025-02-24T00:00:00Z"])),
        "candles": "c1",
        "version": "0.0.0",
        "detections": seen,
        "feedback": said,
    }


histories = st.integers(1, 3).flatmap(lambda count: st.tuples(*(sessions(each) for each in range(count))))


def read_back() -> list[dict[str, Any]]:
    """Sessions as their records say them, corrections in one order."""
    return [
        {
            "created_by": row.created_by.username,
            "created_at": _text(row.created_at),
            "completed_at": _text(row.completed_at),
            "detections": sorted(
                row.detections.values("kind", "direction", "bar", "price", "confirmed_at"), key=_order
            ),
            "feedback": sorted(
                (
                    {
                        "verdict": item.verdict,
                        "at": item.detection.bar if item.detection else None,
                        "bar": item.bar,
                        "kind": item.kind,
                        "note": item.note,
                        "sent_to_claude_at": _text(item.sent_to_claude_at),
                    }
                    for item in row.feedback_items.select_related("detection")
                ),
                key=_order,
            ),
        }
        for row in PatternSession.objects.order_by("pk")
    ]


def as_given(record: dict[str, Any]) -> dict[str, Any]:
    said = []
    for each in record["feedback"]:
        of = record["detections"][each["detection"] - 1] if "detection" in each else None
        bar = each["bar"] if "bar" in each else of["bar"] if of else None
        said.append(
            {
                "verdict": each["verdict"],
                "at": of["bar"] if of else None,
                "bar": bar,
                "kind": of["kind"] if of else each["kind"],
                "note": each["note"],
                "sent_to_claude_at": each["sent_to_claude_at"],
            }
        )
    kept = {name: record[name] for name in ("created_by", "created_at", "completed_at")}
    seen = sorted(record["detections"], key=_order)
    return {**kept, "detections": seen, "feedback": sorted(said, key=_order)}


def _order(row: dict[str, Any]) -> str:
    return repr(sorted(row.items(), key=lambda pair: pair[0]))


def _text(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z" if moment is not None else None


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(histories)
def test_a_history_reads_back_as_it_was_and_changes_nothing_the_second_time(
    records: tuple[dict[str, Any], ...],
) -> None:
    given_ = {"candles": [{"id": "c1", "csv": CSV}], "sessions": list(records)}
    with transaction.atomic():
        make_people()
        assert take(given_).faults == []
        assert read_back() == [as_given(each) for each in records]
        workspace = PatternWorkspace.objects.get()
        said = [each for record in records for each in record["feedback"]]
        assert (workspace.session_count, workspace.feedback_count) == (len(records), len(said))
        done = [each for each in records if each["completed_at"]]
        reviewed = [each for record in done for each in record["feedback"] if each["verdict"] != "missed"]
        right = sum(each["verdict"] == "right" for each in reviewed)
        assert workspace.success_rate == (right / len(reviewed) if reviewed else None)
        before = everything()
        assert take(given_).faults == []
        assert everything() == before
        transaction.set_rollback(True)
