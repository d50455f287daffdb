"""Where a person stands in a process, as a plain value, and what keeps them from a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from orchestrator.core.errors import WrongState
from orchestrator.core.json import Json
from process.domain.process import Process
from process.domain.vocabulary import NodeStatus, SectionStatus, SessionStatus

OPEN: Final = {SectionStatus.UNLOCKED, SectionStatus.IN_PROGRESS, SectionStatus.COMPLETED}


class NotActive(WrongState):
    """The session is paused, completed or abandoned."""

    code = "session_not_active"


class OpenPrompts(WrongState):
    """Something that must be answered before going on is not."""

    code = "prompts_open"


class SectionLocked(WrongState):
    """The section is not open to this person, or not yet."""

    code = "section_locked"


class NotAsked(WrongState):
    """The prompt lies in a phase not reached yet, or is hidden by the person's own choices."""

    code = "not_asked"


class DeadEnd(WrongState):
    """There are ways on from here, and the conditions of none of them hold."""

    code = "dead_end"


@dataclass(frozen=True, slots=True)
class SectionState:
    status: SectionStatus = SectionStatus.LOCKED
    selected: bool = False
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """What the person chose to tell of. ``start`` and ``end`` are ISO dates or None."""

    type: str
    description: str = ""
    start: str | None = None
    end: str | None = None

    @property
    def is_backward(self) -> bool:
        """The end lies before the beginning."""
        return bool(self.start and self.end and self.end < self.start)


@dataclass(frozen=True, slots=True)
class Journey:
    """``path`` holds the nodes visited, ``at`` which of them is shown; after going back there are some ahead.

    ``answered`` are the prompts with an answer, as far as they matter for the next step: those of the
    present node. ``values`` holds the answers that conditions read, by node and prompt.
    """

    status: SessionStatus = SessionStatus.ACTIVE
    path: tuple[str, ...] = ()
    at: int = 0
    section: str | None = None
    scope: Scope | None = None
    profile: Mapping[str, Json] | None = None
    nodes: Mapping[str, NodeStatus] = field(default_factory=dict)
    sections: Mapping[str, SectionState] = field(default_factory=dict)
    answered: frozenset[UUID] = frozenset()
    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)

    @property
    def node_key(self) -> str:
        return self.path[self.at]

    def state(self, section: str) -> SectionState:
        return self.sections.get(section, SectionState())

    def names(self, process: Process) -> dict[str, Json]:
        """What conditions can speak of."""
        scope = self.scope
        profile: dict[str, Json] = dict.fromkeys(process.flags)
        profile.update(self.profile or {})
        sections: dict[str, Json] = {}
        for key in process.sections:
            state = self.state(key)
            sections[key] = {
                "status": state.status.value,
                "selected": state.selected,
                "answered": state.answered,
            }
        return {
            "scope": {
                "type": scope.type if scope else "",
                "description": scope.description if scope else "",
                "start": scope.start if scope else None,
                "end": scope.end if scope else None,
            },
            "profile": profile,
            "sections": sections,
            "answers": {node: dict(answers) for node, answers in self.values.items()},
        }
