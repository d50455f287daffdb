"""A version of a process as it is run: read from its rows once, compiled, and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from orchestrator.core.json import Json
from process.domain.conditions import ALWAYS, Condition
from process.domain.vocabulary import Behavior, Form, ResponseFormat, ScopeType, Tier


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One question. ``key`` is unique within its node, ``name`` (``node.prompt``) within the version."""

    id: UUID
    key: str
    node: str
    text: str
    kind: str = ""
    required: bool = False
    sensitive: bool = False
    tier: Tier = Tier.SAFE
    format: ResponseFormat = ResponseFormat.TEXT
    max_length: int | None = None
    example: str = ""
    choices: tuple[Choice, ...] = ()
    condition: Condition = ALWAYS

    @property
    def name(self) -> str:
        return f"{self.node}.{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A way from one node to another. A node's edges are tried in order; the first that holds is taken."""

    id: UUID
    target: str
    label: str = ""
    condition: Condition = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One phase. ``prompts`` are those that belong to no section; ``sections`` those worked on here."""

    id: UUID
    key: str
    name: str
    behavior: Behavior = Behavior.DATA_COLLECTION
    form: Form = Form.NONE
    text: str = ""
    objective: str = ""
    constraints: str = ""
    """What an agent that helps in this phase is for, and what it must keep to."""
    optional: bool = False
    requires_completion: bool = True
    requires_input: bool = True
    repeatable: bool = False
    prompts: tuple[Prompt, ...] = ()
    sections: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One lane of the narrative, with what must be so before it opens."""

    id: UUID
    key: str
    name: str
    description: str = ""
    core: bool = True
    scope: ScopeType | None = None
    flags: Mapping[str, Json] = field(default_factory=dict)
    after: str | None = None
    minimum: int = 0
    prompts: tuple[Prompt, ...] = ()


@dataclass(frozen=True)
class Process:
    """All of a version. Nodes and sections by key, in their order; the first node is where people start."""

    id: UUID
    name: str
    nodes: Mapping[str, Node]
    sections: Mapping[str, Section]
    flags: tuple[str, ...] = ()
    """Flags of the profile that this version asks for, besides those that every profile has."""

    @property
    def start(self) -> Node | None:
        return next(iter(self.nodes.values()), None)

    @cached_property
    def prompts(self) -> Mapping[UUID, Prompt]:
        own = [prompt for node in self.nodes.values() for prompt in node.prompts]
        in_sections = [prompt for section in self.sections.values() for prompt in section.prompts]
        return {prompt.id: prompt for prompt in (*own, *in_sections)}

    @cached_property
    def sections_of(self) -> Mapping[UUID, tuple[str, ...]]:
        """The sections that a prompt is asked in, by its id."""
        found: dict[UUID, tuple[str, ...]] = {}
        for section in self.sections.values():
            for prompt in section.prompts:
                found[prompt.id] = (*found.get(prompt.id, ()), section.key)
        return found

    @cached_property
    def read_answers(self) -> frozenset[UUID]:
        """Prompts whose answers some condition reads: all that need be known of answers to find the way."""
        conditions = [prompt.condition for prompt in self.prompts.values()]
        conditions += [edge.condition for node in self.nodes.values() for edge in node.edges]
        names = {
            ".".join(path[1:3]) for each in conditions for path in each.references if path[0] == "answers"
        }
        whole = {name for name in names if "." not in name}
        return frozenset(
            prompt.id
            for prompt in self.prompts.values()
            if prompt.name in names or prompt.node in whole or "" in whole
        )

    @cached_property
    def section_keys(self) -> Mapping[UUID | None, str]:
        return {section.id: section.key for section in self.sections.values()}

    @cached_property
    def node_keys(self) -> Mapping[UUID, str]:
        return {node.id: node.key for node in self.nodes.values()}
