"""The algorithm that a repository begins with runs in the sandbox as it does in the product."""

from __future__ import annotations

import io
from dataclasses import asdict

import numpy as np
import pytest

from tests.workspaces.sandbox.playing import archive
from workspaces.domain.detectors import PATTERNS, Candles
from workspaces.repositories.store import starter
from workspaces.sandbox import Ask, describe, run


def candles_of(packed: bytes) -> Candles:
    with np.load(io.BytesIO(packed)) as read:
        return Candles(**dict(read))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_is_seen_inside_as_outside(pattern: str) -> None:
    packed, kind = archive(1_500, seed=3), PATTERNS[pattern]
    expected = kind.detect(candles_of(packed), kind.parameters())
    assert expected, "the control: there is something to see"
    assert run(starter(pattern), pattern, [packed], [Ask(0, 0, 1_499)]) == [expected]


def test_many_questions_are_one_process_and_bars_are_those_of_the_whole_series() -> None:
    one, two = archive(400, seed=3), archive(300, seed=4)
    asks = [Ask(0, 100, 399), Ask(1, 0, 299, {"left": 2, "right": 2})]
    first, second = run(starter("swings"), "swings", [one, two], asks, reasons=False)
    cut = Candles(**{name: column[100:] for name, column in vars_of(candles_of(one)).items()})
    seen = PATTERNS["swings"].detect(cut, PATTERNS["swings"].parameters())
    assert [(each.bar, each.confirmed_at) for each in first] == [
        (each.bar + 100, each.confirmed_at + 100) for each in seen
    ]
    assert {each.reason for each in first} == {""}
    assert second


def vars_of(candles: Candles) -> dict[str, np.ndarray]:
    return {name: getattr(candles, name) for name in ("time", "open", "high", "low", "close", "volume")}


def test_an_algorithm_says_what_can_be_set() -> None:
    told = describe(starter("swings"), "swings")
    assert [each["name"] for each in told] == ["left", "right", "least_move"]
    assert told[0] == {
        "name": "left", "type": "int", "default": 5, "least": 1, "most": 100, "step": 1,
        "help": "Bars before that stay behind it",
    }  # fmt: skip
    assert asdict(PATTERNS["swings"].parameters()) == {each["name"]: each["default"] for each in told}
