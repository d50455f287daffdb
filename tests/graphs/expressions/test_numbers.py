"""Numbers are those of JSON: how one is written or stored makes no difference."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphs.expressions.asking import failure_of, value_of


@pytest.mark.parametrize("price", [1, 1.0, 0.5])
def test_a_price_may_be_doubled_whether_it_is_whole_or_not(price: float) -> None:
    assert value_of("price * 2", price=price) == price * 2


@pytest.mark.parametrize("i", [1, 1.0])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("vars.i + 1", 2),
        ("vars.i - 0.5", 0.5),
        ("size(vars.xs) * vars.i", 3),
        ("vars.i % 2", 1),
        ("vars.xs[vars.i]", 20),
        ("vars.xs[0] + vars.i", 11),
        ("vars.i == 1", True),
        ("1.0 == vars.i", True),
        ("vars.i < 1.5 && vars.i >= 1", True),
        ("string(vars.i)", "1"),
        ("range(vars.i)", [0]),
        ("vars.i in [1]", True),
        ("[vars.i] == [1.0]", True),
        ('{"n": vars.i} == {"n": 1}', True),
        ("type(vars.i)", "number"),
    ],
)
def test_one_and_one_point_zero_behave_alike(source: str, expected: Any, i: float) -> None:
    assert value_of(source, vars={"i": i, "xs": [10, 20, 30]}) == expected


@pytest.mark.parametrize("source", ["0.5 * 2", "7 - 6.0", "4 / 4", "1.0", "x", "sum([0.5, 0.5])", "[x][0]"])
def test_a_whole_result_comes_out_as_an_int(source: str) -> None:
    result = value_of(source, x=1.0)

    assert (result, type(result)) == (1, int)


def test_floats_too_large_to_be_exact_stay_floats() -> None:
    assert type(value_of("x * 2", x=2.0**54)) is float
    assert type(value_of("x * 1", x=2.0**53)) is int


@pytest.mark.parametrize(
    ("source", "expected"),
    [("7 / 2", 3.5), ("8 / 2", 4), ("-7 / 2", -3.5), ("1 / 3", 1 / 3), ("9007199254740994 / 2", 2**52 + 1)],
)
def test_division_is_true_division(source: str, expected: float) -> None:
    assert value_of(source) == expected


def test_division_is_exact_where_the_quotient_is_whole_beyond_what_a_float_holds() -> None:
    assert value_of("9223372036854775806 / 2") == 4611686018427387903


@pytest.mark.parametrize(
    ("source", "expected"),
    [("7 % 3", 1), ("-7 % 3", -1), ("7 % -3", 1), ("7.5 % 2", 1.5), ("-7.5 % 2", -1.5)],
)
def test_modulo_has_the_sign_of_the_dividend(source: str, expected: float) -> None:
    assert value_of(source) == expected


@pytest.mark.parametrize("zero", [0, 0.0, -0.0])
def test_dividing_by_zero_is_an_error(zero: float) -> None:
    assert "Division by zero" in failure_of("1 / x", x=zero).message
    assert "Modulo by zero" in failure_of("1.5 % x", x=zero).message


def test_whole_numbers_are_exact_up_to_64_bits_and_an_error_beyond() -> None:
    assert value_of("9223372036854775806 + 1") == 2**63 - 1
    assert value_of("-9223372036854775807 - 1") == -(2**63)
    for source in ("9223372036854775807 + 1", "-9223372036854775808 - 1", "4611686018427387904 * 2"):
        assert "outside the range of whole numbers" in failure_of(source).message
    assert "outside the range" in failure_of("-x", x=-(2**63)).message
    assert "outside the range" in failure_of("abs(x)", x=-(2**63)).message


@pytest.mark.parametrize("x", [2**40, 2.0**40])
def test_a_product_outside_the_range_is_an_error_however_its_factors_are_stored(x: float) -> None:
    assert "outside the range" in failure_of("x * x", x=x).message
    assert "outside the range" in failure_of("sum([x * 4000000, x * 5000000])", x=x).message


def test_whole_numbers_beyond_64_bits_cannot_be_calculated_with() -> None:
    assert value_of("x == x", x=10**400) is True
    assert "outside the range" in failure_of("x + 0.5", x=10**400).message


@pytest.mark.parametrize(
    "source", ["1e308 * 10", "x + 1", "x", "-x", "[x]", "string(x)", "round(x)", "sum([x])"]
)
@pytest.mark.parametrize("x", [float("inf"), float("nan")])
def test_a_result_is_never_infinite_or_nan(source: str, x: float) -> None:
    assert "not finite" in failure_of(source, x=x).message


@pytest.mark.parametrize(
    "source", ["true + 1", "1 - true", "true * true", "-true", "1 / true", "sum([true])"]
)
def test_booleans_are_not_numbers(source: str) -> None:
    assert "boolean" in failure_of(source).message


def test_a_run_of_operators_is_evaluated_from_left_to_right_by_precedence() -> None:
    assert value_of("10 - 4 - 3") == 3
    assert value_of("2 + 3 * 4 - 6 / 2 % 2") == 13
    assert value_of("2 * (3 + 4)") == 14
    assert value_of("100 / 10 * 10") == 100
    assert value_of("-2 - -3") == 1


def test_a_half_is_no_index_and_the_message_says_so() -> None:
    error = failure_of("xs[i]", xs=[1, 2], i=0.5)

    assert error.message == "xs[…]: the index must be a whole number; 0.5 is not one."
    assert (error.line, error.column, error.offset) == (1, 3, 2)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(0.49)", 0),
        ("round(2.675, 2)", 2.68),
        ("round(1.005, 2)", 1.01),
        ("round(1250, -2)", 1300),
        ("round(-1250, -2)", -1300),
        ("round(1e300)", 1e300),
        ("floor(-1.5)", -2),
        ("ceil(-1.5)", -1),
        ("ceil(1e300)", 1e300),
        ("floor(3)", 3),
        ("abs(-1.5)", 1.5),
        ("int(-3.9)", -3),
        ("min(3, 1.5, 2)", 1.5),
        ("max([3, 1.5, 2])", 3),
        ("sum([1, 2.5])", 3.5),
        ("sum(1, 2, 3)", 6),
        ("sum([])", 0),
        ("avg([1, 2])", 1.5),
        ("avg(2, 4)", 3),
        ("[3, 1].max() + [3, 1].min()", 4),
    ],
)
def test_functions_on_numbers(source: str, expected: float) -> None:
    assert value_of(source) == expected


def test_a_sum_does_not_depend_on_the_order_of_its_parts() -> None:
    assert value_of("xs.sum()", xs=[0.1] * 10) == 1
    assert value_of("xs.sum() == xs.reverse().sum()", xs=[1e16, 1.5, -1e16, 0.25]) is True


@pytest.mark.parametrize("source", ["avg([])", "min([])", "max([])"])
def test_an_empty_list_has_no_average_least_or_greatest(source: str) -> None:
    assert "of an empty list has no value" in failure_of(source).message


def test_the_digits_of_round_are_bounded() -> None:
    assert "-15 to 15 digits" in failure_of("round(1.5, 16)").message
    assert "whole number" in failure_of("round(1.5, 0.5)").message
