"""Compiling calls: functions, methods and macros."""

from __future__ import annotations

from difflib import get_close_matches

from orchestrator.graphs.expressions.compilation import Compilation, rejected
from orchestrator.graphs.expressions.context import Context, Evaluator, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.functions import FUNCTIONS
from orchestrator.graphs.expressions.macros import MACRO_NAMES, MACROS, Loop
from orchestrator.graphs.expressions.paths import shorten
from orchestrator.graphs.expressions.patterns import compile_pattern
from orchestrator.graphs.expressions.reading import compile_base, emit_has
from orchestrator.graphs.expressions.signatures import Function
from orchestrator.graphs.expressions.tree import Call, Literal, Name, Node


def emit_call(node: Call, compilation: Compilation) -> Evaluator:
    if node.function in MACRO_NAMES:
        return _emit_macro(node, compilation)
    if node.function == "has" and node.receiver is None:
        return emit_has(node, compilation)
    function = FUNCTIONS.get(node.function)
    if function is None:
        near = get_close_matches(node.function, [*FUNCTIONS, *MACRO_NAMES, "has"], n=1)
        advice = f"; did you mean {near[0]}()?" if near else "."
        raise rejected(f'There is no function "{shorten(node.function)}"{advice}', node.place)
    arguments = node.arguments if node.receiver is None else (node.receiver, *node.arguments)
    _check_arguments(node, function, arguments)
    return _emit_function(node, function, [compilation.compile(argument) for argument in arguments])


def _emit_function(node: Call, function: Function, arguments: list[Evaluator]) -> Evaluator:
    call = function.call

    def evaluate(context: Context) -> Value:
        try:
            return call(context, *[argument(context) for argument in arguments])
        except Fault as fault:
            raise fault.at(node.place) from None

    return evaluate


def _check_arguments(node: Call, function: Function, arguments: tuple[Node, ...]) -> None:
    if not function.accepts(len(arguments)):
        with_receiver = ", counting what stands before the dot" if node.receiver else ""
        message = f"{node.function}() takes {function.arity}{with_receiver}; here are {len(arguments)}."
        raise rejected(message, node.place)
    if node.function == "matches" and isinstance(arguments[1], Literal):
        pattern = arguments[1].value
        try:
            if isinstance(pattern, str):
                compile_pattern(pattern)
        except Fault as fault:
            raise rejected(str(fault), arguments[1].place) from None


def _emit_macro(node: Call, compilation: Compilation) -> Evaluator:
    """The first argument names the variable, the others are evaluated for each item."""
    if node.receiver is None:
        raise rejected(f"{node.function}() is called on a list: items.{node.function}(x, …).", node.place)
    macro = MACROS.get((node.function, len(node.arguments)))
    if macro is None:
        counts = " or ".join(str(count) for name, count in MACROS if name == node.function)
        message = f"{node.function}() takes {counts} arguments; here are {len(node.arguments)}."
        raise rejected(message, node.place)
    variable, *bodies = node.arguments
    if not isinstance(variable, Name):
        message = f"The first argument of {node.function}() is the name of its variable, such as x."
        raise rejected(message, variable.place)
    if node.function == "map":
        compilation.builds = True
    receiver = compile_base(node.receiver, compilation)
    with compilation.variable(variable) as slot:
        cost, evaluators = compilation.compile_counted(*bodies)
    return macro(Loop(receiver, slot, cost, node.place), *evaluators)
