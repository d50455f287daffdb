"""What the simulator shows of one screen: what is asked and hidden, what opens, and which way it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from orchestrator.core import json
from orchestrator.core.json import Json
from process.domain.asking import node_of, prompts_here, sections_here
from process.domain.conditions import Condition
from process.domain.journey import OPEN, Journey
from process.domain.process import Edge, Node, Process, Prompt, Section
from process.domain.unlocking import lock_of
from process.domain.vocabulary import SectionStatus

_LONGEST_VALUE: Final = 80


class Kind(StrEnum):
    PHASE = "phase"
    SECTION = "section"
    MAP = "map"
    """Back in a phase after its sections were worked on."""
    PASSED = "passed"
    """A phase that nobody sees, since nothing in it is for this person."""


class Outcome(StrEnum):
    TAKEN = "taken"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt that is shown. ``given`` where the author said the answer; None as ``value``: left blank."""

    prompt: Prompt
    value: Json = None
    given: bool = False
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    prompt: Prompt
    because: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A section as it stands. ``reason`` says what keeps it closed, or what it took to open it."""

    section: Section
    status: SectionStatus
    reason: str
    is_new: bool

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a phase, as it was tried."""

    edge: Edge
    target_name: str
    outcome: Outcome
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One screen. ``leaves`` where a phase is left from it, by one of its ``ways`` or to the end.

    ``refused`` says why it does not go on.
    """

    kind: Kind
    node: Node
    section: Section | None = None
    asked: tuple[Asked, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    lanes: tuple[Lane, ...] = ()
    ways: tuple[Way, ...] = ()
    leaves: bool = False
    skipped: bool = False
    refused: str = ""

    @property
    def taken(self) -> Way | None:
        return next((way for way in self.ways if way.outcome is Outcome.TAKEN), None)

    @property
    def is_end(self) -> bool:
        return self.leaves and not self.node.edges


def hidden_here(process: Process, journey: Journey) -> tuple[Hidden, ...]:
    """What this person is not asked where they stand, with the condition that decided."""
    node = node_of(process, journey)
    all_of_them = node.prompts if journey.section is None else process.sections[journey.section].prompts
    shown = {prompt.id for prompt in prompts_here(process, journey)}
    names = journey.names(process)
    return tuple(
        Hidden(prompt, reasons(prompt.condition, names)) for prompt in all_of_them if prompt.id not in shown
    )


def lanes_here(process: Process, journey: Journey, known: frozenset[str]) -> tuple[Lane, ...]:
    """The sections of the present phase. ``known`` are those that were open before."""
    lanes = []
    for section in sections_here(process, journey):
        status = journey.state(section.key).status
        is_open = status in OPEN
        reason = _opened_by(process, section) if is_open else lock_of(process, journey, section)
        lanes.append(Lane(section, status, reason or "Not open yet.", is_open and section.key not in known))
    return tuple(lanes)


def ways_from(process: Process, journey: Journey, node: Node) -> tuple[Way, ...]:
    """All ways out of a node, tried in their order until one holds, as sessions do."""
    names = journey.names(process)
    ways: list[Way] = []
    found = False
    for edge in node.edges:
        outcome = Outcome.NOT_TRIED
        if not found:
            found = edge.condition.holds(names)
            outcome = Outcome.TAKEN if found else Outcome.FAILED
        target = process.nodes[edge.target].name
        ways.append(Way(edge, target, outcome, reasons(edge.condition, names)))
    return tuple(ways)


def reasons(condition: Condition, names: Mapping[str, Json]) -> str:
    """What a condition speaks of, and what it is now, such as ``profile.has_children is false``."""
    return ", ".join(_said(path, names) for path in sorted(condition.references))


def _said(path: tuple[str, ...], names: Mapping[str, Json]) -> str:
    value: Json = dict(names)
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return f"{'.'.join(path)} is not there"
        value = value[part]
    text = json.dumps(value).decode()
    return f"{'.'.join(path)} is {text if len(text) <= _LONGEST_VALUE else f'{text[:_LONGEST_VALUE]}…'}"


def _opened_by(process: Process, section: Section) -> str:
    reasons_ = list(_requirements(process, section))
    return f"Open: {', '.join(reasons_)}." if reasons_ else "Open from the start."


def _requirements(process: Process, section: Section) -> Iterator[str]:
    if section.scope is not None:
        yield f"the scope is {section.scope.value.replace('_', ' ')}"
    for flag, wanted in section.flags.items():
        yield f"{flag} is {json.dumps(wanted).decode()}"
    before = process.sections[section.after].name if section.after else None
    if section.minimum:
        where = f"“{before}”" if before else "any section"
        yield f"{section.minimum} answered in {where}"
    elif before:
        yield f"“{before}” is completed"
