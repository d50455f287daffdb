"""Options and criteria of a matrix: adding, renaming, weighing, moving and taking them away."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.json import Json
from trading.strategy.domain.drafts import NAME, TEXT
from trading.strategy.domain.matrix import MOST_CRITERIA, MOST_OPTIONS, MOST_WEIGHT, MatrixFault, scaled
from trading.strategy.models import MatrixCriterion, MatrixOption, StrategicMatrix
from trading.strategy.queries.matrices import plain
from trading.strategy.services.matrix_changes import begin_change, end_change

Kind = Literal["option", "criterion"]
Part = MatrixOption | MatrixCriterion

_MOST: Final[dict[Kind, int]] = {"option": MOST_OPTIONS, "criterion": MOST_CRITERIA}
_MANY: Final[dict[Kind, str]] = {"option": "options", "criterion": "criteria"}
_NO_WEIGHT: Final = "At least one criterion needs a weight above 0."


@transaction.atomic
def add_part(
    user: User,
    matrix_id: UUID,
    kind: Kind,
    *,
    name: str,
    description: str = "",
    weight: Decimal = Decimal(1),
    revision: int | None = None,
) -> StrategicMatrix:
    """At the end. Raises NotFound, NotAllowed, InvalidInput, WrongState past the limit, StaleMatrix."""
    matrix = begin_change(user, matrix_id, revision)
    known = _parts(matrix, kind)
    if len(known) >= _MOST[kind]:
        raise WrongState(f"A matrix has at most {_MOST[kind]} {_MANY[kind]}.")
    text = _name(name, known, None)
    last = max((each.position for each in known), default=-1)
    about = {"matrix": matrix, "position": last + 1, "name": text, "description": _description(description)}
    if kind == "option":
        MatrixOption.objects.create(**about)
    else:
        if not _weight(weight) and not known:
            raise InvalidInput(_NO_WEIGHT, fields={"weight": [_NO_WEIGHT]})
        MatrixCriterion.objects.create(**about, weight=weight)
    end_change(user, matrix, f"{kind}_added", after={"name": text})
    return matrix


@transaction.atomic
def change_part(
    user: User,
    matrix_id: UUID,
    kind: Kind,
    part_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    position: int | None = None,
    revision: int | None = None,
) -> StrategicMatrix:
    """Name, describe or move it: ``position`` counts from 0. Raises as ``add_part`` does."""
    matrix = begin_change(user, matrix_id, revision)
    known = _parts(matrix, kind)
    part = _find(known, part_id, kind)
    before: dict[str, Json] = {}
    after: dict[str, Json] = {}
    if name is not None and (text := _name(name, known, part)) != part.name:
        before["name"], after["name"] = part.name, text
        part.name = text
    if description is not None and (text := _description(description)) != part.description:
        before["description"], after["description"] = part.description, text
        part.description = text
    if after:
        part.save(update_fields=["name", "description"])
    at = known.index(part)
    if position is not None and (to := min(max(position, 0), len(known) - 1)) != at:
        before["position"], after["position"] = at, to
        known.insert(to, known.pop(at))
        _renumber(known)
    if after:
        end_change(user, matrix, f"{kind}_changed", before={"name": part.name, **before}, after=after)
    return matrix


@transaction.atomic
def delete_part(
    user: User, matrix_id: UUID, kind: Kind, part_id: UUID, *, revision: int | None = None
) -> StrategicMatrix:
    """With its scores. Raises WrongState where only criteria without weight would be left."""
    matrix = begin_change(user, matrix_id, revision)
    known = _parts(matrix, kind)
    part = _find(known, part_id, kind)
    left = [each for each in known if each.pk != part.pk]
    if kind == "criterion" and left and not any(getattr(each, "weight", 0) for each in left):
        raise WrongState("Only criteria without weight would be left. Give one of them a weight first.")
    part.delete()
    end_change(user, matrix, f"{kind}_deleted", before={"name": part.name})
    return matrix


@transaction.atomic
def set_weights(
    user: User, matrix_id: UUID, weights: Mapping[UUID, Decimal], *, revision: int | None = None
) -> StrategicMatrix:
    """Of some criteria or all. Raises InvalidInput where all would be without weight."""
    matrix = begin_change(user, matrix_id, revision)
    criteria = {each.pk: each for each in matrix.criteria.all()}
    before: dict[str, Json] = {}
    after: dict[str, Json] = {}
    for criterion_id, weight in weights.items():
        criterion = criteria.get(criterion_id)
        if criterion is None:
            raise NotFound("There is no such criterion in this matrix.")
        if criterion.weight != _weight(weight):
            before[criterion.name], after[criterion.name] = plain(criterion.weight), plain(weight)
            criterion.weight = weight
    if criteria and not any(each.weight for each in criteria.values()):
        raise InvalidInput(_NO_WEIGHT, fields={"weights": [_NO_WEIGHT]})
    if after:
        MatrixCriterion.objects.bulk_update(criteria.values(), ["weight"])
        end_change(user, matrix, "weighed", before=before, after=after)
    return matrix


def _parts(matrix: StrategicMatrix, kind: Kind) -> list[Part]:
    return list(matrix.options.all()) if kind == "option" else list(matrix.criteria.all())


def _find(known: list[Part], part_id: UUID, kind: Kind) -> Part:
    for each in known:
        if each.pk == part_id:
            return each
    raise NotFound(f"There is no such {kind} in this matrix.")


def _renumber(known: list[Part]) -> None:
    for at, each in enumerate(known):
        if each.position != at:
            each.position = at
            each.save(update_fields=["position"])


def _name(name: str, known: list[Part], own: Part | None) -> str:
    text = name.strip()
    message = ""
    if not text:
        message = "Give it a name."
    elif len(text) > NAME:
        message = f"A name has at most {NAME} characters."
    elif any(each.name == text and each != own for each in known):
        message = f"“{text}” is there already."
    if message:
        raise InvalidInput(message, fields={"name": [message]})
    return text


def _description(description: str) -> str:
    text = description.strip()
    if len(text) > TEXT:
        message = f"A description has at most {TEXT:,} characters."
        raise InvalidInput(message, fields={"description": [message]})
    return text


def _weight(weight: Decimal) -> Decimal:
    try:
        scaled(weight, field="weight", most=MOST_WEIGHT)
    except MatrixFault as fault:
        raise InvalidInput(str(fault), fields={"weight": [str(fault)]}) from fault
    return weight
