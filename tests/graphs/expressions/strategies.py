"""Random expressions of any kind, and random data, for the property tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import strategies as st

Source: TypeAlias = st.SearchStrategy[str]
Scopes: TypeAlias = st.SearchStrategy[dict[str, Any]]


def _fill(forms: list[str]) -> Callable[[Source], Source]:
    """One of the forms, with expressions in its places."""
    holes = [(form.format, form.replace("{{", "").count("{")) for form in forms]
    return lambda below: st.one_of([st.builds(fill, *[below] * count) for fill, count in holes])


def _split(forms: str) -> list[str]:
    return [form.strip() for form in forms.split(" | ")]


# Any shape and any types, sensible or not.
_LEAVES = _split("""
    0 | 1 | 2 | 1.5 | 0.5 | 1e3 | 0x10 | 9223372036854775807 | true | false | null | "a" | '' | '1' | r'\\d+'
    | a | b | c | v | s | xs | o | o.k | o['k'] | xs[0] | xs[a] | o.list | [] | {} | now() | o.nope
    | duration("90s") | timestamp("2026-01-31T10:00:00Z")
""")
_FORMS = _split("""
    ({} + {}) | ({} - {}) | ({} * {}) | ({} / {}) | ({} % {}) | ({} == {}) | ({} != {}) | ({} < {})
    | ({} >= {}) | ({} in {}) | ({} && {}) | ({} || {}) | (-{}) | (!{}) | ({} ? {} : {}) | [{}, {}]
    | {{"k": {}, "l": {}}} | {}[{}] | {}.k | has({}.k) | size({}) | string({}) | int({}) | double({})
    | bool({}) | type({}) | sum({}) | avg({}) | min({}, {}) | max({}) | round({}, {}) | abs({}) | floor({})
    | ceil({}) | {}.join({}) | {}.split({}) | {}.upper() | {}.replace({}, {}) | {}.keys() | {}.values()
    | {}.flatten() | {}.distinct() | {}.reverse() | range({}) | {}.contains({}) | {}.matches({}) | ({})
    | timestamp({}) | duration({}) | {}.getHours({}) | {}.getMonth() | {}.startsWith({}) | {}.map(v, {})
    | {}.map(v, {}, {}) | {}.filter(v, {}) | {}.all(v, {}) | {}.exists(v, {}) | {}.exists_one(v, {})
    | {}.sort_by(v, {})
""")

any_expressions: Source = st.recursive(st.sampled_from(_LEAVES), _fill(_FORMS), max_leaves=12)

# Numbers put to every use there is for them, so that most of these have a value.
_NUMBERS = _split("n | m | i | half | ns[0] | ns[i] | o.n | 1 | 2.0 | 0.5 | 7 | size(ns)")
_CALCULATIONS = _split("""
    ({} + {}) | ({} - {}) | ({} * {}) | ({} / (1 + abs({}))) | ({} % (1 + abs({}))) | (-{}) | abs({})
    | floor({}) | round({}, 2) | ceil({}) | int({}) | double({}) | double(string({})) | sum([{}, {}])
    | avg({}, {}) | min({}, {}) | [{}, {}].max() | ns[i] * {} | ns.map(v, v * {}).sum() | size(string({}))
    | ({} > {} ? {} : {}) | ns.sort_by(v, v % {})[0] | {{'k': {}}}.k | [{}, {}].filter(v, v >= {}).size()
""")
_USES = _split("""
    {} | string({}) | [{}, {}, 1] | ({} == {}) | ({} < {}) | ({} in ns) | [{}, 1, {}].distinct() | type({})
    | [{}, 'x'].join('-') | ns.sort_by(v, v * {}) | {{'k': [{}]}} | string([{}]) | ns.all(v, v < {})
    | range(size(ns)).map(v, v + {}) | ([{}] == [{}]) | ns.map(v, v > {}, v)
""")

number_work: Source = st.recursive(st.sampled_from(_NUMBERS), _fill(_CALCULATIONS), max_leaves=6).flatmap(
    lambda source: _fill(_USES)(st.just(source) | st.sampled_from(_NUMBERS))
)
number_scopes: Scopes = st.fixed_dictionaries(
    {
        "n": st.integers(-(2**53), 2**53) | st.integers(-9, 9),
        "m": st.integers(-9, 9),
        "i": st.sampled_from([0, 1]),
        "half": st.just(0.5) | st.floats(-99, 99),
        "ns": st.lists(st.integers(-99, 99), min_size=2, max_size=5),
        "o": st.fixed_dictionaries({"n": st.integers(-(2**31), 2**31)}),
    }
)

# Text that is hardly an expression.
_PIECES = [
    *_split(
        "+ | - | * | / | % | == | != | < | > | <= | >= | && | || | ! | ? | : | . | , | ( | ) | [ | ] | { | }"
    ),
    *_split(
        "{{ | }} | in | map | has | all | x | a | xs | o | 1 | null | 'a' | size(xs) | xs.map(v, v) | if | é"
    ),
    *_split(
        "\" | ' | \"\"\" | \\ | // | ` | r' | __class__ | 😀 | # | @ | 0x | 1. | .. | 1e999 | b'x' | @{}"
    ),
    *("\n", " ", "\0", "\ud800", "\u2028"),
]
token_soup: Source = st.builds(
    str.join, st.sampled_from(["", " "]), st.lists(st.sampled_from(_PIECES), max_size=25)
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An expression in which a few pieces were taken out, doubled or replaced."""
    text = draw(any_expressions)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 6)))
        piece = draw(st.sampled_from(["", text[start:end] * 2, *_PIECES]))
        text = text[:start] + piece + text[end:]
    return text


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=6),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from("kln"), below, max_size=3),
    max_leaves=8,
)
scopes: Scopes = st.fixed_dictionaries(
    {
        "a": st.sampled_from([0, 1, 2, 1.5, -3]) | json_values,
        "b": st.integers(-(2**53), 2**53) | json_values,
        "c": json_values,
        "s": st.text(max_size=6) | st.sampled_from(["1", "1.5", "2026-01-01", "1h", "UTC", "(a+)+$"]),
        "xs": st.lists(st.integers(-5, 5), max_size=5) | st.lists(json_values, max_size=4),
        "o": st.fixed_dictionaries({"k": json_values, "list": st.lists(json_values, max_size=3)}),
    }
)
