"""Every function that can be called is explained where expressions are written."""

from __future__ import annotations

from orchestrator.graphs.expressions.functions import FUNCTIONS
from orchestrator.graphs.expressions.help import FUNCTION_HELP
from orchestrator.graphs.expressions.macros import MACRO_NAMES


def test_every_function_and_macro_is_explained_and_nothing_else() -> None:
    names = [each.name for each in FUNCTION_HELP]
    assert len(names) == len(set(names))
    assert set(names) == set(FUNCTIONS) | set(MACRO_NAMES) | {"has"}


def test_a_signature_names_its_function() -> None:
    assert [each.name for each in FUNCTION_HELP if f"{each.name}(" not in each.signature] == []
