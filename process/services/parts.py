"""Writing one row of a draft with its rules checked: what the graph view and the API have in common.

All of it is called after ``begin_change``, in the same transaction.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import Max

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound
from process.models import NodeType, ProcessNode, ProcessVersion
from process.services.authoring import record_authoring

Row = TypeVar("Row", bound=models.Model)


def store_part(user: User, row: Row, **values: Any) -> Row:
    """Write these columns of a new or a stored row, on record. Raises InvalidInput, by the row's fields."""
    assert transaction.get_connection().in_atomic_block, "the version's lock is held"
    verb = "created" if row._state.adding else "changed"
    if isinstance(row, ProcessNode):
        row.updated_at = utc_now()
    for name, value in values.items():
        setattr(row, name, value)
    check_part(row)
    row.save()
    record_authoring(user, row, verb, values)
    return row


def check_part(row: models.Model) -> None:
    """Raises InvalidInput with what its rules and constraints say against it, by its fields."""
    try:
        row.full_clean()
    except ValidationError as error:
        fields: dict[str, list[str]] = {}
        for name, complaints in error.error_dict.items():
            for each in complaints:
                field, message = _told(name, each)
                fields.setdefault(field, []).append(message)
        first = next(iter(fields.values()))
        raise InvalidInput(first[0], fields=fields) from error


def _told(name: str, complaint: ValidationError) -> tuple[str, str]:
    """What is there already is told at the last field of its constraint: the key within the version."""
    taken: tuple[str, ...] = (complaint.params or {}).get("unique_check", ())
    if name == NON_FIELD_ERRORS and taken:
        return taken[-1], "There is another one with this."
    return "" if name == NON_FIELD_ERRORS else name, " ".join(complaint.messages)


def delete_part(user: User, row: models.Model) -> None:
    """With all that belongs to it."""
    assert transaction.get_connection().in_atomic_block, "the version's lock is held"
    record_authoring(user, row, "deleted")
    row.delete()


def part_of(version: ProcessVersion, rows: models.QuerySet[Row], pk: UUID) -> Row:
    """The phase, way or section of this version. Raises NotFound, also for one of another version."""
    row = rows.filter(pk=pk, process_version=version).first()
    if row is None:
        name = {"processnode": "phase", "flowedge": "way", "processsection": "section"}
        raise NotFound(f"This version has no such {name[rows.model._meta.model_name or '']}.")
    return row


def kind_of(name: str) -> NodeType:
    """The kind of phase of that name. Raises InvalidInput."""
    kind = NodeType.objects.filter(type_name=name).first()
    if kind is None:
        message = f"There is no kind of phase “{name}”."
        raise InvalidInput(message, fields={"node_type": [message]})
    return kind


def next_order(rows: models.QuerySet[Any]) -> int:
    """The ``order_index`` that puts a row after all of these."""
    last: int | None = rows.aggregate(last=Max("order_index"))["last"]
    return 0 if last is None else last + 1
