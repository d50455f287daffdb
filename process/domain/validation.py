"""What is wrong with a version before anybody meets it: ways that lead nowhere, and rules that never hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.core.json import Json
from process.domain.conditions import Condition, unknown_names
from process.domain.process import Node, Process, Prompt, Section
from process.domain.vocabulary import FLAGS, PREFERENCES, Behavior, ResponseFormat

_FORMATS_WITH_CHOICES: Final = {ResponseFormat.MULTI_SELECT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``place`` says where: ``node:key``, ``edge:id``, ``section:key``, ``prompt:node.key`` or nothing."""

    code: str
    message: str
    place: str = ""
    forbids: bool = True
    """The version cannot be activated with it; otherwise it is a warning."""

    def as_json(self) -> dict[str, Json]:
        return {"code": self.code, "message": self.message, "place": self.place, "forbids": self.forbids}


def validate(process: Process) -> list[Finding]:
    """Everything found, what forbids activation first."""
    if process.start is None:
        return [Finding(code="no_start", message="There are no phases. Add one: the first is the start.")]
    found = [
        *_unreachable(process),
        *_without_end(process),
        *_may_fail(process),
        *_conditions(process),
        *_sections(process),
        *_prompts(process),
    ]
    return sorted(found, key=lambda finding: not finding.forbids)


def _unreachable(process: Process) -> Iterator[Finding]:
    assert process.start
    reached, todo = {process.start.key}, [process.start.key]
    while todo:
        for edge in process.nodes[todo.pop()].edges:
            if edge.target not in reached:
                reached.add(edge.target)
                todo.append(edge.target)
    for node in process.nodes.values():
        if node.key not in reached:
            yield Finding(
                code="unreachable_node",
                message=f"No way leads to “{node.name}” from the start.",
                place=f"node:{node.key}",
            )


def _without_end(process: Process) -> Iterator[Finding]:
    """Nodes from which no end can be reached, an end being a node that no edge leaves."""
    before: dict[str, list[str]] = {}
    for node in process.nodes.values():
        for edge in node.edges:
            before.setdefault(edge.target, []).append(node.key)
    finishing = {node.key for node in process.nodes.values() if not node.edges}
    todo = list(finishing)
    while todo:
        for key in before.get(todo.pop(), ()):
            if key not in finishing:
                finishing.add(key)
                todo.append(key)
    for node in process.nodes.values():
        if node.key not in finishing:
            yield Finding(
                code="no_end",
                message=f"From “{node.name}” no way leads to an end: it only goes round.",
                place=f"node:{node.key}",
            )


def _may_fail(process: Process) -> Iterator[Finding]:
    for node in process.nodes.values():
        conditions = [edge.condition for edge in node.edges]
        if conditions and not any(condition.always for condition in conditions):
            yield Finding(
                code="dead_end",
                message=f"“{node.name}” is a dead end for whoever fits none of its ways on. "
                "Add a last one that always holds.",
                place=f"node:{node.key}",
                forbids=False,
            )
        for number, condition in enumerate(conditions[:-1]):
            if condition.always:
                hidden = node.edges[number + 1]
                yield Finding(
                    code="hidden_edge",
                    message=f"The way from “{node.name}” to “{process.nodes[hidden.target].name}” is never "
                    "taken: one before it always holds.",
                    place=f"edge:{hidden.id}",
                    forbids=False,
                )
                break


def _conditions(process: Process) -> Iterator[Finding]:
    names = {prompt.name for prompt in process.prompts.values()}
    for place, condition in _all_conditions(process):
        for message in unknown_names(
            condition, flags=process.flags, sections=process.sections, prompts=names
        ):
            yield Finding(code="unknown_name", message=message, place=place)


def _all_conditions(process: Process) -> Iterator[tuple[str, Condition]]:
    for node in process.nodes.values():
        for edge in node.edges:
            yield f"edge:{edge.id}", edge.condition
    for prompt in process.prompts.values():
        yield f"prompt:{prompt.name}", prompt.condition


def _sections(process: Process) -> Iterator[Finding]:
    places = {key: node for node in process.nodes.values() for key in node.sections}
    never = _never_unlocked(process)
    for section in process.sections.values():
        place = f"section:{section.key}"
        for flag in section.flags:
            if flag not in {*FLAGS, *PREFERENCES, *process.flags}:
                message = f"“{section.name}” asks for the flag “{flag}”, which the profile does not have."
                yield Finding(code="unknown_name", message=message, place=place)
        if section.key in never:
            yield Finding(code="never_unlocked", message=never[section.key], place=place)
        if not section.prompts:
            message = f"“{section.name}” has no prompts, so nobody sees it."
            yield Finding(code="empty_section", message=message, place=place, forbids=False)
        elif places[section.key].behavior is not Behavior.ITERATIVE:
            message = (
                f"“{section.name}” is worked on in “{places[section.key].name}”, which is not iterative."
            )
            yield Finding(code="section_place", message=message, place=place, forbids=False)


def _never_unlocked(process: Process) -> dict[str, str]:
    """Sections that no person can ever open, and why: they wait for each other, or for too much."""
    never: dict[str, str] = {}
    total = len({prompt.id for section in process.sections.values() for prompt in section.prompts})
    for section in process.sections.values():
        reason = _why_never(process, section, total)
        if reason:
            never[section.key] = reason
    changed = True
    while changed:
        changed = False
        for section in process.sections.values():
            if section.key not in never and section.after in never:
                before = process.sections[section.after].name
                never[section.key] = f"“{section.name}” never opens, since “{before}” never does."
                changed = True
    return never


def _why_never(process: Process, section: Section, total: int) -> str | None:
    seen, after = {section.key}, section.after
    while after is not None:
        if after in seen:
            return f"“{section.name}” never opens: it waits for itself in a circle."
        seen.add(after)
        after = process.sections[after].after
    if section.after is not None:
        before = process.sections[section.after]
        if before.scope is not None and section.scope is not None and before.scope != section.scope:
            return f"“{section.name}” never opens: “{before.name}” before it is for another scope."
        if section.minimum > len(before.prompts):
            return (
                f"“{section.name}” never opens: it wants {section.minimum} answers in “{before.name}”, which "
                f"has {len(before.prompts)} prompts."
            )
    elif section.minimum > total - len(section.prompts):
        return f"“{section.name}” never opens: it wants more answers than the other sections have prompts."
    return None


def _prompts(process: Process) -> Iterator[Finding]:
    for prompt in process.prompts.values():
        place = f"prompt:{prompt.name}"
        if prompt.format in _FORMATS_WITH_CHOICES and not prompt.choices:
            yield Finding(code="no_choices", message=f"“{prompt.text}” offers no choices.", place=place)
        if _asks_of_itself(prompt):
            message = f"“{prompt.text}” is shown only after it was answered."
            yield Finding(code="asks_of_itself", message=message, place=place)
    for node in process.nodes.values():
        if node.requires_input and _asks_nothing(node):
            message = f"“{node.name}” is meant to ask something and has no prompts, form or sections."
            yield Finding(code="asks_nothing", message=message, place=f"node:{node.key}", forbids=False)


def _asks_of_itself(prompt: Prompt) -> bool:
    return ("answers", prompt.node, prompt.key) in {path[:3] for path in prompt.condition.references}


def _asks_nothing(node: Node) -> bool:
    return not (node.prompts or node.sections or node.form)
