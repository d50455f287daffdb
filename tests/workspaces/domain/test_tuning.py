"""Searching parameters: within bounds and budget, the same each time, and never worse than before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.json import JsonObject
from workspaces.domain.tuning import Grade, Grading, Parameter, Setting, explain, tune

LEFT, RIGHT = Parameter("left", "int", 1, 100, 1), Parameter("right", "int", 1, 100, 1)
SIZE, WICK = Parameter("size", "float", 0.0, 0.5, 0.001), Parameter("wick", "bool")
ALL = (LEFT, RIGHT, SIZE, WICK)
START = {"left": 5, "right": 5, "size": 0.0, "wick": False}


def target(**wanted: float) -> Grading:
    """Each parameter that is where it is wanted keeps a case."""

    def grading(settings: Sequence[Setting]) -> list[Grade]:
        far = [[abs(each[name] - at) > 1e-9 for name, at in wanted.items()] for each in settings]
        return [Grade(0, sum(each)) for each in far]

    return grading


def test_it_finds_what_single_moves_reach_and_changes_nothing_else() -> None:
    found = tune(ALL, START, target(left=8, size=0.013, wick=True))
    assert found.setting == {"left": 8, "right": 5, "size": 0.013, "wick": True}
    assert found.grade == Grade(0, 0)


def test_of_equals_the_one_that_changes_least_is_taken() -> None:
    found = tune(ALL, START, lambda settings: [Grade(0, int(each["left"] < 7)) for each in settings])
    assert found.setting == {**START, "left": 7}


def test_two_that_only_help_together_are_found_with_pairs() -> None:
    def grading(settings: Sequence[Setting]) -> list[Grade]:
        return [Grade(0, int((each["left"], each["right"]) != (6, 4))) for each in settings]

    assert tune(ALL, START, grading).setting == START
    assert tune(ALL, START, grading, pairs=True).setting == {**START, "left": 6, "right": 4}


def test_what_was_kept_before_is_not_given_up_for_more() -> None:
    def grading(settings: Sequence[Setting]) -> list[Grade]:
        return [Grade(int(each["left"] > 6), 0 if each["left"] > 6 else 5) for each in settings]

    assert tune(ALL, START, grading, pairs=True).setting == START


@given(
    st.dictionaries(st.sampled_from(["left", "right"]), st.integers(1, 100)),
    st.integers(1, 120),
    st.booleans(),
)
def test_it_keeps_to_bounds_and_budget_and_is_the_same_each_time(
    wanted: dict[str, float], most: int, pairs: bool
) -> None:
    tried: list[Setting] = []
    inner = target(**wanted)

    def grading(settings: Sequence[Setting]) -> Sequence[Grade]:
        tried.extend(settings)
        return inner(settings)

    found = tune(ALL, START, grading, pairs=pairs, most=most)
    assert found.grade <= inner([START])[0]
    assert len(tried) == found.tried <= most
    assert len({tuple(sorted(each.items())) for each in tried}) == len(tried), "none is tried twice"
    for each in tried:
        assert 1 <= each["left"] <= 100
        assert 0 <= each["size"] <= 0.5
        assert isinstance(each["left"], int)
        assert isinstance(each["wick"], bool)
    assert tune(ALL, START, grading, pairs=pairs, most=most) == found


def test_each_better_setting_is_told() -> None:
    told: list[int] = []
    tune(ALL, START, target(left=8, right=7), found=lambda best: told.append(best.grade.missing))
    assert told == [1, 0]


def test_a_parameter_is_read_from_what_an_algorithm_says() -> None:
    told: JsonObject = {
        "name": "size",
        "type": "float",
        "default": 0,
        "least": 0,
        "most": 1,
        "step": 0.5,
        "help": "",
    }
    assert Parameter.read(told) == Parameter("size", "float", 0, 1, 0.5)
    assert Parameter.read({"name": "wick", "type": "bool"}) == Parameter("wick", "bool")
    faults: list[JsonObject] = [{"step": 0}, {"most": 0}, {"least": True}, {"type": "str"}, {"name": 3}]
    for wrong in faults:
        with pytest.raises(ValueError, match="parameter"):
            Parameter.read({**told, **wrong})


def test_a_change_is_explained() -> None:
    after = {**START, "left": 8, "wick": True}
    assert explain(START, after, kept=(3, 5), all=6) == (
        "left: 5 → 8\nwick: no → yes\nReviews kept: 3 of 6 before, 5 of 6 after."
    )
    assert explain(START, START, kept=(3, 3), all=6).startswith("No parameter was changed.")
