"""Macros: expressions over each item of a list or each key of an object."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphs.expressions.asking import failure_of, problem_of, value_of

ITEMS = [
    {"id": 1, "price": 2.5, "kind": "b"},
    {"id": 2, "price": 1, "kind": "a"},
    {"id": 3, "price": 4.0, "kind": "a"},
]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("items.all(x, x.price >= 1)", True),
        ("items.all(x, x.price > 1)", False),
        ("items.exists(x, x.id == 3)", True),
        ("items.exists(x, x.id == 4)", False),
        ("items.exists_one(x, x.kind == 'b')", True),
        ("items.exists_one(x, x.kind == 'a')", False),
        ("items.map(x, x.id * 2)", [2, 4, 6]),
        ("items.map(x, x.kind == 'a', x.id)", [2, 3]),
        ("items.filter(x, x.kind == 'a').map(x, x.id)", [2, 3]),
        ("items.sort_by(x, x.price).map(x, x.id)", [2, 1, 3]),
        ("items.sort_by(x, x.kind).map(x, x.id)", [2, 3, 1]),
        ("[].all(x, x) && ![].exists(x, x)", True),
        ("[3, 1, 2].sort_by(x, -x)", [3, 2, 1]),
        ("[true, false].sort_by(x, x)", [False, True]),
        ("[].sort_by(x, x.y)", []),
        ('{"a": 1, "b": 2}.map(k, k)', ["a", "b"]),
        ('{"a": 1, "b": 2}.filter(k, k != "a")', ["b"]),
        ('{"a": 1}.all(k, k == "a")', True),
        ("[[1, 2], [3]].map(xs, xs.map(x, x * 10))", [[10, 20], [30]]),
        ("[1, 2].map(x, [10, 20].map(y, x * y))", [[10, 20], [20, 40]]),
        ("[1, 2].map(x, [x].map(x, x + 1).sum() + x)", [3, 5]),
        ("[1, 2].map(x, [5].map(y, y).sum() * x) + [[7].map(z, z)[0]]", [5, 10, 7]),
        ("[1].map(a, [2].map(b, [3].map(c, a * 100 + b * 10 + c)))", [[[123]]]),
        ("items.map(item, item.id).map(id, id + 1).filter(n, n > 2)", [3, 4]),
        ("range(3).map(i, {'n': i, 'square': i * i})[2].square", 4),
    ],
)
def test_macros(source: str, expected: Any) -> None:
    assert value_of(source, items=ITEMS) == expected


def test_all_and_exists_ignore_errors_where_another_round_decides() -> None:
    assert value_of("[1, 0].exists(x, 1 / x == 1)") is True
    assert value_of("[0, 1].exists(x, 1 / x == 1)") is True
    assert value_of("[0, 2].all(x, 1 / x == 1)") is False


@pytest.mark.parametrize(
    "source",
    [
        "[0, 2].exists(x, 1 / x == 1)",
        "[0, 1].all(x, 1 / x == 1)",
        "[1, 0].exists_one(x, 1 / x == 1)",
        "[1, 0].map(x, 1 / x)",
        "[1, 0].filter(x, 1 / x == 1)",
        "[1, 0].sort_by(x, 1 / x)",
    ],
)
def test_an_error_counts_where_no_round_decides(source: str) -> None:
    assert "Division by zero" in failure_of(source).message


@pytest.mark.parametrize("macro", ["all", "exists", "exists_one", "filter"])
def test_a_condition_that_is_no_boolean_is_an_error(macro: str) -> None:
    assert "must be a boolean, not a number" in failure_of(f"[1].{macro}(x, x)").message


@pytest.mark.parametrize("receiver", ["1", "null", "'abc'", "true"])
def test_only_lists_and_objects_are_walked_over(receiver: str) -> None:
    assert "needs a list or an object" in failure_of(f"{receiver}.map(x, x)").message


def test_keys_to_sort_by_are_of_one_ordered_type() -> None:
    assert "no order between a number and a string" in failure_of("[1, 'a'].sort_by(x, x)").message
    assert "no order between null and null" in failure_of("[1].sort_by(x, null)").message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("[1].map(x)", "takes 2 or 3 arguments; here are 1"),
        ("[1].filter(x, true, true)", "takes 2 arguments; here are 3"),
        ("[1].map(1, 2)", "is the name of its variable"),
        ("[1].map(a.b, 2)", "is the name of its variable"),
        ("map([1], x, x)", "is called on a list"),
        ("[1].map(in, 2)", "reserved word"),
    ],
)
def test_a_macro_that_is_written_wrongly_is_found_when_saving(source: str, words: str) -> None:
    assert words in problem_of(source).message


def test_macros_nest_three_levels_and_no_deeper() -> None:
    error = problem_of("xs.map(a, xs.map(b, xs.map(c, xs.map(d, d))))")

    assert error.message == "Macros are nested deeper than 3 levels."
    assert error.column == 38


def test_macros_one_after_another_are_not_nested() -> None:
    chain = "xs" + ".map(x, x + 1).filter(x, x > 0)" * 10

    assert value_of(chain, xs=[0]) == [10]


def test_a_variable_hides_a_name_of_the_scope_only_within_its_macro() -> None:
    assert value_of("[1].map(x, x)[0] + x", x=10) == 11
