"""How values are written, and the shape of the syntax."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphs.expressions.asking import problem_of, value_of


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("0", 0),
        ("42", 42),
        ("42u", 42),
        ("0xFF", 255),
        ("0Xffu", 255),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000),
        ("1.5E-1", 0.15),
        ("-9223372036854775808", -(2**63)),
        ("true", True),
        ("false", False),
        ("null", None),
    ],
)
def test_scalars(source: str, expected: Any) -> None:
    result = value_of(source)

    assert (result, type(result)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('""', ""),
        ('"a\'b"', "a'b"),
        ("'a\"b'", 'a"b'),
        (r'"\"\\\'\?\`"', "\"\\'?`"),
        (r'"\a\b\f\n\r\t\v"', "\a\b\f\n\r\t\v"),
        (r'"\x41\X42\u00e9\U0001F600\101"', "ABé😀A"),
        (r'"\ud83d\ude00"', "😀"),
        ("'''x''x'''", "x''x"),
        ('"""a\n"b" \\n"""', 'a\n"b" \n'),
        (r'r"\d+\\"', r"\d+\\"),
        (r"R'\'", "\\"),
        ("r'''a\\'''", "a\\"),
        ('"naïve 日本 😀"', "naïve 日本 😀"),
        ('"// no comment"', "// no comment"),
    ],
)
def test_strings(source: str, expected: str) -> None:
    assert value_of(source) == expected


def test_lists_and_objects_may_end_with_a_comma() -> None:
    assert value_of("[1, [2,], []]") == [1, [2], []]
    assert value_of('{"a": 1, "b": {"c": [true]},}') == {"a": 1, "b": {"c": [True]}}
    assert value_of("{}") == {}


def test_the_key_of_an_object_may_be_calculated() -> None:
    assert value_of('{"a" + x: 1}', x="b") == {"ab": 1}


def test_comments_and_white_space_mean_nothing() -> None:
    assert value_of("1 // one\n\t+\r\n\f2 // two") == 3


@pytest.mark.parametrize("field", ["in", "true", "null", "for", "package", "map", "size", "_x1"])
def test_any_word_may_be_a_field(field: str) -> None:
    assert value_of(f"x.{field}", x={field: 1}) == 1


def test_fields_that_are_not_words_are_written_in_backquotes_or_brackets() -> None:
    assert value_of('x.`a-b/c.d e` + x["a-b/c.d e"]', x={"a-b/c.d e": 2}) == 4


def test_names_may_begin_like_a_keyword() -> None:
    assert value_of("index in inner && truest", index=1, inner=[1], truest=True) is True


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("true || false && false", True),
        ("(true || false) && false", False),
        ("!true || true", True),
        ("!(true || true)", False),
        ("1 + 1 == 2 && 2 * 2 > 3", True),
        ("false ? 1 : true ? 2 : 3", 2),
        ("(true ? false : true) ? 1 : 2", 2),
        ("1 < 2 ? 3 + 4 : 5", 7),
        ("-[1, 2][1]", -2),
        ("!!true", True),
        ("--1", 1),
        ("1 in [1] == true", True),
    ],
)
def test_precedence(source: str, expected: Any) -> None:
    assert value_of(source) == expected


@pytest.mark.parametrize(
    ("source", "column", "words"),
    [
        ("", 1, "is empty"),
        ("  ", 3, "is empty"),
        ("1 +", 4, "ends too early"),
        ("xs[", 4, "ends too early"),
        ("a.", 3, "ends too early"),
        ("a ? b", 6, "ends too early"),
        ("a b", 3, 'Unexpected "b"'),
        ("f(,)", 3, 'Unexpected ","'),
        ("a = 1", 3, "Write == to compare"),
        ("a & b", 3, "Write && for and"),
        ("a | b", 3, "Write || for or"),
        ("a and b", 3, "Write && instead"),
        ("a or b", 3, "Write || instead"),
        ("a == not b", 10, 'Unexpected "b"'),
        ("'abc", 1, "no closing quote"),
        ('"a\nb"', 1, "no closing quote"),
        ('x + """a', 7, "no closing quote"),
        ("a # b", 3, 'Unexpected "#"'),
        ("a\u00a0b", 2, "U+00A0"),
        ("é", 1, 'Unexpected "é"'),
        ("if", 1, "reserved word"),
        ("1 + in", 5, "reserved word"),
        ("b'1'", 1, "no bytes"),
        ("A{b: 1}", 2, "Messages cannot be constructed"),
        ("a.B{b: 1}", 4, "Messages cannot be constructed"),
        ("a.?b", 3, 'Unexpected "?"'),
        ("1abc", 2, 'Unexpected "abc"'),
        ("x + 9223372036854775808", 5, "outside the range"),
        ("1e999", 1, "too large"),
        (r"'\q'", 1, r"\q is not an escape"),
        (r"'\400'", 1, r"\4 is not an escape"),
        (r"'\ud83d'", 1, "surrogate"),
        (r"'\U00110000'", 1, "no character U+110000"),
        ("{1: 2}", 2, "must be a string"),
        ('{"a": 1, "a": 2}', 10, "stands twice"),
    ],
)
def test_what_is_not_cel_is_refused_with_its_place_and_a_reason(source: str, column: int, words: str) -> None:
    error = problem_of(source)

    assert words in error.message
    assert (error.line, error.column) == (source.count("\n", 0, error.offset) + 1, column)


def test_the_place_is_told_by_line_and_column() -> None:
    error = problem_of("input.a &&\n  input.b ==== 1")

    assert (error.line, error.column, error.offset) == (2, 13, 23)
    assert str(error) == 'Unexpected "==" here. (line 2, column 13)'
