"""Reading data: what is found, what is missing, what an expression reads, and what it never reaches."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any
from unittest.mock import Mock

import pytest

from orchestrator.graphs.expressions import compile_expression
from tests.graphs.expressions.asking import NOON, failure_of, problem_of, value_of

NODES: dict[str, Any] = {
    "fetch": {"output": {"body": "hi", "headers": {}, "empty": None, "items": [{"id": 7}]}}
}


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Lazy(Mapping[str, Any]):
    """A mapping that counts what is taken out of it."""

    def __init__(self, **values: Any) -> None:
        self.values_by_name = values
        self.taken: list[str] = []

    def __getitem__(self, key: str) -> Any:
        self.taken.append(key)
        return self.values_by_name[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        (
            "nodes.fetch.output.status",
            'nodes.fetch.output.status: there is no "status"; it has: body, headers, empty, items.',
            20,
        ),
        (
            "nodes.fetch.output.headers.x",
            'nodes.fetch.output.headers.x: there is no "x"; it has: nothing.',
            28,
        ),
        ("nodes.fetch.output.empty.x", 'nodes.fetch.output.empty.x: there is no "x" in null.', 26),
        ("nodes.fetch.output.items.id", 'nodes.fetch.output.items.id: there is no "id" in a list.', 26),
        ("nodes.fetch.output.body.x", 'nodes.fetch.output.body.x: there is no "x" in a string.', 25),
        (
            "nodes.fetch.output.items[1]",
            "nodes.fetch.output.items[1]: there is no index 1; the list has 1 item.",
            25,
        ),
        (
            "nodes.fetch.output.items[-1]",
            "nodes.fetch.output.items[-1]: there is no index -1; the list has 1 item.",
            25,
        ),
        ("nodes.fetch.output.items[0].x", 'nodes.fetch.output.items[0].x: there is no "x"; it has: id.', 29),
        ("nodes.fetch.output.empty[0]", "nodes.fetch.output.empty[0]: there are no items in null.", 25),
        (
            "nodes.fetch.output[0]",
            "nodes.fetch.output[0]: the key of an object is a string, not a number.",
            19,
        ),
        ('nodes["a-b"].x', 'nodes["a-b"]: there is no "a-b"; it has: fetch.', 6),
        ("nodez.fetch", 'nodez: there is no name "nodez" here. There are: nodes.', 1),
        ("nodes.fetch.output.items.map(x, x.y)", 'x.y: there is no "y"; it has: id.', 35),
        ("(nodes).x", '(…).x: there is no "x"; it has: fetch.', 9),
    ],
)
def test_what_is_missing_is_told_with_its_whole_path(source: str, message: str, column: int) -> None:
    error = failure_of(source, nodes=NODES)

    assert (error.message, error.column) == (message, column)


def test_only_a_few_of_many_keys_are_listed() -> None:
    error = failure_of("x.a", x={f"{'k' * 50}{i}": i for i in range(9)})

    assert error.message.count("kkk…") == 5
    assert error.message.endswith("…, ….")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("has(nodes.fetch.output.body)", True),
        ("has(nodes.fetch.output.empty)", True),
        ("has(nodes.fetch.output.nope)", False),
        ("has(nodes.fetch.output.empty.x)", False),
        ("has(nodes.fetch.output.empty.x.y.z)", False),
        ("has(nodes.nope.output.x)", False),
        ("has(nope.x)", False),
        ("has(nodes.fetch.output.body.length)", False),
        ("has(nodes.fetch.output.items[0].id)", True),
        ("has(nodes.fetch.output.items[1].id)", False),
        ("has(nodes.fetch.output.items[1])", False),
        ('has(nodes["fetch"].output)', True),
        ('has(nodes["a-b"])', False),
        ("nodes.fetch.output.items.all(x, has(x.id) && !has(x.name.first))", True),
        ("has({'a': 1}.a)", True),
    ],
)
def test_has_asks_and_never_fails_for_what_is_missing(source: str, expected: bool) -> None:
    assert value_of(source, nodes=NODES) is expected


@pytest.mark.parametrize("source", ["has(x)", "has(1)", "has()", "has(a.b, c.d)", "has(f(x))"])
def test_has_takes_a_path(source: str) -> None:
    assert "has" in problem_of(source).message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("nodes.fetch.output.status == 200", {("nodes", "fetch", "output", "status")}),
        ('nodes["a-b"].output.x', {("nodes", "a-b", "output", "x")}),
        ("xs[0].name", {("xs",)}),
        ("a.b[c.d].e", {("a", "b"), ("c", "d")}),
        ("has(a.b.c)", {("a", "b", "c")}),
        ("has(a.b[i].c)", {("a", "b"), ("i",)}),
        ("a.items.filter(x, x.n > vars.n).size()", {("a", "items"), ("vars", "n")}),
        ("a.map(a, a.b)", {("a",)}),
        ("a.all(x, b.exists(y, y == x && x.z == c))", {("a",), ("b",), ("c",)}),
        ("(a.b).c", {("a", "b")}),
        ("a.b.upper() + string(c)", {("a", "b"), ("c",)}),
        ("a ? b : c", {("a",), ("b",), ("c",)}),
        ("{'k': a.b}.k", {("a", "b")}),
        ("type(a) == string", {("a",)}),
        ("1 + 1", set()),
        ("now()", set()),
    ],
)
def test_what_is_read_is_known_without_evaluating(source: str, expected: set[tuple[str, ...]]) -> None:
    assert compile_expression(source).references == expected


@pytest.mark.parametrize(
    ("source", "names", "words"),
    [
        ("node.x", ["nodes", "vars"], 'no name "node" here; did you mean "nodes"?'),
        ("xs.map(item, itm)", ["xs"], 'did you mean "item"?'),
        ("zzz", ["nodes", "vars"], "There are: nodes, vars."),
        ("now", ["nodes"], "did you mean now()?"),
        ("has(zzz.x)", ["nodes"], 'no name "zzz"'),
    ],
)
def test_an_unknown_name_is_found_when_saving(source: str, names: list[str], words: str) -> None:
    assert words in problem_of(source, *names).message


def test_known_names_and_the_variables_of_macros_are_accepted() -> None:
    expression = compile_expression("xs.map(x, x + n)", names=["xs", "n"])

    assert expression.evaluate({"xs": [1], "n": 2}) == [3]


def test_types_may_be_named_as_cel_does_unless_the_name_is_taken() -> None:
    assert value_of("type(1) == int && type(1.5) == double && type('') == string") is True
    assert (
        value_of("type([]) == list && type({}) == map && type(null) == null_type && type(true) == bool")
        is True
    )
    assert compile_expression("list", names=["list"]).evaluate({"list": [1]}) == [1]
    assert value_of("[1].map(list, list)") == [1]


@pytest.mark.parametrize("name", ["__class__", "__init__", "__dict__", "keys", "format", "append"])
@pytest.mark.parametrize("value", ["text", 1, 1.5, [1], {"a": 1}, None, True], ids=str)
def test_no_attribute_of_python_is_ever_reached(name: str, value: Any) -> None:
    assert f'there is no "{name}"' in failure_of(f"x.{name}", x=value).message
    assert value_of(f"has(x.{name})", x=value) is False


@pytest.mark.parametrize(
    "value",
    [object(), Decimal(1), (1, 2), {1}, b"x", NOON, datetime.now, Mock(spec=dict), Mock(__class__=dict)],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_json_is_refused(value: Any) -> None:
    for source in (
        "x",
        "x.y",
        "x[0]",
        "x == 1",
        "x + 1",
        "[x]",
        "[1].map(y, x)",
        "string(x)",
        "size(x)",
        "x < 1",
    ):
        assert "is not a JSON value" in failure_of(source, x=value).message
    assert "is not a JSON value" in failure_of("xs.map(x, x)", xs=[value]).message
    assert "is not a JSON value" in failure_of("min(xs)", xs=[value]).message


def test_subclasses_of_json_types_count_as_what_they_are() -> None:
    scope = {"colour": Colour.RED, "level": Level.HIGH}

    assert value_of('colour == "red" && level == 3', **scope) is True
    assert [type(value_of(name, **scope)) for name in ("colour", "level")] == [str, int]


@pytest.mark.parametrize("wrap", [MappingProxyType, ChainMap, lambda values: Lazy(**values)])
def test_any_mapping_is_an_object(wrap: Any) -> None:
    scope = wrap({"x": wrap({"y": wrap({"z": 1})})})

    assert compile_expression("x.y.z + x['y'].z").evaluate(scope) == 2
    assert (
        compile_expression("x.map(k, k) == ['y'] && 'y' in x && size(x) == 1 && has(x.y)").evaluate(scope)
        is True
    )
    assert compile_expression("x").evaluate(scope) == {"y": {"z": 1}}
    assert type(compile_expression("x").evaluate(scope)) is dict
    assert compile_expression("x == {'y': {'z': 1.0}}").evaluate(scope) is True


def test_a_lazy_mapping_loads_only_what_is_read() -> None:
    nodes = Lazy(fetch={"output": 1}, other={"output": 2})

    assert value_of("nodes.fetch.output + nodes[id].output", nodes=nodes, id="fetch") == 2
    assert set(nodes.taken) == {"fetch"}


def test_looking_for_a_key_adds_none() -> None:
    counts: defaultdict[str, int] = defaultdict(int)

    assert "there is no" in failure_of("counts.x", counts=counts).message
    assert not counts


def test_a_value_that_is_only_read_is_not_copied() -> None:
    items = [{"id": 1}]

    assert value_of("a.items", a={"items": items}) is items
