from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.domain.conditions import ConditionError, Verdict, evaluate, keep, parse

LONG_ID = "71321045679252212594626385532706912750332728571942532289631379312455583992563"
ROW: dict[str, Any] = {
    "momentum": "0.06",
    "mid": 0.1,
    "trades": 3,
    "token": LONG_ID,
    "question": "Will Bitcoin rise?",
    "tags": ["crypto", "Politics"],
    "market": {"category": "Politics", "volume": "1000.50"},
    "valid": True,
    "last": None,
}


def holds(field: str, operator: str, *value: object) -> bool:
    condition = {"field": field, "operator": operator, **({"value": value[0]} if value else {})}
    return evaluate(parse([condition]), ROW).passed


def test_the_example_of_the_document_keeps_what_moved_by_more() -> None:
    group = parse([{"field": "momentum", "operator": "gt", "value": 0.05}])
    rows = [{"momentum": text} for text in ("0.06", "0.05", "0.0500000001", "-0.2")]

    assert keep(group, rows) == [rows[0], rows[2]]


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("mid", "eq", "0.1", True),
        ("mid", "eq", 0.1, True),
        ("mid", "lte", 0.1, True),
        ("mid", "lt", 0.1, False),
        ("trades", "eq", 3.0, True),
        ("trades", "ne", 3, False),
        ("momentum", "gte", "0.060", True),
        ("momentum", "between", [0.05, 0.06], True),
        ("momentum", "between", [0.061, 1], False),
        ("trades", "in", [1, 3], True),
        ("trades", "not_in", [1, 3], False),
        (
            "token",
            "eq",
            LONG_ID,
            True,
        ),
        (
            "token",
            "eq",
            LONG_ID[:-1] + "0",
            False,
        ),
        ("question", "contains", "bitcoin", True),
        ("question", "not_contains", "ether", True),
        ("question", "starts_with", "Will", True),
        ("question", "ends_with", "fall?", False),
        ("tags", "contains", "crypto", True),
        ("tags", "contains", "sport", False),
        ("market.category", "eq", "Politics", True),
        ("market.volume", "gt", 1000, True),
        ("valid", "eq", True, True),
        ("valid", "eq", 1, False),
    ],
)
def test_a_condition_compares_exactly(field: str, operator: str, value: object, expected: bool) -> None:
    assert holds(field, operator, value) is expected


@pytest.mark.parametrize("operator", ["eq", "ne", "gt", "lt", "in", "not_in", "contains", "not_contains"])
@pytest.mark.parametrize("field", ["last", "nothing", "market.nothing", "trades.nothing"])
def test_what_is_not_known_passes_no_condition_and_is_told(field: str, operator: str) -> None:
    value: object = [1] if operator.endswith("in") else 1
    group = parse([{"field": field, "operator": operator, "value": value}])

    assert evaluate(group, ROW) == Verdict(False, (field,))


def test_whether_something_is_known_can_be_asked() -> None:
    assert holds("mid", "exists")
    assert not holds("last", "exists")
    assert holds("last", "not_exists")
    assert not holds("mid", "not_exists")


def test_groups_are_all_or_any_and_nest() -> None:
    moved = {"field": "momentum", "operator": "gt", "value": 0.05}
    quiet = {"field": "trades", "operator": "eq", "value": 0}

    assert not evaluate(parse([moved, quiet]), ROW).passed
    assert evaluate(parse([moved, quiet], match="any"), ROW).passed
    assert evaluate(parse({"any": [quiet, {"all": [moved]}]}), ROW).passed
    assert evaluate(parse([]), ROW).passed


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ("momentum > 1", "conditions"),
        ({"none": []}, "conditions"),
        ([5], "conditions[0]"),
        ([{"operator": "gt", "value": 1}], "conditions[0].field"),
        ([{"field": "a", "operator": "is", "value": 1}], "conditions[0].operator"),
        ([{"field": "a", "value": 1}], "conditions[0].operator"),
        ([{"field": "a", "operator": "gt"}], "conditions[0].value"),
        ([{"field": "a", "operator": "gt", "value": "much"}], "conditions[0].value"),
        ([{"field": "a", "operator": "gt", "value": True}], "conditions[0].value"),
        ([{"field": "a", "operator": "in", "value": "abc"}], "conditions[0].value"),
        ([{"field": "a", "operator": "between", "value": [1]}], "conditions[0].value"),
        ([{"field": "a", "operator": "between", "value": [2, 1]}], "conditions[0].value"),
        ([{"field": "a", "operator": "exists", "value": 1}], "conditions[0].value"),
        ([{"field": "a", "operator": "starts_with", "value": 1}], "conditions[0].value"),
        ([{"field": "a", "operator": "eq", "value": 1, "note": ""}], "conditions[0]"),
        ([{"any": [{"all": [{"field": ""}]}]}], "conditions[0].any[0].all[0].field"),
    ],
)
def test_a_condition_that_says_nothing_is_refused_with_its_place(data: object, path: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(data)

    assert caught.value.path == path


def test_conditions_nested_without_end_are_refused() -> None:
    data: object = []
    for _ in range(50):
        data = [{"all": data}]

    with pytest.raises(ConditionError, match="deep"):
        parse(data)


@pytest.mark.parametrize(
    ("field", "operator", "value"),
    [("question", "gt", 1), ("valid", "lt", 1), ("tags", "starts_with", "c"), ("trades", "contains", 3)],
)
def test_values_that_cannot_be_compared_are_an_error_that_names_the_field(
    field: str, operator: str, value: object
) -> None:
    with pytest.raises(ConditionError, match=field):
        holds(field, operator, value)


@settings(max_examples=60)
@given(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(allow_nan=False, allow_infinity=False))
def test_order_is_that_of_the_numbers_whatever_they_are_written_as(a: Any, b: Any) -> None:
    for operator, expected in (("gt", a > b), ("gte", a >= b), ("lt", a < b), ("lte", a <= b)):
        group = parse([{"field": "x", "operator": operator, "value": str(b)}])
        assert evaluate(group, {"x": str(a)}).passed is expected
        assert evaluate(group, {"x": a}).passed is expected
