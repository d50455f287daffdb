"""Redrawing a draft: phases and ways as the graph view changes them, all at once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.core.ids import new_id
from process.domain import drawing
from process.domain.document import MAX_NODES
from process.models import FlowEdge, ProcessNode, ProcessVersion
from process.services.authoring import begin_change, record_authoring
from process.services.parts import delete_part, kind_of, next_order, part_of, store_part

_PHASE_COLUMNS: Final = {
    "key": "node_key",
    "name": "node_name",
    "kind": "node_type",
    "purpose": "purpose",
    "outcome": "outcome",
    "text": "user_facing_text",
    "form": "form",
    "optional": "is_optional",
    "requires_completion": "requires_completion",
}
_WAY_COLUMNS: Final = {
    "source": "from_node",
    "target": "to_node",
    "label": "edge_label",
    "condition": "condition_value",
}
_FIELDS: Final = {column: name for name, column in (_PHASE_COLUMNS | _WAY_COLUMNS).items()} | {
    "condition_type": "condition"
}


@transaction.atomic
def redraw(
    user: User, version_id: UUID, *, revision: int, changes: Sequence[drawing.Change]
) -> tuple[ProcessVersion, list[UUID | None]]:
    """The version as it is now, and the id of what each change added.

    ``revision`` is what the person saw. Raises NotFound, NotAllowed, Frozen, DraftChanged and InvalidInput,
    whose fields are those of the change.
    """
    version = begin_change(user, version_id, seen=revision)
    try:
        made = [_apply(change, user, version) for change in changes]
    except InvalidInput as error:
        error.fields = {_FIELDS.get(name, name): told for name, told in error.fields.items()}
        raise
    return version, made


@singledispatch
def _apply(change: Any, user: User, version: ProcessVersion) -> UUID | None:
    raise NotImplementedError(type(change))


@_apply.register
def _(change: drawing.Move, user: User, version: ProcessVersion) -> None:
    rows = {row.pk: row for row in version.nodes.filter(pk__in=change.places)}
    for pk, place in change.places.items():
        row = rows.get(pk) or part_of(version, ProcessNode.objects.all(), pk)
        row.x, row.y = (place.x, place.y) if place else (None, None)
        row.updated_at = utc_now()
    ProcessNode.objects.bulk_update(rows.values(), ["x", "y", "updated_at"], batch_size=500)
    record_authoring(user, version, "arranged", [row.node_key for row in rows.values()])


@_apply.register
def _(change: drawing.AddPhase, user: User, version: ProcessVersion) -> UUID:
    nodes = version.nodes.all()
    if nodes.count() >= MAX_NODES:
        raise InvalidInput(f"A version has at most {MAX_NODES:,} phases.")
    row = ProcessNode(id=change.id or new_id(), process_version=version)
    row.order_index = next_order(nodes) if change.order is None else change.order
    row.node_type = kind_of(change.values.kind or "data_collection")
    if change.place:
        row.x, row.y = change.place.x, change.place.y
    return store_part(user, row, **_phase(change.values)).pk


@_apply.register
def _(change: drawing.ChangePhase, user: User, version: ProcessVersion) -> None:
    row = part_of(version, ProcessNode.objects.select_related("node_type"), change.id)
    store_part(user, row, **_phase(change.values))


@_apply.register
def _(change: drawing.DeletePhase, user: User, version: ProcessVersion) -> None:
    delete_part(user, part_of(version, ProcessNode.objects.all(), change.id))


@_apply.register
def _(change: drawing.OrderPhases, user: User, version: ProcessVersion) -> None:
    rows = _in_order(version.nodes.all(), change.phases, "phases")
    _renumber(rows, list(range(len(rows))), ProcessNode.objects.bulk_update)
    record_authoring(user, version, "ordered", [row.node_key for row in rows[:1]])


@_apply.register
def _(change: drawing.AddWay, user: User, version: ProcessVersion) -> UUID:
    row = FlowEdge(id=change.id or new_id(), process_version=version)
    row.order_index = next_order(version.edges.all()) if change.order is None else change.order
    if change.values.source is None or change.values.target is None:
        raise InvalidInput("A way leads from one phase to another.", fields={"to_node": ["Choose a phase."]})
    return store_part(user, row, **_way(change.values, version)).pk


@_apply.register
def _(change: drawing.ChangeWay, user: User, version: ProcessVersion) -> None:
    row = part_of(version, FlowEdge.objects.all(), change.id)
    store_part(user, row, **_way(change.values, version))


@_apply.register
def _(change: drawing.DeleteWay, user: User, version: ProcessVersion) -> None:
    delete_part(user, part_of(version, FlowEdge.objects.all(), change.id))


@_apply.register
def _(change: drawing.OrderWays, user: User, version: ProcessVersion) -> None:
    """They share out the numbers that they have, so that ways of other phases stay where they are."""
    node = part_of(version, ProcessNode.objects.all(), change.phase)
    rows = _in_order(version.edges.filter(from_node=node), change.ways, "ways")
    numbers = sorted({row.order_index for row in rows})
    if len(numbers) < len(rows):
        numbers = [next_order(version.edges.all()) + number for number in range(len(rows))]
    _renumber(rows, numbers, FlowEdge.objects.bulk_update)
    record_authoring(user, node, "ways_ordered", [str(row.pk) for row in rows])


def _phase(values: drawing.PhaseValues) -> dict[str, Any]:
    columns = {_PHASE_COLUMNS[name]: value for name, value in values.model_dump(exclude_none=True).items()}
    if values.kind is not None:
        columns["node_type"] = kind_of(values.kind)
    if values.form is not None:
        columns["form"] = values.form.value
    return columns


def _way(values: drawing.WayValues, version: ProcessVersion) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, pk in (("from_node", values.source), ("to_node", values.target)):
        if pk is not None:
            columns[name] = part_of(version, ProcessNode.objects.all(), pk)
    if values.label is not None:
        columns["edge_label"] = values.label
    if values.condition is not None:
        columns["condition_type"] = values.condition.type
        columns["condition_value"] = values.condition.value
    return columns


def _in_order(rows: models.QuerySet[Any], ids: Sequence[UUID], name: str) -> list[Any]:
    found = {row.pk: row for row in rows}
    if len(ids) != len(found) or set(ids) != set(found):
        raise InvalidInput(f"Name all {name}, each once.", fields={name: ["Not all of them, each once."]})
    return [found[pk] for pk in ids]


def _renumber(rows: list[Any], numbers: list[int], store: Callable[..., Any]) -> None:
    for row, number in zip(rows, numbers, strict=True):
        row.order_index = number
    store(rows, ["order_index"], batch_size=500)
