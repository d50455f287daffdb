"""What holds for all expressions and all data."""

from __future__ import annotations

from collections import Counter
from typing import Any

import cel
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestrator.graphs.expressions import (
    EvaluationError,
    ExpressionError,
    binding_problems,
    compile_expression,
    compile_template,
)
from tests.graphs.expressions import strategies, strict_cel
from tests.graphs.expressions.asking import NOON

QUICKLY = 2_000  # milliseconds for one example, far more than is needed
Outcome = tuple[str, Any]


@settings(max_examples=200, deadline=QUICKLY)
@given(strict_cel.expressions())
def test_where_strict_cel_has_a_meaning_it_is_the_same(source: str) -> None:
    try:
        expected: Outcome = ("value", _plain(cel.evaluate(source, strict_cel.SCOPE)))
    except Exception as error:  # noqa: BLE001  # the library raises several types, and all mean no value
        expected = ("no value", str(error))

    outcome = _outcome(source, strict_cel.SCOPE)

    assert outcome[0] == expected[0]
    if outcome[0] == "value":
        assert outcome[1] == expected[1]


@settings(max_examples=200, deadline=QUICKLY)
@given(st.text(max_size=60) | strategies.token_soup | strategies.mutated(), strategies.scopes)
@example("(a+)+$", {})
@example("a.__class__.__mro__[1].__subclasses__()", {"a": 1})
@example("\ud800", {})
@example("'\ud800'", {})
def test_any_text_is_an_expression_or_an_error_with_a_place(source: str, scope: dict[str, Any]) -> None:
    try:
        expression = compile_expression(source)
    except ExpressionError as error:
        _check_place(error, source)
        return
    assert _outcome(source, scope)
    assert all(isinstance(key, str) for path in expression.references for key in path)


@settings(max_examples=150, deadline=QUICKLY)
@given(strategies.any_expressions, strategies.scopes)
def test_any_expression_has_a_json_value_or_an_error_with_a_place(source: str, scope: dict[str, Any]) -> None:
    kind, value = _outcome(source, scope)

    if kind == "value":
        assert _is_json(value)


@settings(max_examples=150, deadline=QUICKLY)
@given(strategies.number_work, strategies.number_scopes)
def test_how_numbers_are_represented_makes_no_difference(source: str, scope: dict[str, Any]) -> None:
    assert _outcome(source, scope) == _outcome(source, _with_floats(scope))


@settings(max_examples=150, deadline=QUICKLY)
@given(strategies.any_expressions, strategies.scopes)
def test_how_numbers_are_represented_makes_no_difference_to_errors(
    source: str, scope: dict[str, Any]
) -> None:
    assert _outcome(source, scope) == _outcome(source, _with_floats(scope))


@settings(max_examples=100, deadline=QUICKLY)
@given(strategies.number_work, strategies.number_scopes)
def test_an_expression_needs_nothing_but_what_it_refers_to(source: str, scope: dict[str, Any]) -> None:
    read = {path[0] for path in compile_expression(source).references}
    needed = {name: value for name, value in scope.items() if name in read}

    kind, value = _outcome(source, needed)
    assert kind == _outcome(source, scope)[0]
    if kind == "value":
        assert value == _outcome(source, scope)[1]


@settings(max_examples=50, deadline=QUICKLY)
@given(strategies.number_work, strategies.number_scopes)
def test_evaluating_is_repeatable_and_changes_nothing(source: str, scope: dict[str, Any]) -> None:
    before = repr(scope)

    assert _outcome(source, scope) == _outcome(source, scope)
    assert repr(scope) == before


@settings(max_examples=100, deadline=QUICKLY)
@given(
    st.lists(st.text(max_size=8) | strategies.token_soup | strategies.any_expressions, max_size=5),
    strategies.scopes,
)
def test_any_text_is_a_template_or_an_error_with_a_place(parts: list[str], scope: dict[str, Any]) -> None:
    text = " {{ ".join(parts)
    try:
        template = compile_template(text)
        assert isinstance(template.render(scope, now=NOON), str)
    except (ExpressionError, EvaluationError) as error:
        _check_place(error, text)


@settings(max_examples=50, deadline=QUICKLY)
@given(strategies.json_values | strategies.token_soup.map(lambda source: {"a": [{"=": source}, source]}))
def test_any_json_is_a_binding_or_a_list_of_problems(value: Any) -> None:
    for path, error in binding_problems(value):
        assert error.path == path


@pytest.mark.parametrize(
    ("expressions", "scopes"),
    [
        (strict_cel.expressions(), st.just(strict_cel.SCOPE)),
        (strategies.number_work, strategies.number_scopes),
    ],
)
def test_the_properties_are_not_about_errors_only(
    expressions: strategies.Source, scopes: st.SearchStrategy[dict[str, Any]]
) -> None:
    """They would prove little if hardly one of the expressions had a value."""
    kinds = Counter[str]()

    @settings(max_examples=100, database=None, deadline=QUICKLY)
    @given(expressions, scopes)
    def count(source: str, scope: dict[str, Any]) -> None:
        kinds[_outcome(source, scope)[0]] += 1

    count()
    assert kinds["value"] > kinds.total() / 2


def _outcome(source: str, scope: dict[str, Any]) -> Outcome:
    try:
        return "value", _plain(compile_expression(source).evaluate(scope, now=NOON))
    except EvaluationError as error:
        _check_place(error, source)
        return "no value", (error.message, error.offset)


def _check_place(error: ExpressionError | EvaluationError, text: str) -> None:
    assert error.message
    assert 0 <= error.offset <= len(text)
    assert error.line == text.count("\n", 0, error.offset) + 1
    assert error.column == error.offset - text.rfind("\n", 0, error.offset)


def _plain(value: Any) -> Any:
    """With booleans kept apart from numbers, which Python's == does not."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _with_floats(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, list):
        return [_with_floats(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_floats(item) for key, item in value.items()}
    return value


def _is_json(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_json(item) for item in value)
    if isinstance(value, dict):
        return all(type(key) is str and _is_json(item) for key, item in value.items())
    return value is None or type(value) in (str, bool, int, float)
