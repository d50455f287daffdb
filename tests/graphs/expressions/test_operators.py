"""Equality, order, logic, membership and concatenation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphs.expressions.asking import failure_of, value_of

ONE_OF_EACH: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "number": 1,
    "string": "1",
    "list": [1],
    "object": {"1": 1},
}


@pytest.mark.parametrize("left", ONE_OF_EACH)
@pytest.mark.parametrize("right", ONE_OF_EACH)
def test_values_of_different_types_are_unequal_and_asking_is_no_error(left: str, right: str) -> None:
    scope = {"x": ONE_OF_EACH[left], "y": ONE_OF_EACH[right]}

    assert value_of("x == y", **scope) is (left == right)
    assert value_of("x != y", **scope) is (left != right)


@pytest.mark.parametrize("left", ONE_OF_EACH)
@pytest.mark.parametrize("right", ONE_OF_EACH)
def test_there_is_order_only_within_numbers_strings_and_booleans(left: str, right: str) -> None:
    scope = {"x": ONE_OF_EACH[left], "y": ONE_OF_EACH[right]}
    if left == right and left in ("boolean", "number", "string"):
        assert value_of("x <= y && x >= y && !(x < y) && !(x > y)", **scope) is True
    else:
        error = failure_of("x < y", **scope)
        assert left in error.message
        assert right in error.message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"a" < "b"', True),
        ('"Z" < "a"', True),
        ('"é" > "z"', True),
        ("false < true", True),
        ("[1, [2.0, {'a': 3}]] == [1.0, [2, {'a': 3.0}]]", True),
        ("[1, true] == [1, 1]", False),
        ("[1] == [1, 2]", False),
        ("{'a': 1} == {'b': 1}", False),
        ("{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1}", True),
        ("[null] == [null]", True),
        ("[[1], [2]] == [[1], [3]]", False),
    ],
)
def test_comparisons(source: str, expected: bool) -> None:
    assert value_of(source) is expected


def test_values_nested_deeper_than_pythons_stack_are_compared() -> None:
    deep: Any = []
    other: Any = []
    for _ in range(5_000):
        deep, other = [deep], [other]

    assert value_of("x == y", x=deep, y=other) is True


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("missing.x || true", True),
        ("true || missing.x", True),
        ("missing.x && false", False),
        ("false && missing.x", False),
        ("1 / 0 == 1 || 1 == 1", True),
        ("missing.x || 5 || true", True),
        ("missing.x && true && false", False),
    ],
)
def test_an_error_on_one_side_does_not_count_where_the_other_decides(source: str, expected: bool) -> None:
    assert value_of(source) is expected


@pytest.mark.parametrize(
    "source", ["missing || false", "false || missing", "missing && true", "true && missing"]
)
def test_an_error_counts_where_nothing_decides(source: str) -> None:
    assert "missing" in failure_of(source).message


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("1 || false", 1),
        ("false || null", 10),
        ('true && ""', 9),
        ("!0", 1),
        ("1 ? 2 : 3", 1),
        ("null ? 2 : 3", 1),
    ],
)
def test_only_booleans_are_true_or_false(source: str, column: int) -> None:
    error = failure_of(source)

    assert "must be a boolean" in error.message
    assert error.column == column


def test_only_the_branch_that_is_taken_is_evaluated() -> None:
    assert value_of("true ? 1 : missing") == 1
    assert value_of("false ? missing : false ? missing : 3") == 3


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 in [1.0, 2]", True),
        ("true in [1]", False),
        ("null in [null]", True),
        ("[1] in [[1.0]]", True),
        ('"a" in {"a": null}', True),
        ('"b" in {"a": 1}', False),
        ('1 in {"1": 1}', False),
        ('"a" in []', False),
    ],
)
def test_membership(source: str, expected: bool) -> None:
    assert value_of(source) is expected


def test_searching_in_a_string_is_told_apart_from_membership() -> None:
    assert "Use contains()" in failure_of('"a" in "abc"').message
    assert "value in list" in failure_of("[1].contains(1)").message


def test_strings_and_lists_are_concatenated() -> None:
    assert value_of('"a" + "b" + x', x="c") == "abc"
    assert value_of("[1] + x + []", x=[2]) == [1, 2]


@pytest.mark.parametrize("source", ['"a" + 1', '1 + "a"'])
def test_a_string_and_a_number_are_not_added_and_the_message_helps(source: str) -> None:
    assert "Use string()" in failure_of(source).message


@pytest.mark.parametrize(
    "source", ["[1] + 1", "null + null", "{} + {}", '"a" - "b"', "[1] * 2", '"a" / 2', '"a" % 2']
)
def test_other_types_are_not_calculated_with(source: str) -> None:
    assert failure_of(source).message.startswith("Cannot ")


def test_the_place_of_an_error_is_that_of_its_operator() -> None:
    error = failure_of("1 + 2\n  + 'a'")

    assert (error.line, error.column) == (2, 3)


def test_concatenation_leaves_the_lists_of_the_scope_alone() -> None:
    xs = [1]

    assert value_of("xs + [2]", xs=xs) == [1, 2]
    assert xs == [1]
