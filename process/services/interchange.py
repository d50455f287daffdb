"""Versions in and out as one JSON file, and the copy of one: an export that is imported again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import NotAllowed
from orchestrator.core.ids import new_id
from orchestrator.core.json import Json
from process.domain.document import Document, NodePart, PromptPart, read_document
from process.domain.vocabulary import Tier
from process.models import (
    Commitment,
    FlowEdge,
    NodeType,
    PackPrompt,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
    SectionPrompt,
)
from process.queries.exported import export_version
from process.queries.versions import find_version


@transaction.atomic
def import_version(user: User | None, data: Json, *, name: str = "") -> ProcessVersion:
    """A new draft of what the document says; packs that are there already stay as they are.

    ``user`` is None for what the product ships. Raises NotAllowed and InvalidInput.
    """
    require_author(user)
    document = read_document(data)
    version = ProcessVersion.objects.create(
        version_name=_free_name(name or document.name),
        description=document.description,
        profile_flags=[flag.model_dump() for flag in document.profile_flags],
        created_by=user,
    )
    _add_parts(version, document)
    record_audit(user, "process_version.imported", version, after={"name": version.version_name})
    return version


@transaction.atomic
def clone_version(user: User, version_id: UUID, *, name: str = "") -> ProcessVersion:
    """A draft that is the same in everything, to be changed. Raises NotFound and NotAllowed."""
    source = find_version(version_id)
    clone = import_version(user, export_version(source), name=name or source.version_name)
    clone.cloned_from = source
    clone.save(update_fields=["cloned_from"])
    return clone


def require_author(user: User | None) -> None:
    """Raises NotAllowed for anybody but staff; None is the product itself."""
    if user is not None and not user.is_admin:
        raise NotAllowed("Only staff author processes.")


def _free_name(wanted: str) -> str:
    taken = set(
        ProcessVersion.objects.filter(version_name__startswith=wanted[:90]).values_list(
            "version_name", flat=True
        )
    )
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted[:90]} ({number})"
    return name


def _add_parts(version: ProcessVersion, document: Document) -> None:
    Commitment.objects.bulk_create(
        Commitment(
            process_version=version, order_index=number, title=part.title, description=part.description
        )
        for number, part in enumerate(document.commitments)
    )
    _add_packs(document)
    nodes = _add_nodes(version, document)
    prompts = _add_prompts(document, nodes)
    _add_sections(version, document, prompts)
    FlowEdge.objects.bulk_create(
        FlowEdge(
            process_version=version,
            from_node_id=nodes[part.source],
            to_node_id=nodes[part.target],
            order_index=number,
            edge_label=part.label,
            condition_type=part.condition.type,
            condition_value=part.condition.value,
        )
        for number, part in enumerate(document.edges)
    )


def _add_packs(document: Document) -> None:
    there = set(PromptPack.objects.values_list("template_name", flat=True))
    for part in document.packs:
        if part.name in there:
            continue
        pack = PromptPack.objects.create(template_name=part.name, description=part.description)
        PackPrompt.objects.bulk_create(
            PackPrompt(
                prompt_pack=pack,
                prompt_key=prompt.key,
                prompt_text=prompt.text,
                prompt_type=prompt.type,
                order_index=number,
                is_required=prompt.required,
            )
            for number, prompt in enumerate(part.prompts)
        )


def _add_nodes(version: ProcessVersion, document: Document) -> dict[str, UUID]:
    kinds = {kind.type_name: kind.pk for kind in NodeType.objects.all()}
    rows = ProcessNode.objects.bulk_create(
        _node(version, part, kinds[part.type.value], number) for number, part in enumerate(document.nodes)
    )
    return {row.node_key: row.pk for row in rows}


def _node(version: ProcessVersion, part: NodePart, kind: UUID, number: int) -> ProcessNode:
    return ProcessNode(
        process_version=version,
        node_type_id=kind,
        node_key=part.key,
        node_name=part.name,
        order_index=number,
        purpose=part.purpose,
        outcome=part.outcome,
        user_facing_text=part.text,
        form=part.form.value,
        is_optional=part.optional,
        requires_completion=part.requires_completion,
        agent_objective=part.agent.objective,
        agent_constraints=part.agent.constraints,
        x=part.x,
        y=part.y,
    )


def _add_prompts(document: Document, nodes: dict[str, UUID]) -> dict[str, UUID]:
    rows, names = [], {}
    for node in document.nodes:
        for number, part in enumerate(node.prompts):
            row = ProcessPrompt(
                id=new_id(), process_node_id=nodes[node.key], order_index=number, **prompt_columns(part)
            )
            rows.append(row)
            names[f"{node.key}.{part.key}"] = row.pk
    ProcessPrompt.objects.bulk_create(rows, batch_size=1_000)
    return names


def prompt_columns(part: PromptPart) -> dict[str, Any]:
    """The columns of a prompt that its document says."""
    return {
        "prompt_key": part.key,
        "prompt_text": part.text,
        "prompt_type": part.type,
        "is_required": part.required,
        "is_sensitive": part.tier > Tier.SAFE if part.sensitive is None else part.sensitive,
        "sensitivity_tier": part.tier.value,
        "response_format": part.format.value,
        "choices": [choice.model_dump() for choice in part.choices],
        "max_length": part.max_length,
        "example_response": part.example,
        "condition_type": part.condition.type,
        "condition_value": part.condition.value,
    }


def _add_sections(version: ProcessVersion, document: Document, prompts: dict[str, UUID]) -> None:
    ids = {part.key: new_id() for part in document.sections}
    ProcessSection.objects.bulk_create(
        ProcessSection(
            id=ids[part.key],
            process_version=version,
            section_key=part.key,
            section_name=part.name,
            description=part.description,
            order_index=number,
            is_core=part.core,
            requires_scope=part.requires_scope.value if part.requires_scope else "",
            requires_profile_flags=part.requires_flags,
            minimum_prompts_required=part.minimum_prompts,
            unlock_after_section_id=ids[part.unlock_after] if part.unlock_after else None,
        )
        for number, part in enumerate(document.sections)
    )
    SectionPrompt.objects.bulk_create(
        SectionPrompt(section_id=ids[part.key], process_prompt_id=prompts[name], order_index=number)
        for part in document.sections
        for number, name in enumerate(part.prompts)
    )
