"""Conditions of edges and prompts: seven kinds, each a way to write one expression.

Authors pick a kind and fill in a value; all of them become the product's expression language, so there is
one way to evaluate and to check them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from orchestrator.core import json
from orchestrator.core.json import Json
from orchestrator.graphs.expressions import EvaluationError, Expression, ExpressionError, compile_expression
from process.domain.vocabulary import BOUNDARIES, FLAGS, PREFERENCES, ConditionType, ScopeType

ROOTS: Final = frozenset({"scope", "profile", "sections", "answers"})


class BadCondition(ValueError):
    """The value does not suit the kind of condition; the message is for its author."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. ``expression`` is None for what always holds."""

    kind: ConditionType
    source: str
    expression: Expression | None

    @property
    def always(self) -> bool:
        return self.expression is None

    @property
    def references(self) -> frozenset[tuple[str, ...]]:
        return self.expression.references if self.expression else frozenset()

    def holds(self, names: Mapping[str, Json]) -> bool:
        """False also where it cannot be evaluated, for instance for want of an answer."""
        if self.expression is None:
            return True
        try:
            return self.expression.test(names)
        except EvaluationError:
            return False


ALWAYS: Final = Condition(ConditionType.ALWAYS, "true", None)


def compile_condition(kind: str, value: Json) -> Condition:
    """An empty kind always holds. Raises BadCondition."""
    if not kind:
        return ALWAYS
    try:
        chosen = ConditionType(kind)
    except ValueError:
        raise BadCondition(f"There is no condition “{kind}”.") from None
    if chosen is ConditionType.ALWAYS:
        return ALWAYS
    source = _WRITERS[chosen](value)
    try:
        return Condition(chosen, source, compile_expression(source, names=ROOTS))
    except ExpressionError as error:
        raise BadCondition(str(error)) from error


def fields_of(kind: str, value: Json) -> Json:
    """The value in the one shape that forms fill in, whichever way it was written. Raises BadCondition.

    ``{"scopes": […]}``, ``{"boundaries": […]}``, ``{"sections": […]}``, ``{"expression": "…"}``, or the flags
    with the values wanted; None where there is nothing to fill in.
    """
    if not kind or kind == ConditionType.ALWAYS:
        return None
    compile_condition(kind, value)
    match ConditionType(kind):
        case ConditionType.SCOPE_MATCH:
            return {"scopes": list(_texts(value, "scope", "scopes"))}
        case ConditionType.PROFILE_FLAG:
            return _flags_wanted(value)
        case ConditionType.PROFILE_BOUNDARY:
            names = {column: name for name, column in BOUNDARIES.items()}
            chosen = _texts(value, "boundary", "boundaries")
            return {"boundaries": [names.get(each, each) for each in chosen]}
        case ConditionType.EXPRESSION:
            return {"expression": _expression(value)}
        case _:
            return {"sections": list(_texts(value, "section", "sections"))}


def unknown_names(
    condition: Condition, *, flags: Collection[str], sections: Collection[str], prompts: Collection[str]
) -> list[str]:
    """What a condition speaks of that this process does not have, in words. Prompts are ``node.prompt``."""
    found = []
    for path in sorted(condition.references):
        root, key = path[0], path[1] if len(path) > 1 else None
        if root == "profile" and key is not None and key not in {*FLAGS, *PREFERENCES, *flags}:
            found.append(f"The profile has no flag “{key}”.")
        if root == "sections" and key is not None and key not in sections:
            found.append(f"There is no section “{key}”.")
        if root == "answers" and len(path) > 2 and ".".join(path[1:3]) not in prompts:
            found.append(f"There is no prompt “{'.'.join(path[1:3])}”.")
    return found


def _scope_match(value: Json) -> str:
    wanted = _texts(value, "scope", "scopes")
    unknown = [each for each in wanted if each not in set(ScopeType)]
    if unknown:
        raise BadCondition(f"There is no scope “{unknown[0]}”. There are {', '.join(ScopeType)}.")
    return f"scope.type in {_literal(list(wanted))}"


def _profile_flag(value: Json) -> str:
    wanted = _flags_wanted(value)
    return " && ".join(f"profile[{_literal(flag)}] == {_literal(want)}" for flag, want in wanted.items())


def _flags_wanted(value: Json) -> dict[str, Json]:
    """``{"flag": "has_children"}``, or flags with the values wanted: ``{"has_children": true}``."""
    if isinstance(value, str):
        value = {"flag": value}
    if not isinstance(value, dict) or not value:
        raise BadCondition("Name a flag of the profile, such as has_children.")
    if isinstance(value.get("flag"), str):
        value = {str(value["flag"]): value.get("equals", True)}
    return value


def _profile_boundary(value: Json) -> str:
    """``{"boundary": "romance"}``: the person is comfortable with the subject."""
    names = _texts(value, "boundary", "boundaries")
    columns = [BOUNDARIES.get(name, name) for name in names]
    unknown = [each for each in columns if each not in PREFERENCES]
    if unknown:
        raise BadCondition(f"There is no boundary “{unknown[0]}”. There are {', '.join(BOUNDARIES)}.")
    return " && ".join(f"profile.{column} == true" for column in columns)


def _section_selected(value: Json) -> str:
    keys = _texts(value, "section", "sections")
    return " || ".join(f"sections[{_literal(key)}].selected" for key in keys)


def _section_active(value: Json) -> str:
    keys = _texts(value, "section", "sections")
    return " || ".join(f'sections[{_literal(key)}].status == "in_progress"' for key in keys)


def _expression(value: Json) -> str:
    source = value.get("expression") if isinstance(value, dict) else value
    if not isinstance(source, str) or not source.strip():
        raise BadCondition('Write an expression, such as profile.has_children && scope.type == "whole_life".')
    return source.strip()


_WRITERS: Final = {
    ConditionType.SCOPE_MATCH: _scope_match,
    ConditionType.PROFILE_FLAG: _profile_flag,
    ConditionType.PROFILE_BOUNDARY: _profile_boundary,
    ConditionType.SECTION_SELECTED: _section_selected,
    ConditionType.SECTION_ACTIVE: _section_active,
    ConditionType.EXPRESSION: _expression,
}


def _texts(value: Json, one: str, many: str) -> list[str]:
    """The names in ``"a"``, ``["a", "b"]``, ``{"one": "a"}``, ``{"one": ["a"]}`` or ``{"many": ["a"]}``."""
    if isinstance(value, dict):
        value = value.get(one, value.get(many))
    names = value if isinstance(value, list) else [value]
    texts = [name for name in names if isinstance(name, str) and name]
    if not texts or len(texts) < len(names):
        raise BadCondition(f"Name the {one}, or several in a list.")
    return texts


def _literal(value: Json) -> str:
    return json.dumps(value).decode()
