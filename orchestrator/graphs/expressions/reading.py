"""Compiling what reads data: names, fields, indexes and ``has()``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from orchestrator.graphs.expressions.compilation import Compilation, rejected
from orchestrator.graphs.expressions.context import Context, Evaluator, Value
from orchestrator.graphs.expressions.errors import EvaluationError, Fault
from orchestrator.graphs.expressions.functions import TYPE_NAMES
from orchestrator.graphs.expressions.paths import ABSENT, find, item, list_keys, member, shorten
from orchestrator.graphs.expressions.tree import Call, Index, Literal, Name, Node, Select, written
from orchestrator.graphs.expressions.values import VALUE_TYPES, admit

Step: TypeAlias = Select | Index
PathNode: TypeAlias = Name | Select | Index


def emit_path(node: PathNode, compilation: Compilation, *, partly: bool = False) -> Evaluator:
    """``partly`` where only a part of the value will be used: a lazy mapping then stays as it is."""
    if isinstance(node, Name) and _is_type_name(node, compilation):
        return lambda context: TYPE_NAMES[node.name]
    if isinstance(node, Index) and _static_key(node) is None:
        return _emit_item(node, compilation, partly)
    base, steps = _steps(node, static=True)
    if not isinstance(base, Name):
        return _emit_walk(node, compile_base(base, compilation), steps, partly)
    if base.name in compilation.variables:
        slot = compilation.variables[base.name]
        return _emit_walk(node, lambda context: context.variables[slot], steps, partly)
    compilation.check_root(base)
    compilation.references.add((base.name, *_keys(steps)))
    return _emit_scope_walk(node, base, steps, partly)


def compile_base(node: Node, compilation: Compilation) -> Evaluator:
    """Like ``compilation.compile``, for a value of which only a part will be used."""
    if not isinstance(node, PathNode):
        return compilation.compile(node)
    with compilation.nested(node):
        return emit_path(node, compilation, partly=True)


def emit_has(node: Call, compilation: Compilation) -> Evaluator:
    """True if the field is there; false if it or anything on the way to it is missing or null."""
    target = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(target, Step):
        raise rejected("has() takes one path with a field, such as has(input.name).", node.place)
    base, steps = _steps(target)
    start = _emit_possible(base, steps, compilation)
    keys = [_compile_key(step, compilation) for step in steps]

    def has(context: Context) -> bool:
        value = start(context)
        try:
            for key in keys:
                value = find(context, value, key(context))
        except Fault as fault:
            raise fault.at(node.place) from None
        return value is not ABSENT

    return has


def _emit_possible(base: Node, steps: list[Step], compilation: Compilation) -> Evaluator:
    """The value in which ``has()`` begins to look; a name that is not in the scope is no error."""
    if not isinstance(base, Name) or base.name in compilation.variables:
        return compile_base(base, compilation)
    compilation.check_root(base)
    compilation.references.add((base.name, *_keys(steps)))
    return lambda context: find(context, context.scope, base.name)


def _emit_scope_walk(node: PathNode, base: Name, steps: list[Step], partly: bool) -> Evaluator:
    """The path that most expressions consist of, so it is the one that is written for speed."""
    path = (base.name, *_keys(steps))

    def read(context: Context) -> Value:
        value: Value = context.scope
        try:
            for key in path:
                value = value[key] if type(value) is dict else member(value, key)
            return value if partly or type(value) in VALUE_TYPES else admit(value, context)
        except (KeyError, Fault):
            raise _explain(context, context.scope, (base, *steps), node) from None

    return read


def _emit_walk(node: PathNode, start: Evaluator, steps: list[Step], partly: bool) -> Evaluator:
    keys = _keys(steps)

    def read(context: Context) -> Value:
        value = first = start(context)
        try:
            for key in keys:
                value = value[key] if type(value) is dict else member(value, key)
            return value if partly or type(value) in VALUE_TYPES else admit(value, context)
        except (KeyError, Fault):
            raise _explain(context, first, steps, node) from None

    return read


def _emit_item(node: Index, compilation: Compilation, partly: bool) -> Evaluator:
    operand, key = compile_base(node.operand, compilation), compilation.compile(node.key)

    def read(context: Context) -> Value:
        value, index = operand(context), key(context)
        try:
            found = item(context, value, index)
            return found if partly or type(found) in VALUE_TYPES else admit(found, context)
        except Fault as fault:
            raise fault.at(node.place, written(node)) from None

    return read


def _explain(context: Context, value: Value, path: Sequence[PathNode], node: PathNode) -> EvaluationError:
    """What went wrong on a path: walked again, one step at a time, to find where."""
    try:
        for step in path:
            node = step
            key = _static_key(step)
            value = _root(value, step) if isinstance(step, Name) else member(value, key or "")
        admit(value, context)
    except Fault as fault:
        return fault.at(node.place, written(node))
    return Fault("this changed while it was read.").at(node.place, written(node))


def _root(scope: Value, name: Name) -> Value:
    if name.name in scope:
        return scope[name.name]
    raise Fault(f'there is no name "{shorten(name.name)}" here. There are: {list_keys(scope)}.')


def _is_type_name(node: Name, compilation: Compilation) -> bool:
    """CEL's names of types stand for what ``type()`` gives, unless something else has the name."""
    if node.name not in TYPE_NAMES or node.name in compilation.variables:
        return False
    return compilation.names is None or node.name not in compilation.names


def _static_key(step: Node) -> str | None:
    if isinstance(step, Select):
        return step.field
    if isinstance(step, Index) and isinstance(step.key, Literal) and isinstance(step.key.value, str):
        return step.key.value
    return None


def _steps(node: Node, *, static: bool = False) -> tuple[Node, list[Step]]:
    """What a path begins with, and its steps from there; if ``static``, only those whose key is known."""
    steps: list[Step] = []
    while isinstance(node, Step) and not (static and _static_key(node) is None):
        steps.append(node)
        node = node.operand
    return node, steps[::-1]


def _keys(steps: list[Step]) -> tuple[str, ...]:
    """The keys up to the first that is known only when evaluating."""
    keys: list[str] = []
    for step in steps:
        key = _static_key(step)
        if key is None:
            break
        keys.append(key)
    return tuple(keys)


def _compile_key(step: Step, compilation: Compilation) -> Evaluator:
    key = _static_key(step)
    if key is None:
        assert isinstance(step, Index)
        return compilation.compile(step.key)
    return lambda context: key
