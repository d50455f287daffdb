"""Changes of a version's phases and ways, as the graph view asks for them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from process.domain.document import MAX_NODES
from process.domain.vocabulary import Behavior, Form

MAX_CHANGES: Final = 500


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhaseValues(_Part):
    """The chief columns of a phase; what is left out stays as it is."""

    key: str | None = None
    name: str | None = None
    kind: Behavior | None = None
    purpose: str | None = None
    outcome: str | None = None
    text: str | None = None
    form: Form | None = None
    optional: bool | None = None
    requires_completion: bool | None = None


class ConditionValue(_Part):
    """As authors write it; whether it compiles is told beside its field when it is stored."""

    type: str = ""
    value: Any = None


class WayValues(_Part):
    source: UUID | None = None
    target: UUID | None = None
    label: str | None = None
    condition: ConditionValue | None = None


class Place(_Part):
    x: FiniteFloat
    y: FiniteFloat


class Move(_Part):
    """Put phases elsewhere in the picture; null is where the picture itself puts them."""

    do: Literal["move"]
    places: Annotated[dict[UUID, Place | None], Field(max_length=MAX_NODES)]


class AddPhase(_Part):
    """``id`` puts a deleted one back as it was."""

    do: Literal["add_phase"]
    id: UUID | None = None
    values: PhaseValues
    place: Place | None = None
    order: Annotated[int, Field(ge=0)] | None = None


class ChangePhase(_Part):
    do: Literal["change_phase"]
    id: UUID
    values: PhaseValues


class DeletePhase(_Part):
    do: Literal["delete_phase"]
    id: UUID


class OrderPhases(_Part):
    """All phases in their order; the first is where people start."""

    do: Literal["order_phases"]
    phases: Annotated[list[UUID], Field(max_length=MAX_NODES)]


class AddWay(_Part):
    do: Literal["add_way"]
    id: UUID | None = None
    values: WayValues
    order: Annotated[int, Field(ge=0)] | None = None


class ChangeWay(_Part):
    do: Literal["change_way"]
    id: UUID
    values: WayValues


class DeleteWay(_Part):
    do: Literal["delete_way"]
    id: UUID


class OrderWays(_Part):
    """All ways of one phase, in the order in which they are tried."""

    do: Literal["order_ways"]
    phase: UUID
    ways: Annotated[list[UUID], Field(max_length=MAX_NODES)]


Change = (
    Move | AddPhase | ChangePhase | DeletePhase | OrderPhases | AddWay | ChangeWay | DeleteWay | OrderWays
)


class Redrawing(_Part):
    """What somebody did to the revision that they saw: all of it is done, or nothing."""

    revision: int
    changes: Annotated[
        list[Annotated[Change, Field(discriminator="do")]], Field(min_length=1, max_length=MAX_CHANGES)
    ]


_READER: Final = TypeAdapter(Redrawing)


def read_redrawing(data: Json) -> Redrawing:
    """Raises InvalidInput, with complaints by the name of the field."""
    try:
        return _READER.validate_python(data)
    except ValidationError as error:
        fields: dict[str, list[str]] = {}
        for each in error.errors():
            fields.setdefault(str(each["loc"][-1] if each["loc"] else ""), []).append(each["msg"])
        name, complaints = next(iter(fields.items()))
        raise InvalidInput(f"This cannot be done: {name}: {complaints[0]}", fields=fields) from error
