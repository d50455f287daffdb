"""Text with expressions in it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from orchestrator.graphs.expressions import (
    EvaluationError,
    ExpressionError,
    OperationLimitExceeded,
    compile_template,
)
from tests.graphs.expressions.asking import NOON


def text_of(template: str, **scope: Any) -> str:
    return compile_template(template).render(scope, now=NOON)


def problem_in(template: str, *names: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_template(template, names=names or None)
    return caught.value


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Summarise {{ title }}.", "Summarise Title."),
        ("{{title}}{{ title }}", "TitleTitle"),
        ("{{ n }} {{ n * 2 }} {{ half }}", "1 2 0.5"),
        ("{{ true }} [{{ null }}]", "true []"),
        ("{{ xs }} {{ object }}", '[1,null,"é"] {"a":{"b":1}}'),
        ("{{ now() }} {{ duration('90s') }}", "2026-11-21T12:00:00Z 90"),
        ("{{ [now()] }}", '["2026-11-21T12:00:00Z"]'),
        ("", ""),
        ("no holes } here }} or { there", "no holes } here }} or { there"),
        ('{{ "}}" }}', "}}"),
        ("{{ '}}' + r'\\}}' }}", "}}\\}}"),
        ('{{ """a"}}b""" }}', 'a"}}b'),
        ('{{ "\\"}}" }}', '"}}'),
        ("{{ '{{' }} {{ \"{\" }}", "{{ {"),
        ('{{ {"a": {"b": n}} }}', '{"a":{"b":1}}'),
        ('{{{"a": {"b": n}}}}', '{"a":{"b":1}}'),
        ("{{\n  n // the number\n}}", "1"),
        ("{{{n}}", None),
        ("日本 {{ title }} 😀", "日本 Title 😀"),
    ],
)
def test_what_a_template_becomes(template: str, expected: str | None) -> None:
    scope = {"title": "Title", "n": 1.0, "half": 0.5, "xs": [1.0, None, "é"], "object": {"a": {"b": 1.0}}}
    if expected is None:
        problem_in(template)
    else:
        assert text_of(template, **scope) == expected


@pytest.mark.parametrize(
    ("template", "words", "place"),
    [
        ("a {{ b", "This {{ is not closed by }}.", (1, 3, 2)),
        ("a\nb {{ c }} {{ d }", "This {{ is not closed by }}.", (2, 11, 12)),
        ("{{ 'a }}", "no closing quote", (1, 4, 3)),
        ("{{ }}", "is empty", (1, 4, 3)),
        ("{{}}", "is empty", (1, 3, 2)),
        ("x\n{{ 1 + }}", "ends too early", (2, 8, 9)),
        ("x\n{{ a\n = 1 }}", "Write == to compare", (3, 2, 8)),
        ("{{ a }} {{ sizes(a) }}", "did you mean size()?", (1, 12, 11)),
        ("{{ '" + "a" * 4000 + "' }}", "at most 4,000", (1, 4003, 4002)),
    ],
)
def test_a_problem_is_placed_in_the_text(template: str, words: str, place: tuple[int, int, int]) -> None:
    error = problem_in(template)

    assert words in error.message
    assert (error.line, error.column, error.offset) == place


def test_an_error_while_rendering_is_placed_in_the_text() -> None:
    with pytest.raises(EvaluationError, match="there is no") as caught:
        text_of("Dear {{ a.name }},\n{{ a.nope }}", a={"name": "Ann"})

    assert (caught.value.line, caught.value.column, caught.value.offset) == (2, 6, 24)


def test_names_are_checked_in_templates_too() -> None:
    assert 'did you mean "nodes"?' in problem_in("{{ node.x }}", "nodes").message


def test_what_a_template_reads_is_known_without_rendering() -> None:
    template = compile_template("{{ a.b }} and {{ xs.map(x, x.y + c) }}")

    assert template.references == {("a", "b"), ("xs",), ("c",)}
    assert not template.is_static


def test_a_text_without_holes_is_static() -> None:
    template = compile_template("plain")

    assert template.is_static
    assert template.references == frozenset()
    assert template.source == "plain"


def test_all_holes_of_a_text_share_one_budget() -> None:
    template = compile_template("{{ range(150000).size() }}" * 2)

    with pytest.raises(OperationLimitExceeded, match="more than 200,000 operations") as caught:
        template.render({})
    assert caught.value.offset > len("{{ range(150000).size() }}")


def test_a_long_value_cannot_be_repeated_without_end() -> None:
    with pytest.raises(OperationLimitExceeded):
        text_of("{{ x }}" * 100, x="x" * 1_000_000)


def test_the_number_of_holes_is_bounded() -> None:
    assert text_of("{{ 1 }}" * 200) == "1" * 200
    assert "may hold 200 expressions" in problem_in("{{ 1 }}" * 201).message


def test_a_hostile_text_is_refused_quickly() -> None:
    start = time.monotonic()

    problem_in("{{ " + '"\\"' * 300_000)
    problem_in("{{" * 300_000)
    problem_in("{{ " + "{" * 500_000 + " }}")

    assert time.monotonic() - start < 10  # seconds; measured: less than one
