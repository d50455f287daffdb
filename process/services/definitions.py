"""Single rows of drafts as the API writes them: each in one step, under its version's lock and on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.ids import new_id
from process.models import (
    Commitment,
    FlowEdge,
    PackPrompt,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
    SectionPrompt,
)
from process.services.authoring import begin_change, record_authoring
from process.services.interchange import require_author
from process.services.parts import check_part, delete_part, kind_of, next_order, store_part

Part = TypeVar("Part", Commitment, ProcessNode, FlowEdge, ProcessSection)
_NAMES: dict[type[models.Model], str] = {
    Commitment: "commitment",
    ProcessNode: "phase",
    FlowEdge: "way",
    ProcessSection: "section",
    ProcessPrompt: "prompt",
    PromptPack: "pack",
}


@transaction.atomic
def change_version(user: User, version_id: UUID, **values: Any) -> ProcessVersion:
    """Name, description, flags of the profile. Raises NotFound, NotAllowed, Frozen and InvalidInput."""
    return store_part(user, begin_change(user, version_id), **values)


@transaction.atomic
def delete_version(user: User, version_id: UUID) -> None:
    """With all its parts. Raises NotFound, NotAllowed and Frozen."""
    delete_part(user, begin_change(user, version_id))


@transaction.atomic
def add_part(user: User, kind: type[Part], version_id: UUID, **values: Any) -> Part:
    """A row at the end of its like unless ``order_index`` is given.

    Raises NotFound, NotAllowed, Frozen and InvalidInput.
    """
    version = begin_change(user, version_id)
    row: Part = kind(process_version=version)
    rows = kind._default_manager.filter(process_version=version)
    values.setdefault("order_index", next_order(rows))
    return store_part(user, row, **_columns(version, values))


@transaction.atomic
def change_part(user: User, kind: type[Part], pk: UUID, **values: Any) -> Part:
    """What is not given stays. Raises NotFound, NotAllowed, Frozen and InvalidInput."""
    version = begin_change(user, _find(kind, pk).process_version_id)
    return store_part(user, _find(kind, pk), **_columns(version, values))


@transaction.atomic
def delete_one_part(user: User, kind: type[Part], pk: UUID) -> None:
    """A phase goes with its ways and prompts. Raises NotFound, NotAllowed and Frozen."""
    begin_change(user, _find(kind, pk).process_version_id)
    delete_part(user, _find(kind, pk))


@transaction.atomic
def add_prompt(user: User, node_id: UUID, **values: Any) -> ProcessPrompt:
    """At the end of its phase unless ``order_index`` is given.

    Raises NotFound, NotAllowed, Frozen and InvalidInput.
    """
    node = _find(ProcessNode, node_id)
    begin_change(user, node.process_version_id)
    values.setdefault("order_index", next_order(node.prompts.all()))
    return store_part(user, ProcessPrompt(process_node=node), **values)


@transaction.atomic
def change_prompt(user: User, pk: UUID, **values: Any) -> ProcessPrompt:
    """A prompt stays in its phase. Raises NotFound, NotAllowed, Frozen and InvalidInput."""
    begin_change(user, _find(ProcessPrompt, pk).process_node.process_version_id)
    return store_part(user, _find(ProcessPrompt, pk), **values)


@transaction.atomic
def delete_prompt(user: User, pk: UUID) -> None:
    """Also out of its sections. Raises NotFound, NotAllowed and Frozen."""
    begin_change(user, _find(ProcessPrompt, pk).process_node.process_version_id)
    delete_part(user, _find(ProcessPrompt, pk))


@transaction.atomic
def ask_in_section(user: User, section_id: UUID, prompt_ids: Sequence[UUID]) -> ProcessSection:
    """These prompts are asked in the section, in this order, and no others.

    Raises NotFound, NotAllowed, Frozen, and InvalidInput about ``prompts``.
    """
    section = _find(ProcessSection, section_id)
    version = begin_change(user, section.process_version_id)
    wanted = list(dict.fromkeys(prompt_ids))
    rows = ProcessPrompt.objects.filter(process_node__process_version=version, pk__in=wanted)
    unknown = set(wanted) - set(rows.values_list("pk", flat=True))
    if unknown:
        message = f"This version has no prompt {min(unknown)}."
        raise InvalidInput(message, fields={"prompts": [message]})
    section.section_prompts.all().delete()
    SectionPrompt.objects.bulk_create(
        SectionPrompt(section=section, process_prompt_id=pk, order_index=number)
        for number, pk in enumerate(wanted)
    )
    record_authoring(user, section, "changed", ["prompts"])
    return _find(ProcessSection, section_id)


@transaction.atomic
def save_pack(
    user: User, pk: UUID | None, *, prompts: Sequence[Mapping[str, Any]] | None = None, **values: Any
) -> PromptPack:
    """A new pack, or a change of one. ``prompts``, if given, take the place of all it has, in their order.

    Packs are copied into phases, so no version changes with it. Raises NotFound, NotAllowed, InvalidInput,
    and Frozen for one that belongs to a version in use.
    """
    require_author(user)
    pack = PromptPack(id=new_id()) if pk is None else _find(PromptPack, pk)
    versions = {pack.process_version_id, values.get("process_version_id")}
    for version_id in sorted(each for each in versions if each is not None):
        begin_change(user, version_id)
    if pk is not None:
        pack = _find(PromptPack, pk, lock=True)
    if values.get("process_version_id"):
        values["is_global"] = False
    elif "process_version_id" in values:
        values["is_global"] = True
    store_part(user, pack, **values)
    if prompts is not None:
        pack.prompts.all().delete()
        for number, each in enumerate(prompts):
            row = PackPrompt(prompt_pack=pack, order_index=number, **each)
            check_part(row)
            row.save()
    return pack


@transaction.atomic
def delete_pack(user: User, pk: UUID) -> None:
    """What was copied from it stays. Raises NotFound, NotAllowed and Frozen."""
    require_author(user)
    pack = _find(PromptPack, pk)
    if pack.process_version_id is not None:
        begin_change(user, pack.process_version_id)
    delete_part(user, _find(PromptPack, pk, lock=True))


Found = TypeVar("Found", bound=models.Model)


def _find(kind: type[Found], pk: UUID, *, lock: bool = False) -> Found:
    rows = kind._default_manager.select_for_update() if lock else kind._default_manager.all()
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(f"There is no such {_NAMES[kind]}.")
    return row


def _columns(version: ProcessVersion, values: Mapping[str, Any]) -> dict[str, Any]:
    """With the rows that ids and names stand for, all of the same version. Raises InvalidInput."""
    found = dict(values)
    if "node_type" in found:
        found["node_type"] = kind_of(found["node_type"])
    for name in ("from_node", "to_node"):
        if name in found:
            found[name] = _own(version.nodes, found[name], name, "phase")
    if found.get("unlock_after_section") is not None:
        pk = found["unlock_after_section"]
        found["unlock_after_section"] = _own(version.sections, pk, "unlock_after_section", "section")
    return found


def _own(rows: Any, pk: UUID, field: str, kind: str) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        message = f"This version has no such {kind}."
        raise InvalidInput(message, fields={field: [message]})
    return row
