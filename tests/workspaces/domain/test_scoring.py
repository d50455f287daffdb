"""Cases held against detections, and scores of many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspaces.domain.detectors import Detection
from workspaces.domain.scoring import Case, Look, Tolerance, keeps, score
from workspaces.domain.vocabulary import Verdict

LOOK = Look("a", 0, 99)


def case(verdict: Verdict, bar: int = 10, **values: object) -> Case:
    given: dict[str, object] = {"id": f"{verdict}-{bar}", "kind": "k", "direction": "bullish", **values}
    return Case(look=LOOK, verdict=verdict, bar=bar, **given)  # type: ignore[arg-type]


def seen(bar: int = 10, price: float = 100.0, kind: str = "k", direction: str = "bullish") -> Detection:
    return Detection(kind, direction, bar, price, bar, "")


@pytest.mark.parametrize(
    ("verdict", "found", "is_kept"),
    [
        (Verdict.RIGHT, [seen()], True),
        (Verdict.RIGHT, [seen(11)], False),
        (Verdict.RIGHT, [seen(kind="other")], False),
        (Verdict.RIGHT, [seen(direction="bearish")], False),
        (Verdict.WRONG, [], True),
        (Verdict.WRONG, [seen()], False),
        (Verdict.WRONG, [seen(11)], True),
        (Verdict.MISSED, [seen(11)], True),
        (Verdict.MISSED, [seen(12)], False),
        (Verdict.MISSED, [], False),
        (Verdict.ADJUST, [seen(9)], True),
        (Verdict.ADJUST, [seen(8)], False),
    ],
)
def test_when_a_case_is_kept(verdict: Verdict, found: list[Detection], is_kept: bool) -> None:
    assert keeps(case(verdict), found) is is_kept


def test_a_price_that_a_person_gave_counts_and_that_of_the_algorithm_does_not() -> None:
    far = [seen(price=101.0)]
    assert not keeps(case(Verdict.MISSED, price=100.0), far)
    assert keeps(case(Verdict.MISSED, price=100.9), far)
    assert keeps(case(Verdict.RIGHT, price=100.0), far)
    assert keeps(case(Verdict.MISSED, price=100.0), far, Tolerance(price=0.02))


cases = st.lists(
    st.builds(
        lambda number, verdict, bar, accepted: case(verdict, bar, id=f"{number}", is_accepted=accepted),
        st.integers(), st.sampled_from(Verdict), st.integers(0, 20), st.booleans(),
    ),
    unique_by=lambda each: each.id,
)  # fmt: skip
detections = st.lists(st.builds(seen, st.integers(0, 20), st.floats(99, 101), st.sampled_from(["k", "l"])))


@given(cases, detections)
def test_a_score_is_the_sum_of_its_cases(given_cases: list[Case], found: list[Detection]) -> None:
    scored = score(given_cases, {LOOK: found})
    one_by_one = {each.id for each in given_cases if keeps(each, found)}
    assert scored.kept == one_by_one
    assert scored.all == len(given_cases)
    assert sum(kept for kept, _ in scored.by_verdict.values()) == len(one_by_one)
    assert scored.broken == {each.id for each in given_cases if each.is_accepted} - one_by_one
    assert 0 <= scored.share <= 1


@given(cases, detections, detections)
def test_more_detections_never_cost_but_where_something_is_wrong(
    given_cases: list[Case], found: list[Detection], more: list[Detection]
) -> None:
    before, after = score(given_cases, {LOOK: found}), score(given_cases, {LOOK: [*found, *more]})
    wrong = {each.id for each in given_cases if each.verdict is Verdict.WRONG}
    assert before.kept - wrong <= after.kept - wrong
    assert after.kept & wrong <= before.kept & wrong


def test_a_score_reads_well_as_json() -> None:
    scored = score([case(Verdict.RIGHT), case(Verdict.WRONG, is_accepted=True)], {LOOK: [seen()]})
    assert scored.as_json() == {
        "kept": 1,
        "all": 2,
        "share": 0.5,
        "by_verdict": {"right": {"kept": 1, "all": 1}, "wrong": {"kept": 0, "all": 1}},
        "broken": ["wrong-10"],
    }
