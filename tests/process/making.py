"""Plain processes for tests, and strategies that make random ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from orchestrator.core.ids import new_id
from process.domain.conditions import ALWAYS, Condition, compile_condition
from process.domain.journey import Journey, Scope
from process.domain.process import Choice, Edge, Node, Process, Prompt, Section
from process.domain.vocabulary import (
    BOUNDARIES,
    FLAGS,
    PREFERENCES,
    Behavior,
    Form,
    ResponseFormat,
    ScopeType,
)

WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\x00" * 400 + b"A_OPUS" + b"voice" * 2000
"""As a browser's recording begins, and what nobody could hear."""


def make_prompt(key: str = "question", *, node: str = "talk", **values: Any) -> Prompt:
    return Prompt(id=new_id(), key=key, node=node, text=f"What about {key}?", **values)


def make_node(key: str, *targets: str | tuple[str, Condition], **values: Any) -> Node:
    """A node with edges to these targets, always or on a condition."""
    pairs = [(each, ALWAYS) if isinstance(each, str) else each for each in targets]
    edges = tuple(Edge(id=new_id(), target=target, condition=condition) for target, condition in pairs)
    return Node(id=new_id(), key=key, name=key.title(), edges=edges, **values)


def make_section(key: str, *prompts: Prompt, **values: Any) -> Section:
    return Section(id=new_id(), key=key, name=key.title(), prompts=prompts, **values)


def make_process(*nodes: Node, sections: tuple[Section, ...] = (), flags: tuple[str, ...] = ()) -> Process:
    return Process(
        id=UUID(int=1),
        name="v1",
        nodes={node.key: node for node in nodes},
        sections={section.key: section for section in sections},
        flags=flags,
    )


scopes = st.sampled_from([Scope(type=kind) for kind in ScopeType])
profiles = st.fixed_dictionaries({name: st.booleans() for name in (*FLAGS, *PREFERENCES)})
conditions = st.one_of(
    st.just(ALWAYS),
    st.sampled_from(FLAGS).map(lambda flag: compile_condition("profile_flag", flag)),
    st.sampled_from(sorted(BOUNDARIES)).map(lambda name: compile_condition("profile_boundary", name)),
    st.sampled_from(list(ScopeType)).map(lambda scope: compile_condition("scope_match", scope.value)),
)


@st.composite
def processes(draw: st.DrawFn) -> Process:
    """Up to eight nodes with edges forward and back, forms, prompts, and sections that wait for others."""
    size = draw(st.integers(1, 8))
    keys = [f"n{number}" for number in range(size)]
    iterative = draw(st.sampled_from(keys))
    sections = draw(_sections(iterative))
    nodes = [draw(_node(key, keys, sections if key == iterative else ())) for key in keys]
    return make_process(*nodes, sections=sections)


@st.composite
def _sections(draw: st.DrawFn, node: str) -> tuple[Section, ...]:
    made: list[Section] = []
    for number in range(draw(st.integers(0, 4))):
        prompts = draw(_prompts(node, f"s{number}", least=1))
        made.append(
            make_section(
                f"s{number}",
                *prompts,
                scope=draw(st.none() | st.sampled_from(list(ScopeType))),
                flags=draw(st.dictionaries(st.sampled_from(FLAGS), st.booleans(), max_size=1)),
                after=draw(st.sampled_from([None, *(each.key for each in made)])),
                minimum=draw(st.integers(0, 2)),
            )
        )
    return tuple(made)


@st.composite
def _node(draw: st.DrawFn, key: str, keys: list[str], sections: tuple[Section, ...]) -> Node:
    targets = draw(st.lists(st.tuples(st.sampled_from(keys), conditions), max_size=3))
    return make_node(
        key,
        *targets,
        behavior=Behavior.ITERATIVE if sections else Behavior.DATA_COLLECTION,
        form=draw(st.sampled_from(list(Form))),
        text=draw(st.sampled_from(["", "Read this."])),
        optional=draw(st.booleans()),
        requires_completion=draw(st.booleans()),
        prompts=draw(_prompts(key, "p")),
        sections=tuple(section.key for section in sections),
    )


@st.composite
def _prompts(draw: st.DrawFn, node: str, name: str, *, least: int = 0) -> tuple[Prompt, ...]:
    return tuple(
        make_prompt(
            f"{name}_{number}",
            node=node,
            required=draw(st.booleans()),
            format=draw(st.sampled_from(list(ResponseFormat))),
            choices=(Choice("a", "A"), Choice("b", "B")),
            condition=draw(conditions),
        )
        for number in range(draw(st.integers(least, 3)))
    )


def position(journey: Journey) -> tuple[object, ...]:
    """What a person sees of where they stand."""
    return journey.status, journey.path[: journey.at + 1], journey.section
