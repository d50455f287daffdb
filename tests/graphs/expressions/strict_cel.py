"""Random expressions with a meaning in both this language and strict CEL: all their numbers are doubles."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

Source: TypeAlias = st.SearchStrategy[str]

SCOPE: dict[str, Any] = {
    "p": 2.0,
    "q": 0.5,
    "name": "abc",
    "flag": True,
    "xs": [3.0, 1.5, 2.0],
    "words": ["abc", "b", ""],
    "o": {"n": 4.0, "s": "x", "deep": {"b": False}},
}


def expressions() -> Source:
    return st.one_of(_numbers(3), _booleans(3), _strings(2), _lists(2))


def _in_form(form: str, *parts: Source) -> Source:
    return st.builds(form.format, *parts)


def _literal(number: float) -> str:
    text = repr(round(number, 2) + 0.0)
    return f"({text})" if text.startswith("-") else text


def _inner_variable(variables: tuple[str, ...]) -> str | None:
    """The variable for one more macro around; two levels are enough."""
    return ("v", "w", None)[len(variables)]


@cache
def _numbers(depth: int, variables: tuple[str, ...] = ()) -> Source:
    literals = st.floats(-20, 20, allow_nan=False).map(_literal)
    leaves = literals | st.sampled_from(["p", "q", "o.n", "xs[0]", "xs[2]", "o['n']", *variables])
    if depth == 0:
        return leaves
    below = _numbers(depth - 1, variables)
    return st.one_of(
        leaves,
        _in_form("({} {} {})", below, st.sampled_from("+-*"), below),
        _in_form("({} / {})", below, st.sampled_from(["2.0", "0.25", "-3.0", "7.5"])),
        _in_form("(-{})", below),
        _in_form("({} ? {} : {})", _booleans(depth - 1, variables), below, below),
    )


@cache
def _strings(depth: int) -> Source:
    leaves = st.sampled_from(['"abc"', "'b'", '""', '"x y"', '"Zebra"', "name", "o.s", "words[1]"])
    if depth == 0:
        return leaves
    below = _strings(depth - 1)
    return st.one_of(
        leaves,
        _in_form("({} + {})", below, below),
        _in_form("({} ? {} : {})", _booleans(depth - 1), below, below),
    )


@cache
def _lists(depth: int, variables: tuple[str, ...] = ()) -> Source:
    leaves = st.sampled_from(["xs", "[]", "[1.0, 2.5]", "[p, q]"])
    if depth == 0:
        return leaves
    below, items = _lists(depth - 1, variables), _numbers(depth - 1, variables)
    options = [
        leaves,
        st.lists(items, max_size=3).map(lambda sources: f"[{', '.join(sources)}]"),
        _in_form("({} + {})", below, below),
    ]
    variable = _inner_variable(variables)
    if variable:
        inner = (*variables, variable)
        body, test = _numbers(depth - 1, inner), _booleans(depth - 1, inner)
        options += [
            _in_form(f"{{}}.map({variable}, {{}})", below, body),
            _in_form(f"{{}}.filter({variable}, {{}})", below, test),
            _in_form(f"{{}}.map({variable}, {{}}, {{}})", below, test, body),
        ]
    return st.one_of(options)


@cache
def _booleans(depth: int, variables: tuple[str, ...] = ()) -> Source:
    leaves = st.sampled_from(
        ["true", "false", "flag", "o.deep.b", "has(o.n)", "has(o.z)", "o.missing == 1.0"]
    )
    if depth == 0:
        return leaves
    below, lists = _booleans(depth - 1, variables), _lists(depth - 1, variables)
    number, string = _numbers(depth - 1, variables), _strings(depth - 1)
    relation = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    options = [
        leaves,
        _in_form("({} {} {})", below, st.sampled_from(["&&", "||"]), below),
        _in_form("!{}", below),
        _in_form("({} {} {})", number, relation, number),
        _in_form("({} {} {})", string, relation, string),
        _in_form("({} {} {})", number, st.sampled_from(["==", "!="]), string),
        _in_form("{}.{}({})", string, st.sampled_from(["contains", "startsWith", "endsWith"]), string),
        _in_form("(size({}) < {})", string, number),
        _in_form("({} in {})", number, lists),
        _in_form("({} == {})", lists, lists),
        _in_form("({} ? {} : {})", below, below, below),
    ]
    variable = _inner_variable(variables)
    if variable:
        test = _booleans(depth - 1, (*variables, variable))
        macro = st.sampled_from(["all", "exists", "exists_one"])
        options.append(_in_form(f"{{}}.{{}}({variable}, {{}})", lists, macro, test))
    return st.one_of(options)
