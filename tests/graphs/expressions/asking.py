"""Short ways to ask what an expression gives, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.graphs.expressions import EvaluationError, ExpressionError, compile_expression

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def value_of(source: str, **scope: Any) -> Any:
    return compile_expression(source).evaluate(scope, now=NOON)


def failure_of(source: str, **scope: Any) -> EvaluationError:
    """The error of an expression that is well written and has no value for this scope."""
    expression = compile_expression(source)
    with pytest.raises(EvaluationError) as caught:
        expression.evaluate(scope, now=NOON)
    return caught.value


def problem_of(source: str, *names: str) -> ExpressionError:
    """The error of an expression that cannot be compiled."""
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, names=names or None)
    return caught.value
