"""Rows of a plain process, so that what holds of the one can be tested of the other."""

from __future__ import annotations

from process.domain.conditions import Condition
from process.domain.process import Node, Process, Prompt
from process.models import (
    FlowEdge,
    NodeType,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    SectionPrompt,
)
from process.services.kinds import store_node_types


def store(process: Process, *, name: str = "v1") -> ProcessVersion:
    """A version whose compiled process is this one, but for the ids of edges."""
    version = ProcessVersion.objects.create(
        version_name=name, profile_flags=[{"key": flag, "label": flag} for flag in process.flags]
    )
    kinds = node_types()
    for number, node in enumerate(process.nodes.values()):
        ProcessNode.objects.create(
            id=node.id,
            process_version=version,
            node_type=kinds[node.behavior.value],
            node_key=node.key,
            node_name=node.name,
            order_index=number,
            purpose="For a test.",
            user_facing_text=node.text,
            form=node.form.value,
            is_optional=node.optional,
            requires_completion=node.requires_completion,
        )
    _store_edges(process, version)
    _store_prompts(process, version)
    return version


def node_types() -> dict[str, NodeType]:
    """The kinds of phases, also after a test that emptied all tables."""
    store_node_types()
    return {kind.type_name: kind for kind in NodeType.objects.all()}


def _store_edges(process: Process, version: ProcessVersion) -> None:
    FlowEdge.objects.bulk_create(
        FlowEdge(
            id=edge.id,
            process_version=version,
            from_node_id=node.id,
            to_node_id=process.nodes[edge.target].id,
            order_index=number,
            **_condition(edge.condition),
        )
        for node in process.nodes.values()
        for number, edge in enumerate(node.edges)
    )


def _store_prompts(process: Process, version: ProcessVersion) -> None:
    for node in process.nodes.values():
        _add_prompts(node, node.prompts)
    for number, section in enumerate(process.sections.values()):
        row = ProcessSection.objects.create(
            id=section.id,
            process_version=version,
            section_key=section.key,
            section_name=section.name,
            order_index=number,
            requires_scope=section.scope.value if section.scope else "",
            requires_profile_flags=dict(section.flags),
            unlock_after_section_id=process.sections[section.after].id if section.after else None,
            minimum_prompts_required=section.minimum,
        )
        for prompt in section.prompts:
            _add_prompts(process.nodes[prompt.node], (prompt,))
            SectionPrompt.objects.create(section=row, process_prompt_id=prompt.id)


def _add_prompts(node: Node, prompts: tuple[Prompt, ...]) -> None:
    first = ProcessPrompt.objects.filter(process_node=node.id).count()
    ProcessPrompt.objects.bulk_create(
        ProcessPrompt(
            id=prompt.id,
            process_node_id=node.id,
            prompt_key=prompt.key,
            prompt_text=prompt.text,
            prompt_type=prompt.kind,
            order_index=first + number,
            is_required=prompt.required,
            is_sensitive=prompt.sensitive,
            sensitivity_tier=prompt.tier,
            response_format=prompt.format.value,
            max_length=prompt.max_length,
            choices=[{"value": choice.value, "label": choice.label} for choice in prompt.choices],
            **_condition(prompt.condition),
        )
        for number, prompt in enumerate(prompts)
    )


def _condition(condition: Condition) -> dict[str, object]:
    if condition.always:
        return {"condition_type": "", "condition_value": None}
    return {"condition_type": "expression", "condition_value": {"expression": condition.source}}
