"""Conditions in words, for authors who look at a way and want to know who takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from orchestrator.core import json
from orchestrator.core.json import Json
from process.domain.conditions import BadCondition, fields_of
from process.domain.vocabulary import ConditionType


def in_words(
    kind: str, value: Json, *, flags: Mapping[str, str] = {}, sections: Mapping[str, str] = {}
) -> str:
    """Who the condition holds for: “scope is single event”. Empty for what always holds.

    ``flags`` and ``sections`` are the names that authors gave to keys.
    """
    try:
        fields = cast(dict[str, Any] | None, fields_of(kind, value))
    except BadCondition as error:
        return str(error)
    if fields is None:
        return ""
    match ConditionType(kind):
        case ConditionType.SCOPE_MATCH:
            return f"scope is {_either(map(spoken, fields['scopes']))}"
        case ConditionType.PROFILE_FLAG:
            return " and ".join(_flag(flags.get(key, spoken(key)), want) for key, want in fields.items())
        case ConditionType.PROFILE_BOUNDARY:
            return f"may be asked about {' and '.join(map(spoken, fields['boundaries']))}"
        case ConditionType.SECTION_SELECTED:
            return f"{_titles(fields, sections)} is selected"
        case ConditionType.SECTION_ACTIVE:
            return f"{_titles(fields, sections)} is being worked on"
        case _:
            return str(fields["expression"])


def spoken(key: str) -> str:
    return key.replace("_", " ")


def _flag(name: str, want: Json) -> str:
    if isinstance(want, bool):
        return f"{name}: {'yes' if want else 'no'}"
    return f"{name}: {json.dumps(want).decode()}"


def _titles(fields: dict[str, Any], sections: Mapping[str, str]) -> str:
    return _either(f"“{sections.get(key, spoken(key))}”" for key in fields["sections"])


def _either(names: Iterable[str]) -> str:
    return " or ".join(names)
