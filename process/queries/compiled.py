"""A version as the plain, compiled process that all decisions are made by; read once, then kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from orchestrator.core.json import Json
from process.domain.conditions import compile_condition
from process.domain.process import Choice, Edge, Node, Process, Prompt, Section
from process.domain.vocabulary import Behavior, Form, ResponseFormat, ScopeType, Tier
from process.models import (
    FlowEdge,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    SectionPrompt,
)


def process_of(version: ProcessVersion) -> Process:
    """The compiled version. A frozen one is read once per process, a draft once per change.

    Raises BadCondition for a version that holds a condition which the services would not have let in.
    """
    return _compiled(version.pk, version.revision)


@lru_cache(maxsize=32)
def _compiled(version_id: UUID, revision: int) -> Process:
    version = ProcessVersion.objects.get(pk=version_id)
    nodes = list(ProcessNode.objects.filter(process_version=version_id).select_related("node_type"))
    keys = {node.pk: node.node_key for node in nodes}
    prompts = _prompts(version_id, keys)
    sections = _sections(version_id, prompts)
    in_sections = {prompt.id for section in sections.values() for prompt in section.prompts}
    own: dict[str, list[Prompt]] = defaultdict(list)
    for prompt in prompts.values():
        if prompt.id not in in_sections:
            own[prompt.node].append(prompt)
    worked_on: dict[str, list[str]] = defaultdict(list)
    for section in sections.values():
        for key in dict.fromkeys(prompt.node for prompt in section.prompts):
            worked_on[key].append(section.key)
    edges = _edges(version_id, keys)
    return Process(
        id=version.pk,
        name=version.version_name,
        nodes={
            row.node_key: _node(row, own[row.node_key], worked_on[row.node_key], edges[row.node_key])
            for row in nodes
        },
        sections=sections,
        flags=tuple(flag["key"] for flag in version.profile_flags),
    )


def _node(row: ProcessNode, prompts: list[Prompt], sections: list[str], edges: list[Edge]) -> Node:
    kind = row.node_type
    return Node(
        id=row.pk,
        key=row.node_key,
        name=row.node_name,
        behavior=Behavior(kind.type_name),
        form=Form(row.form),
        text=row.user_facing_text,
        objective=row.agent_objective,
        constraints=row.agent_constraints,
        optional=row.is_optional or kind.can_skip,
        requires_completion=row.requires_completion,
        requires_input=kind.requires_user_input,
        repeatable=kind.is_repeatable,
        prompts=tuple(prompts),
        sections=tuple(sections),
        edges=tuple(edges),
    )


def _prompts(version_id: UUID, keys: dict[UUID, str]) -> dict[UUID, Prompt]:
    rows = ProcessPrompt.objects.filter(process_node__process_version=version_id)
    return {row.pk: prompt_of(row, keys[row.process_node_id]) for row in rows.order_by("order_index", "id")}


def prompt_of(row: ProcessPrompt, node_key: str) -> Prompt:
    return Prompt(
        id=row.pk,
        key=row.prompt_key,
        node=node_key,
        text=row.prompt_text,
        kind=row.prompt_type,
        required=row.is_required,
        sensitive=row.is_sensitive,
        tier=Tier(row.sensitivity_tier),
        format=ResponseFormat(row.response_format),
        max_length=row.max_length,
        example=row.example_response,
        choices=tuple(_choices(row.choices)),
        condition=compile_condition(row.condition_type, row.condition_value),
    )


def _choices(stored: Iterable[dict[str, Any]]) -> Iterable[Choice]:
    return (Choice(str(each["value"]), str(each.get("label") or each["value"])) for each in stored)


def _edges(version_id: UUID, keys: dict[UUID, str]) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = defaultdict(list)
    for row in FlowEdge.objects.filter(process_version=version_id).order_by("order_index", "id"):
        condition = compile_condition(row.condition_type, row.condition_value)
        edge = Edge(id=row.pk, target=keys[row.to_node_id], label=row.edge_label, condition=condition)
        found[keys[row.from_node_id]].append(edge)
    return found


def _sections(version_id: UUID, prompts: dict[UUID, Prompt]) -> dict[str, Section]:
    rows = list(ProcessSection.objects.filter(process_version=version_id))
    keys = {row.pk: row.section_key for row in rows}
    asked: dict[UUID, list[Prompt]] = defaultdict(list)
    links = SectionPrompt.objects.filter(section__process_version=version_id).order_by("order_index", "id")
    for section, prompt in links.values_list("section_id", "process_prompt_id"):
        asked[section].append(prompts[prompt])
    return {
        row.section_key: Section(
            id=row.pk,
            key=row.section_key,
            name=row.section_name,
            description=row.description,
            core=row.is_core,
            scope=ScopeType(row.requires_scope) if row.requires_scope else None,
            flags=_flags(row.requires_profile_flags),
            after=keys.get(row.unlock_after_section_id),
            minimum=row.minimum_prompts_required,
            prompts=tuple(asked[row.pk]),
        )
        for row in rows
    }


def _flags(stored: Any) -> dict[str, Json]:
    return dict(stored) if isinstance(stored, dict) else {}
