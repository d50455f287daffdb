"""What differs between two versions: parts that came, went, changed or moved."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.json import Json
from process.domain.comparing import Change, compare


def document(*keys: str, edges: tuple[tuple[str, str], ...] = (), **texts: str) -> dict[str, Any]:
    nodes: list[Json] = [
        {"key": key, "text": texts.get(key, ""), "x": 1.0, "prompts": [], "agent": {"objective": ""}}
        for key in keys
    ]
    ways: list[Json] = [{"from": source, "to": target} for source, target in edges]
    return {
        "nodes": nodes, "edges": ways, "sections": [], "commitments": [], "profile_flags": [],
    }  # fmt: skip


def test_what_came_and_went_is_told_with_what_is_filled_in() -> None:
    [came, went] = compare(document("a", "old"), document("a", "new", new="Hello."))
    assert (came.change, came.key, came.fields) == (
        Change.ADDED,
        "new",
        {"key": (None, "new"), "text": (None, "Hello.")},
    )
    assert (went.change, went.key) == (Change.REMOVED, "old")


def test_where_a_phase_stands_in_the_picture_is_no_difference() -> None:
    moved = document("a")
    moved["nodes"][0]["x"] = 99.0
    assert compare(document("a"), moved) == []


def test_only_what_was_moved_is_told_not_what_made_way() -> None:
    [found] = compare(document("a", "b", "c", "d"), document("d", "a", "b", "c"))
    assert (found.key, found.fields) == ("d", {"position": (4, 1)})
    assert len(compare(document("a", "b", "c"), document("new", "a", "b", "c"))) == 1


def test_ways_are_ordered_within_the_phase_that_they_leave() -> None:
    ends = ("a", "b"), ("a", "c"), ("b", "c")
    other = (ends[2], ends[0], ends[1])
    assert compare(document("a", "b", "c", edges=ends), document("a", "b", "c", edges=other)) == []
    swapped = (ends[1], ends[0], ends[2])
    [found] = compare(document("a", "b", "c", edges=ends), document("a", "b", "c", edges=swapped))
    assert (found.kind, list(found.fields)) == ("way", ["position"])


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_parts_that_are_told_as_moved_explain_the_order(order: list[str]) -> None:
    moved = {each.key for each in compare(document("a", "b", "c", "d", "e"), document(*order))}
    stayed = [key for key in order if key not in moved]
    assert stayed == sorted(stayed)
