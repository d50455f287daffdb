"""Conditions on rows: field, operator, value, and all or any of several.

Numbers are compared exactly, whether they come as numbers or as texts that are numbers (rows carry decimals
as texts). A field that is missing or null passes no condition but ``not_exists``, neither ``ne`` nor
``not_in``: what is not known is told apart, in ``Verdict.missing``, and never passes for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from trading.domain.money import exact


class ConditionError(ValueError):
    """A condition that says nothing, or is about values that cannot be compared. ``path`` is where."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path, self.sentence = path, sentence


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    EXISTS = "exists"
    NOT_EXISTS = "not_exists"


class Match(StrEnum):
    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Condition:
    """``field`` may reach into objects by dots."""

    field: str
    operator: Operator
    value: Any = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    match: Match
    parts: tuple[Condition | Group, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``missing`` are the fields that were asked for and not known."""

    passed: bool
    missing: tuple[str, ...] = ()


_MISSING: Final = object()
_ORDER: Final[Mapping[Operator, Callable[[Decimal, Decimal], bool]]] = {
    Operator.GT: lambda a, b: a > b,
    Operator.GTE: lambda a, b: a >= b,
    Operator.LT: lambda a, b: a < b,
    Operator.LTE: lambda a, b: a <= b,
}
_LISTS: Final = frozenset({Operator.IN, Operator.NOT_IN, Operator.BETWEEN})
_TEXTS: Final = frozenset({Operator.STARTS_WITH, Operator.ENDS_WITH})
_DEEPEST: Final = 8


def parse(data: object, *, path: str = "conditions", match: str = "all") -> Group:
    """A group out of a list of conditions, or of ``{"all": […]}`` and ``{"any": […]}``, however nested.

    Raises ConditionError, whose path leads to the fault.
    """
    return _group(data, path, match, 0)


def _group(data: object, path: str, match: str, depth: int) -> Group:
    if depth > _DEEPEST:
        raise ConditionError(path, f"Conditions are nested more than {_DEEPEST} deep.")
    if isinstance(data, Mapping):
        if len(data) != 1 or next(iter(data)) not in set(Match):
            raise ConditionError(path, "A group has one key, “all” or “any”, with a list of conditions.")
        match, data = next(iter(data.items()))
        path = f"{path}.{match}"
    if match not in set(Match):
        raise ConditionError(path, f"“{match}” is not “all” or “any”.")
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise ConditionError(path, "A list of conditions is needed here.")
    return Group(Match(match), tuple(_part(part, f"{path}[{i}]", depth) for i, part in enumerate(data)))


def _part(data: object, path: str, depth: int) -> Condition | Group:
    if isinstance(data, Mapping) and "field" not in data and len(data) == 1:
        return _group(data, path, Match.ALL, depth + 1)
    if not isinstance(data, Mapping):
        raise ConditionError(path, "A condition is an object with field, operator and value.")
    name = data.get("field")
    if not isinstance(name, str) or not name:
        raise ConditionError(f"{path}.field", "The name of a field is needed.")
    try:
        operator = Operator(data.get("operator", ""))
    except ValueError as error:
        known = ", ".join(Operator)
        raise ConditionError(f"{path}.operator", f"{data.get('operator')!r} is none of {known}.") from error
    if unknown := set(data) - {"field", "operator", "value"}:
        raise ConditionError(path, f"A condition has no {', '.join(sorted(map(str, unknown)))}.")
    condition = Condition(name, operator, data.get("value"), path)
    _check_value(condition, "value" in data)
    return condition


def _check_value(condition: Condition, given: bool) -> None:
    operator, value, path = condition.operator, condition.value, f"{condition.path}.value"
    if operator in (Operator.EXISTS, Operator.NOT_EXISTS):
        if given and value is not None:
            raise ConditionError(path, f"“{operator}” takes no value.")
    elif value is None:
        raise ConditionError(path, f"“{operator}” needs a value to compare with.")
    elif operator in _LISTS:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise ConditionError(path, f"“{operator}” needs a list.")
        if operator is Operator.BETWEEN:
            _check_bounds(value, path)
    elif operator in _ORDER:
        _needed(value, path)
    elif operator in _TEXTS and not isinstance(value, str):
        raise ConditionError(path, f"“{operator}” needs a text.")


def _check_bounds(value: Sequence[Any], path: str) -> None:
    if len(value) != 2:
        raise ConditionError(path, "“between” needs the lowest and the highest value.")
    low, high = (_needed(bound, path) for bound in value)
    if low > high:
        raise ConditionError(path, f"Nothing is between {low} and {high}: the lower one comes first.")


def evaluate(group: Group, row: Mapping[str, Any]) -> Verdict:
    """Whether a row passes; an empty group passes every one. Raises ConditionError for values of a kind that
    the operator cannot compare."""
    missing: list[str] = []
    passed = _passes(group, row, missing)
    return Verdict(passed, tuple(dict.fromkeys(missing)))


def keep(group: Group, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if evaluate(group, row).passed]


def _passes(part: Condition | Group, row: Mapping[str, Any], missing: list[str]) -> bool:
    if isinstance(part, Group):
        answers = [_passes(inner, row, missing) for inner in part.parts]
        return all(answers) if part.match is Match.ALL else any(answers) or not answers
    found = _found(row, part.field)
    if part.operator is Operator.EXISTS:
        return found is not _MISSING
    if part.operator is Operator.NOT_EXISTS:
        return found is _MISSING
    if found is _MISSING:
        missing.append(part.field)
        return False
    return _holds(part, found)


def _holds(condition: Condition, found: Any) -> bool:
    operator, value = condition.operator, condition.value
    if operator in (Operator.EQ, Operator.NE):
        return _equal(found, value) is (operator is Operator.EQ)
    if operator in (Operator.IN, Operator.NOT_IN):
        return any(_equal(found, one) for one in value) is (operator is Operator.IN)
    if operator is Operator.BETWEEN:
        low, high = (_needed(bound, condition.path) for bound in value)
        return low <= _needed(found, condition.path, condition.field) <= high
    if compare := _ORDER.get(operator):
        asked = _needed(value, condition.path)
        return compare(_needed(found, condition.path, condition.field), asked)
    if operator in (Operator.CONTAINS, Operator.NOT_CONTAINS):
        return _contains(condition, found) is (operator is Operator.CONTAINS)
    if not isinstance(found, str):
        raise ConditionError(
            condition.path, f"“{condition.field}” is {found!r}, and “{operator}” needs a text."
        )
    return found.startswith(value) if operator is Operator.STARTS_WITH else found.endswith(value)


def _contains(condition: Condition, found: Any) -> bool:
    """Texts regardless of case; lists by their members."""
    if isinstance(found, str):
        return str(condition.value).casefold() in found.casefold()
    if isinstance(found, Sequence):
        return any(_equal(one, condition.value) for one in found)
    raise ConditionError(
        condition.path, f"“{condition.field}” is {found!r}, and only a text or a list can contain something."
    )


def _found(row: Mapping[str, Any], field: str) -> Any:
    if field in row:
        value: Any = row[field]
    else:
        value = row
        for name in field.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
    return _MISSING if value is None else value


def _equal(found: Any, value: Any) -> bool:
    """Two texts as texts, so that long ids are never taken for numbers; else numbers by their value."""
    if isinstance(found, str) and isinstance(value, str):
        return found == value
    if isinstance(found, bool) or isinstance(value, bool):
        return found is value
    a, b = _number(found), _number(value)
    return a == b if a is not None and b is not None else bool(found == value)


def _number(value: Any) -> Decimal | None:
    try:
        return exact(value)
    except ValueError:
        return None


def _needed(value: Any, path: str, field: str = "") -> Decimal:
    number = _number(value)
    if number is None:
        what = f"“{field}” is {value!r}" if field else repr(value)
        raise ConditionError(path, f"{what}, and that is not a number.")
    return number
