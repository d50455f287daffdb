"""JSON with expressions in it."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from orchestrator.core.json import Json
from orchestrator.graphs.expressions import (
    BindingError,
    EvaluationError,
    binding_problems,
    compile_binding,
)
from tests.graphs.expressions.asking import NOON

SCOPE: dict[str, Any] = {"vars": {"i": 1.0, "xs": [1, 2]}, "input": {"name": "Ann"}}


def bound(value: Any) -> Any:
    return compile_binding(value).evaluate(SCOPE, now=NOON)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"=": "vars.i + 1"}, 2),
        ("Dear {{ input.name }}", "Dear Ann"),
        ({"a": [{"=": "vars.xs"}, "{{ vars.i }}", 3]}, {"a": [[1, 2], "1", 3]}),
        ({"at": {"=": "now()"}}, {"at": "2026-11-21T12:00:00Z"}),
        ({"=": "vars.i", "other": 1}, {"=": "vars.i", "other": 1}),
        ({"=": 1}, {"=": 1}),
        ({"=": {"=": "vars.i"}}, {"=": 1}),
        ({"=": "{'=': '1 + 1'}"}, {"=": "1 + 1"}),
        ({"{{ vars.i }}": 1}, {"{{ vars.i }}": 1}),
        ("= vars.i", "= vars.i"),
        ([], []),
        (None, None),
        (1.5, 1.5),
    ],
)
def test_what_a_value_becomes(value: Any, expected: Any) -> None:
    assert bound(value) == expected


def test_what_has_no_expressions_is_returned_as_it_is() -> None:
    static: dict[str, Json] = {"deep": [1, {"x": "y"}]}
    value: dict[str, Json] = {"static": static, "dynamic": {"=": "1"}}

    assert bound(value)["static"] is static
    assert bound(static) is static
    assert compile_binding(static).is_static
    assert not compile_binding(value).is_static


def test_evaluating_leaves_the_value_alone() -> None:
    value = {"a": [{"=": "vars.xs"}]}

    assert bound(value) == {"a": [[1, 2]]}
    assert value == {"a": [{"=": "vars.xs"}]}


def test_paths_and_references_are_known_without_evaluating() -> None:
    binding = compile_binding({"a": [1, {"=": "vars.i"}], "b": {"c": "{{ input.name }}"}, "d": 1})

    assert binding.dynamic_paths == (("a", 1), ("b", "c"))
    assert binding.references == {("vars", "i"), ("input", "name")}
    assert compile_binding({"=": "1"}).dynamic_paths == ((),)


def test_an_error_says_where_in_the_value_it_is() -> None:
    with pytest.raises(EvaluationError) as caught:
        bound({"with": [{"url": "http://{{ vars.host }}/"}]})

    assert caught.value.path == ("with", 0, "url")
    assert caught.value.offset == 15
    assert str(caught.value).endswith("(with.0.url, line 1, column 16)")


def test_all_problems_are_reported_with_their_paths() -> None:
    value: dict[str, Json] = {
        "a": [{"=": "1 +"}, {"=": "1"}],
        "b": "{{",
        "c": {"=": "vars.i"},
        "d": {"=": "vrs.i"},
    }

    problems = binding_problems(value, names=["vars"])

    assert [(path, error.message) for path, error in problems] == [
        (("a", 0), "The expression ends too early."),
        (("b",), "This {{ is not closed by }}."),
        (("d",), 'There is no name "vrs" here; did you mean "vars"?'),
    ]
    assert [error.path for _, error in problems] == [("a", 0), ("b",), ("d",)]


def test_a_value_without_problems_has_none() -> None:
    assert binding_problems({"a": {"=": "anything.goes"}}) == []


def test_compiling_raises_all_problems_at_once() -> None:
    with pytest.raises(BindingError) as caught:
        compile_binding({"a": {"=": "1 +"}, "b": {"=": ""}})

    assert [path for path, _ in caught.value.problems] == [("a",), ("b",)]
    assert (caught.value.path, caught.value.column) == (("a",), 4)
    assert str(caught.value) == "The expression ends too early. (a, line 1, column 4)"


def test_problems_may_be_collected_in_the_binding() -> None:
    binding = compile_binding({"a": {"=": "1 +"}, "b": {"=": "x"}}, collect=True)

    assert [path for path, _ in binding.problems] == [("a",)]
    assert binding.dynamic_paths == (("a",), ("b",))
    with pytest.raises(BindingError):
        binding.evaluate({"x": 1})


def test_each_expression_has_its_own_budget() -> None:
    assert bound([{"=": "range(150000).size()"}, {"=": "range(150000).size()"}]) == [150_000, 150_000]


def test_a_value_nested_without_end_is_a_problem() -> None:
    value: Any = {"=": "1"}
    for _ in range(100_000):
        value = [value]

    assert "nested deeper than 100" in binding_problems(value)[0][1].message
    while value != {"=": "1"}:  # taken apart by hand: Python's own way of freeing it would recurse
        value = value[0]


def test_errors_survive_pickling() -> None:
    with pytest.raises(BindingError) as compiling:
        compile_binding({"a": {"=": "1 +"}})
    with pytest.raises(EvaluationError) as evaluating:
        bound({"a": {"=": "vars.nope"}})

    for error in (compiling.value, evaluating.value):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.path) == (type(error), str(error), error.path)
