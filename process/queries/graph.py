"""A version as its graph view draws it: phases, ways, sections, and what is wrong with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from orchestrator.core.json import Json
from process.domain.conditions import BadCondition, fields_of
from process.domain.validation import Finding, validate
from process.domain.vocabulary import (
    BOUNDARIES,
    FLAGS,
    PREFERENCES,
    Behavior,
    ConditionType,
    Form,
    ScopeType,
)
from process.domain.wording import in_words, spoken
from process.models import (
    FlowEdge,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    SectionPrompt,
)
from process.queries.compiled import process_of


def graph_of(version: ProcessVersion) -> dict[str, Json]:
    """In a fixed number of queries. Not within the transaction that changes it: what is compiled is kept."""
    flags = flag_labels(version)
    sections = list(version.sections.all())
    names = {row.section_key: row.section_name for row in sections}
    return {
        "revision": version.revision,
        "flags": [{"value": key, "label": label} for key, label in flags.items()],
        "phases": _phases(version),
        "ways": [_way(edge, flags, names) for edge in version.edges.all()],
        "sections": _sections(version, sections, flags),
        "findings": [finding.as_json() for finding in _findings(version)],
    }


def _findings(version: ProcessVersion) -> list[Finding]:
    try:
        return validate(process_of(version))
    except BadCondition as error:
        return [Finding(code="bad_condition", message=f"A condition cannot be read: {error}")]


def words_for_forms() -> dict[str, Json]:
    """What can be chosen for a phase and a condition, with the words for it."""
    return {
        "kinds": _choices(Behavior),
        "forms": [{"value": form.value, "label": spoken(form).capitalize() or "None"} for form in Form],
        "conditions": _choices(ConditionType),
        "scopes": _choices(ScopeType),
        "boundaries": _choices(BOUNDARIES),
    }


def flag_labels(version: ProcessVersion) -> dict[str, str]:
    """What every profile says, and what this version asks for besides."""
    labels = {key: spoken(key) for key in (*FLAGS, *PREFERENCES)}
    return labels | {
        str(flag["key"]): str(flag.get("label") or flag["key"]) for flag in version.profile_flags
    }


def _phases(version: ProcessVersion) -> list[Json]:
    counts: dict[UUID, tuple[int, int]] = {
        node: (total, required)
        for node, total, required in ProcessPrompt.objects.filter(process_node__process_version=version)
        .order_by()
        .values_list("process_node")
        .annotate(total=Count("id"), required=Count("id", filter=Q(is_required=True)))
    }
    rows = version.nodes.select_related("node_type")
    return [_phase(row, *counts.get(row.pk, (0, 0))) for row in rows]


def _phase(row: ProcessNode, prompts: int, required: int) -> Json:
    return {
        "id": str(row.pk),
        "key": row.node_key,
        "name": row.node_name,
        "kind": row.node_type.type_name,
        "purpose": row.purpose,
        "outcome": row.outcome,
        "text": row.user_facing_text,
        "form": row.form,
        "optional": row.is_optional,
        "can_skip": row.node_type.can_skip,
        "requires_completion": row.requires_completion,
        "prompts": prompts,
        "required": required,
        "order": row.order_index,
        "place": None if row.x is None or row.y is None else {"x": row.x, "y": row.y},
    }


def _way(row: FlowEdge, flags: dict[str, str], sections: dict[str, str]) -> Json:
    return {
        "id": str(row.pk),
        "source": str(row.from_node_id),
        "target": str(row.to_node_id),
        "label": row.edge_label,
        "order": row.order_index,
        "condition": _condition(row),
        "words": in_words(row.condition_type, row.condition_value, flags=flags, sections=sections),
    }


def _sections(version: ProcessVersion, rows: list[ProcessSection], flags: dict[str, str]) -> list[Json]:
    asked: dict[UUID, dict[UUID, int]] = defaultdict(Counter)
    links = SectionPrompt.objects.filter(section__process_version=version)
    for section, node in links.values_list("section_id", "process_prompt__process_node_id"):
        asked[section][node] += 1
    names = {row.pk: row.section_name for row in rows}
    return [
        {
            "id": str(row.pk),
            "key": row.section_key,
            "name": row.section_name,
            "core": row.is_core,
            "opens": _opening(row, names.get(row.unlock_after_section_id), flags),
            "prompts": sum(asked[row.pk].values()),
            "phases": [str(node) for node in asked[row.pk]],
        }
        for row in rows
    ]


def _opening(row: ProcessSection, after: str | None, flags: dict[str, str]) -> list[Json]:
    """What must be so before it opens, in words."""
    told: list[Json] = []
    if row.requires_scope:
        told.append(in_words("scope_match", row.requires_scope))
    if row.requires_profile_flags:
        told.append(in_words("profile_flag", row.requires_profile_flags, flags=flags))
    if after:
        told.append(f"after “{after}”")
    if row.minimum_prompts_required:
        told.append(f"{row.minimum_prompts_required} answers before it")
    return told


def _condition(row: FlowEdge) -> Json:
    try:
        value = fields_of(row.condition_type, row.condition_value)
    except BadCondition:
        value = None  # its author fills it in anew
    return {"type": row.condition_type or ConditionType.ALWAYS.value, "value": value}


def _choices(kind: Any) -> list[Json]:
    return [{"value": str(each), "label": spoken(each).capitalize()} for each in kind]
