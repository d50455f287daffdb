"""A version as the document that import takes: nine queries, whatever its size."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from orchestrator.core.json import Json
from process.domain.document import FORMAT
from process.models import FlowEdge, ProcessNode, ProcessPrompt, ProcessVersion, SectionPrompt


def export_version(version: ProcessVersion) -> Json:
    """Read again by ``import_version`` it gives the same version."""
    nodes = list(version.nodes.select_related("node_type"))
    prompts = _prompts(version)
    names = {
        prompt.pk: f"{node.node_key}.{prompt.prompt_key}" for node in nodes for prompt in prompts[node.pk]
    }
    return {
        "format": FORMAT,
        "name": version.version_name,
        "description": version.description,
        "profile_flags": version.profile_flags,
        "commitments": [
            {"title": each.title, "description": each.description} for each in version.commitments.all()
        ],
        "packs": [],
        "nodes": [_node(node, prompts[node.pk]) for node in nodes],
        "edges": _edges(version, nodes),
        "sections": _sections(version, names),
    }


def _prompts(version: ProcessVersion) -> dict[UUID, list[ProcessPrompt]]:
    found: dict[UUID, list[ProcessPrompt]] = defaultdict(list)
    for prompt in ProcessPrompt.objects.filter(process_node__process_version=version):
        found[prompt.process_node_id].append(prompt)
    return found


def _node(node: ProcessNode, prompts: list[ProcessPrompt]) -> dict[str, Json]:
    return {
        "key": node.node_key,
        "name": node.node_name,
        "type": node.node_type.type_name,
        "purpose": node.purpose,
        "outcome": node.outcome,
        "text": node.user_facing_text,
        "form": node.form,
        "optional": node.is_optional,
        "requires_completion": node.requires_completion,
        "agent": {"objective": node.agent_objective, "constraints": node.agent_constraints},
        "x": node.x,
        "y": node.y,
        "prompts": [_prompt(prompt) for prompt in prompts],
    }


def _prompt(prompt: ProcessPrompt) -> Json:
    return {
        "key": prompt.prompt_key,
        "text": prompt.prompt_text,
        "type": prompt.prompt_type,
        "required": prompt.is_required,
        "tier": prompt.sensitivity_tier,
        "sensitive": prompt.is_sensitive,
        "format": prompt.response_format,
        "max_length": prompt.max_length,
        "example": prompt.example_response,
        "choices": prompt.choices,
        "condition": _condition(prompt),
    }


def _condition(row: ProcessPrompt | FlowEdge) -> Json:
    return {"type": row.condition_type, "value": row.condition_value}


def _edges(version: ProcessVersion, nodes: list[ProcessNode]) -> list[Json]:
    keys = {node.pk: node.node_key for node in nodes}
    return [
        {
            "from": keys[edge.from_node_id],
            "to": keys[edge.to_node_id],
            "label": edge.edge_label,
            "condition": _condition(edge),
        }
        for edge in version.edges.all()
    ]


def _sections(version: ProcessVersion, names: dict[UUID, str]) -> list[Json]:
    rows = list(version.sections.all())
    keys: dict[Any, str] = {row.pk: row.section_key for row in rows}
    asked: dict[UUID, list[Json]] = defaultdict(list)
    links = SectionPrompt.objects.filter(section__process_version=version)
    for section, prompt in links.values_list("section_id", "process_prompt_id"):
        asked[section].append(names[prompt])
    return [
        {
            "key": row.section_key,
            "name": row.section_name,
            "description": row.description,
            "core": row.is_core,
            "requires_scope": row.requires_scope or None,
            "requires_flags": row.requires_profile_flags,
            "unlock_after": keys.get(row.unlock_after_section_id),
            "minimum_prompts": row.minimum_prompts_required,
            "prompts": asked[row.pk],
        }
        for row in rows
    ]
