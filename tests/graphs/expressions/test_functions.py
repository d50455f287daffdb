"""The functions on strings, lists and objects, and the conversions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphs.expressions.asking import failure_of, problem_of, value_of


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('size("aé😀")', 3),
        ('"abc".size() + [1, 2].size() + {"a": 1}.size()', 6),
        ('"abc".contains("b") && !"abc".contains("x")', True),
        ('"abc".startsWith("ab") && "abc".endsWith("bc")', True),
        ('contains("abc", "b")', True),
        ('"order-17".matches("^order-[0-9]+$")', True),
        ('"abc".matches("b") && !"abc".matches("^b")', True),
        ('"AbÇ".lower() + "abç".upper()', "abçABÇ"),
        ('"  a b\\n".trim()', "a b"),
        ('"a-b-c".replace("-", "")', "abc"),
        ('"a,b,,c".split(",")', ["a", "b", "", "c"]),
        ('"né".split("")', ["n", "é"]),
        ('["a", "b"].join(", ")', "a, b"),
        ('["a", 1.0, 2.5, true].join("")', "a12.5true"),
        ('[].join(",")', ""),
        ('"abc".reverse()', "cba"),
        ("[1, 2, 3].reverse()", [3, 2, 1]),
        ('{"b": 1, "a": [2]}.keys()', ["b", "a"]),
        ('{"b": 1, "a": [2]}.values()', [1, [2]]),
        ("[[1], 2, [[3]], []].flatten()", [1, 2, [3]]),
        ("[1, 1.0, true, '1', [1], [1.0], {'a': 1}, {'a': 1.0}, null, null].distinct().size()", 6),
        ("[true, 1, 1.0, false, 0].distinct() == [true, 1, false, 0]", True),
        ("range(4)", [0, 1, 2, 3]),
        ("range(0)", []),
        ("keys({})", []),
    ],
)
def test_functions(source: str, expected: Any) -> None:
    assert value_of(source) == expected


@pytest.mark.parametrize(
    "use",
    ["xs.reverse()", "xs.sort_by(x, x)", "xs.distinct()", "xs.flatten()", "xs + [1]", "xs.filter(x, x < 3)"],
)
def test_functions_leave_the_data_alone(use: str) -> None:
    xs = [3, 1, 2, 2]

    assert value_of(use, xs=xs) is not xs
    assert xs == [3, 1, 2, 2]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('int("42")', 42),
        ('int("-7")', -7),
        ("int(3.9)", 3),
        ('double("0.5")', 0.5),
        ('double("1e3")', 1000),
        ("double(2)", 2),
        ('bool("true")', True),
        ('bool("FALSE")', False),
        ("bool(true)", True),
        ("string(1.0)", "1"),
        ("string(1.5)", "1.5"),
        ("string(true)", "true"),
        ("string(null)", "null"),
        ("string('a')", "a"),
        ("string([1.0, 'é', {'a': null}])", '[1,"é",{"a":null}]'),
        ("type(null)", "null"),
        ("type({})", "object"),
        ("[1, 1.5].map(x, type(x)).distinct()", ["number"]),
    ],
)
def test_conversions(source: str, expected: Any) -> None:
    result = value_of(source)

    assert (result, type(result)) == (expected, type(expected))


@pytest.mark.parametrize(
    "source",
    [
        *(
            'int("1.5")',
            'int("1_000")',
            'int(" 1")',
            'int("٣")',
            'int("")',
            "int(true)",
            "int(null)",
            "int(1e300)",
        ),
        *(
            'double("nan")',
            'double("inf")',
            'double("1e999")',
            'double("0x1")',
            "double(false)",
            "double([])",
        ),
        *('bool("yes")', "bool(1)", "bool(null)", 'int("99999999999999999999")'),
    ],
)
def test_what_cannot_be_converted_is_an_error(source: str) -> None:
    assert failure_of(source).column == 1


def test_messages_do_not_repeat_the_text_of_values() -> None:
    secret = "hunter2"
    for source in (
        "int(x)",
        "double(x)",
        "bool(x)",
        "timestamp(x)",
        "duration(x)",
        "x + 1",
        "x < 1",
        "x.y",
        "x[0]",
    ):
        assert secret not in failure_of(source, x=secret).message


@pytest.mark.parametrize(
    "source",
    [
        *("size(1)", "size(null)", "upper(1)", 'contains("a", 1)', "[1].upper()", '"a".keys()', "values([])"),
        *("flatten({})", "distinct('a')", "reverse(1)", "[null].join('')", "[[]].join('')", "'a'.join('')"),
        *(
            "sum('a')",
            "sum(['a'])",
            "sum({})",
            "avg([null])",
            "max([1, 'a'])",
            "min([[1]])",
            "max(null)",
            "abs('1')",
        ),
        *("range(-1)", "range(0.5)", "range('3')", "round('1')", "'a'.replace('a', 1)", "'a'.matches(1)"),
    ],
)
def test_arguments_of_the_wrong_type_are_errors(source: str) -> None:
    assert failure_of(source).message.endswith(".")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sizes(x)", 'no function "sizes"; did you mean size()?'),
        ("x.startswith('a')", "did you mean startsWith()?"),
        ("qqqq()", 'There is no function "qqqq".'),
        ("eval('1')", 'no function "eval"'),
        ("x.has(y)", 'no function "has"'),
        ("size()", "size() takes 1 argument; here are 0"),
        ("round(1, 2, 3)", "round() takes 1 to 2 arguments; here are 3"),
        ("'a'.upper(1)", "takes 1 argument, counting what stands before the dot; here are 2"),
        ("now(1)", "now() takes no arguments; here are 1"),
        ("sum()", "sum() takes at least 1 argument; here are 0"),
        ("'a'.replace('b')", "replace() takes 3 arguments"),
    ],
)
def test_wrong_calls_are_found_when_saving(source: str, words: str) -> None:
    assert words in problem_of(source).message


def test_a_function_and_a_name_may_be_called_the_same() -> None:
    assert value_of("size(size) + [1].map(sum, sum).sum()", size=[1, 2]) == 3


@pytest.mark.parametrize("pattern", ["(", "[a", "(?=a)", r"(a)\\1", "a{1001}", "*"])
def test_a_bad_pattern_is_found_when_saving(pattern: str) -> None:
    error = problem_of(f'x.matches("{pattern}")')

    assert "not a regular expression" in error.message
    assert error.column == 11


def test_a_pattern_that_comes_with_the_data_fails_when_evaluated() -> None:
    assert "not a regular expression" in failure_of("'a'.matches(p)", p="(").message
    assert value_of("'ab'.matches(p)", p="^a.$") is True


def test_half_a_character_is_no_text_for_a_pattern() -> None:
    assert "surrogate" in failure_of("x.matches('a')", x="\ud800").message
    assert "surrogate" in failure_of("'a'.matches(x)", x="\ud800").message
