"""From the tree of an expression to a Python closure that evaluates it.

Each node becomes one closure over those of its parts. Whatever can be decided without data is decided
here: names, functions, numbers of arguments, nesting, patterns, and which paths are read.
"""

from __future__ import annotations

from orchestrator.graphs.expressions.calls import emit_call
from orchestrator.graphs.expressions.compilation import Compilation, Emitter, rejected
from orchestrator.graphs.expressions.context import ABSORBED_ERROR_COST, Context, Evaluator, Value
from orchestrator.graphs.expressions.errors import EvaluationError, Fault, OperationLimitExceeded
from orchestrator.graphs.expressions.macros import truth
from orchestrator.graphs.expressions.operators import ARITHMETIC, COMPARISONS, negate
from orchestrator.graphs.expressions.paths import shorten
from orchestrator.graphs.expressions.reading import emit_path
from orchestrator.graphs.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Group,
    Index,
    ListLiteral,
    Literal,
    Logical,
    Name,
    Node,
    ObjectLiteral,
    Place,
    Select,
    Unary,
)
from orchestrator.graphs.expressions.values import MAX_INT, MIN_INT, describe


def compile_tree(tree: Node, names: frozenset[str] | None) -> tuple[Evaluator, Compilation]:
    """The evaluator, and what was found out on the way. Raises ExpressionError."""
    compilation = Compilation(_EMITTERS, names)
    return compilation.compile(tree), compilation


def _emit_literal(node: Literal, compilation: Compilation) -> Evaluator:
    value = node.value
    if type(value) is int and not MIN_INT <= value <= MAX_INT:
        raise rejected("This number is outside the range of whole numbers, -2^63 to 2^63 - 1.", node.place)
    return lambda context: value


def _emit_group(node: Group, compilation: Compilation) -> Evaluator:
    return compilation.compile(node.inner)


def _emit_list(node: ListLiteral, compilation: Compilation) -> Evaluator:
    compilation.builds = True
    items = [compilation.compile(item) for item in node.items]
    return lambda context: [item(context) for item in items]


def _emit_object(node: ObjectLiteral, compilation: Compilation) -> Evaluator:
    compilation.builds = True
    _check_keys(node)
    entries = [
        (key.place, compilation.compile(key), compilation.compile(value)) for key, value in node.entries
    ]

    def build(context: Context) -> dict[str, Value]:
        built: dict[str, Value] = {}
        for place, key, value in entries:
            name = key(context)
            if type(name) is not str or name in built:
                raise _bad_key(name, place)
            built[name] = value(context)
        return built

    return build


def _bad_key(key: Value, place: Place) -> EvaluationError:
    if type(key) is str:
        return Fault(f'The key "{shorten(key)}" stands twice in this object.').at(place)
    return Fault(f"The key of an object must be a string, not {describe(key)}.").at(place)


def _check_keys(node: ObjectLiteral) -> None:
    seen: set[str] = set()
    for key, _ in node.entries:
        if not isinstance(key, Literal):
            continue
        if not isinstance(key.value, str):
            raise rejected("The key of an object must be a string, in quotes.", key.place)
        if key.value in seen:
            raise rejected(f'The key "{shorten(key.value)}" stands twice in this object.', key.place)
        seen.add(key.value)


def _emit_unary(node: Unary, compilation: Compilation) -> Evaluator:
    operand, place = compilation.compile(node.operand), node.place

    def invert(context: Context) -> bool:
        return not truth(operand(context), place, "What ! is applied to")

    def minus(context: Context) -> Value:
        try:
            return negate(operand(context))
        except Fault as fault:
            raise fault.at(place) from None

    return invert if node.operator == "!" else minus


def _emit_comparison(node: Comparison, compilation: Compilation) -> Evaluator:
    left, right = compilation.compile(node.left), compilation.compile(node.right)
    compare = COMPARISONS[node.operator]

    def evaluate(context: Context) -> bool:
        try:
            return compare(context, left(context), right(context))
        except Fault as fault:
            raise fault.at(node.place) from None

    return evaluate


def _emit_arithmetic(node: Arithmetic, compilation: Compilation) -> Evaluator:
    compilation.builds |= any(term.operator == "+" for term in node.terms)
    first = compilation.compile(node.first)
    terms = [
        (ARITHMETIC[term.operator], compilation.compile(term.operand), term.place) for term in node.terms
    ]

    def evaluate(context: Context) -> Value:
        value = first(context)
        for operate, operand, place in terms:
            try:
                value = operate(context, value, operand(context))
            except Fault as fault:
                raise fault.at(place) from None
        return value

    return evaluate


def _emit_logical(node: Logical, compilation: Compilation) -> Evaluator:
    """In either order: where one operand decides, an error in another does not count."""
    operands = [(compilation.compile(operand), operand.place) for operand in node.operands]
    decisive = node.operator == "||"
    use = f"Each side of {node.operator}"

    def evaluate(context: Context) -> bool:
        problem: EvaluationError | None = None
        for operand, place in operands:
            try:
                if truth(operand(context), place, use) is decisive:
                    return decisive
            except OperationLimitExceeded:
                raise
            except EvaluationError as error:
                context.spend(ABSORBED_ERROR_COST)
                problem = problem or error
        if problem:
            raise problem
        return not decisive

    return evaluate


def _emit_conditional(node: Conditional, compilation: Compilation) -> Evaluator:
    branches = [
        (compilation.compile(condition), compilation.compile(then), condition.place)
        for condition, then in node.branches
    ]
    otherwise = compilation.compile(node.otherwise)

    def evaluate(context: Context) -> Value:
        for condition, then, place in branches:
            if truth(condition(context), place, "What stands before ?"):
                return then(context)
        return otherwise(context)

    return evaluate


_EMITTERS: dict[type[Node], Emitter] = {
    Arithmetic: _emit_arithmetic,
    Call: emit_call,
    Comparison: _emit_comparison,
    Conditional: _emit_conditional,
    Group: _emit_group,
    Index: emit_path,
    ListLiteral: _emit_list,
    Literal: _emit_literal,
    Logical: _emit_logical,
    Name: emit_path,
    ObjectLiteral: _emit_object,
    Select: emit_path,
    Unary: _emit_unary,
}
