"""A matrix before it is stored: what a person begins one with, and what a model's answer is read as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain.matrix import (
    MOST_CRITERIA,
    MOST_OPTIONS,
    MOST_SCORE,
    MOST_WEIGHT,
    PLACES,
    MatrixFault,
    scaled,
)

NAME: Final = 200
SOURCE: Final = 300
TEXT: Final = 5_000


@dataclass(frozen=True, slots=True)
class OptionDraft:
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    name: str
    weight: Decimal = Decimal(1)
    description: str = ""


@dataclass(frozen=True, slots=True)
class ScoreDraft:
    """``option`` and ``criterion`` count from 0."""

    option: int
    criterion: int
    score: Decimal
    reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class MatrixDraft:
    options: tuple[OptionDraft, ...]
    criteria: tuple[CriterionDraft, ...]
    scores: tuple[ScoreDraft, ...]


def check_draft(draft: MatrixDraft) -> None:
    """Raises MatrixFault: for names that are empty or come twice, too many of them, numbers out of range."""
    check_names("options", [each.name for each in draft.options], MOST_OPTIONS)
    check_names("criteria", [each.name for each in draft.criteria], MOST_CRITERIA)
    for criterion in draft.criteria:
        scaled(criterion.weight, field="criteria", most=MOST_WEIGHT)
    if draft.criteria and not any(each.weight for each in draft.criteria):
        raise MatrixFault("criteria", "At least one criterion needs a weight above 0.")
    seen = set()
    for each in draft.scores:
        scaled(each.score, field="scores", most=MOST_SCORE)
        if not (0 <= each.option < len(draft.options) and 0 <= each.criterion < len(draft.criteria)):
            raise MatrixFault("scores", "A score is of an option or criterion that there is not.")
        if (each.option, each.criterion) in seen:
            name = f"“{draft.options[each.option].name}” by “{draft.criteria[each.criterion].name}”"
            raise MatrixFault("scores", f"{name} is scored twice.")
        seen.add((each.option, each.criterion))


def check_names(field: str, names: Sequence[str], most: int) -> None:
    """Raises MatrixFault."""
    if len(names) > most:
        raise MatrixFault(field, f"A matrix has at most {most} {field}.")
    seen = set()
    for name in names:
        if not name.strip():
            raise MatrixFault(field, "Give each a name.")
        if len(name) > NAME:
            raise MatrixFault(field, f"A name has at most {NAME} characters.")
        if name in seen:
            raise MatrixFault(field, f"“{name}” is there twice.")
        seen.add(name)


def read_draft(output: Mapping[str, Any]) -> MatrixDraft:
    """What a step of the kind ``matrix`` answered. Raises MatrixFault.

    ``options``: names, or ``{name, description}``. ``criteria``: ``{name, weight, description}``. ``scores``:
    ``{option, criterion, score, reason, source}``, each by name, whatever its case.
    """
    options = tuple(
        OptionDraft(_name(each, "options"), _text(each, "description", TEXT))
        for each in _list(output, "options")
    )
    criteria = tuple(
        CriterionDraft(
            _name(each, "criteria"), _number(each, "weight", "criteria"), _text(each, "description", TEXT)
        )
        for each in _list(output, "criteria")
    )
    check_names("options", [each.name for each in options], MOST_OPTIONS)
    check_names("criteria", [each.name for each in criteria], MOST_CRITERIA)
    rows = {each.name.casefold(): at for at, each in enumerate(options)}
    columns = {each.name.casefold(): at for at, each in enumerate(criteria)}
    scores = tuple(
        ScoreDraft(
            _place(each, "option", rows),
            _place(each, "criterion", columns),
            _number(each, "score", "scores"),
            _text(each, "reason", TEXT),
            _text(each, "source", SOURCE),
        )
        for each in _list(output, "scores")
    )
    draft = MatrixDraft(options, criteria, scores)
    check_draft(draft)
    return draft


def write_draft(draft: MatrixDraft) -> JsonObject:
    """As a step of the kind ``matrix`` answers: what ``read_draft`` reads as the same draft."""
    options: list[Json] = [{"name": each.name, "description": each.description} for each in draft.options]
    criteria: list[Json] = [
        {"name": each.name, "description": each.description, "weight": _plain(each.weight)}
        for each in draft.criteria
    ]
    scores: list[Json] = [
        {
            "option": draft.options[each.option].name,
            "criterion": draft.criteria[each.criterion].name,
            "score": _plain(each.score),
            "reason": each.reason,
            "source": each.source,
        }
        for each in draft.scores
    ]
    return {"options": options, "criteria": criteria, "scores": scores}


def _plain(value: Decimal) -> int | float:
    """Exact there and back: numbers here have four places at most."""
    return int(value) if value == value.to_integral_value() else float(value)


def _list(output: Mapping[str, Any], key: str) -> list[Any]:
    found = output.get(key, [])
    if not isinstance(found, list):
        raise MatrixFault(key, "This is no list.")
    return found


def _name(told: Any, field: str) -> str:
    name = told.get("name") if isinstance(told, dict) else told
    if not isinstance(name, str):
        raise MatrixFault(field, "Give each a name.")
    return name.strip()


def _text(told: Any, key: str, most: int) -> str:
    value = told.get(key) if isinstance(told, dict) else None
    return value.strip()[:most] if isinstance(value, str) else ""


def _number(told: Any, key: str, field: str) -> Decimal:
    """Models write floats: rounded to the places that are kept."""
    value = told.get(key, 1 if key == "weight" else None) if isinstance(told, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise MatrixFault(field, f"A {key} is a number.")
    try:
        number = Decimal(str(value))
        return number.quantize(Decimal(1).scaleb(-PLACES)) if number.is_finite() else number
    except InvalidOperation as error:
        raise MatrixFault(field, f"A {key} is a number.") from error


def _place(told: Any, key: str, places: Mapping[str, int]) -> int:
    name = told.get(key) if isinstance(told, dict) else None
    at = places.get(name.strip().casefold()) if isinstance(name, str) else None
    if at is None:
        raise MatrixFault("scores", f"There is no {key} “{name}”.")
    return at
