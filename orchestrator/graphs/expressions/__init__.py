"""The expression language of graphs: CEL's syntax with JSON's numbers, safe and bounded by construction.

See docs/adr/0003-expressions.md for why it is our own.
"""

from orchestrator.graphs.expressions.bindings import (
    Binding,
    BindingError,
    BindingProblem,
    binding_problems,
    compile_binding,
)
from orchestrator.graphs.expressions.context import DEFAULT_BUDGET
from orchestrator.graphs.expressions.errors import (
    EvaluationError,
    ExpressionError,
    OperationLimitExceeded,
)
from orchestrator.graphs.expressions.expression import Expression, compile_expression
from orchestrator.graphs.expressions.templates import Template, compile_template

__all__ = [
    "DEFAULT_BUDGET",
    "Binding",
    "BindingError",
    "BindingProblem",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "OperationLimitExceeded",
    "Template",
    "binding_problems",
    "compile_binding",
    "compile_expression",
    "compile_template",
]
