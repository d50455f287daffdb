"""Which sections are open to a person, and why the others are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from process.domain.journey import OPEN, Journey, SectionState
from process.domain.process import Process, Section
from process.domain.vocabulary import SectionStatus


def lock_of(process: Process, journey: Journey, section: Section) -> str | None:
    """Why a section is closed, in words for the person; None if nothing keeps it closed."""
    excluded = _excluded(process, journey, section)
    if excluded is not None or section.after is None:
        if excluded is None and section.minimum > _answered_anywhere(journey):
            return f"Opens after {_questions(section.minimum)} answered in any section."
        return excluded
    before, state = process.sections[section.after], journey.state(section.after)
    if section.minimum:
        if state.answered < section.minimum:
            return f"Opens after {_questions(section.minimum)} answered in “{before.name}”."
    elif state.status is not SectionStatus.COMPLETED:
        return f"Opens when “{before.name}” is completed."
    return None


def is_excluded(process: Process, journey: Journey, section: Section) -> bool:
    """The scope or profile rules it out, so no number of answers will open it."""
    return _excluded(process, journey, section) is not None


def unlock(process: Process, journey: Journey) -> Journey:
    """Open what may be opened, close what scope or profile now rule out. Answers never close a section."""
    while True:
        changed = _changed(process, journey)
        if not changed:
            return journey
        sections = {**journey.sections, **changed}
        here = journey.section
        if here is not None and sections[here].status is SectionStatus.LOCKED:
            here = None
        journey = replace(journey, sections=sections, section=here)


def _changed(process: Process, journey: Journey) -> dict[str, SectionState]:
    """The sections whose status is another now. One that opens may open others, so it is asked again."""
    changed = {}
    for section in process.sections.values():
        state = journey.state(section.key)
        status = _status(process, journey, section, state)
        if status is not state.status or section.key not in journey.sections:
            changed[section.key] = replace(state, status=status)
    return changed


def _status(process: Process, journey: Journey, section: Section, state: SectionState) -> SectionStatus:
    if state.status in OPEN:
        closes = is_excluded(process, journey, section)
        return SectionStatus.LOCKED if closes else state.status
    if lock_of(process, journey, section) is not None:
        return SectionStatus.LOCKED
    return SectionStatus.IN_PROGRESS if state.answered or state.selected else SectionStatus.UNLOCKED


def _excluded(process: Process, journey: Journey, section: Section) -> str | None:
    if section.scope is not None and (journey.scope is None or journey.scope.type != section.scope):
        return f"For those who tell about {_SCOPES[section.scope]}."
    profile = journey.profile or {}
    if any(profile.get(flag) != wanted for flag, wanted in section.flags.items()):
        return "Not part of the life you described."
    return None


_SCOPES: Final = {
    "whole_life": "a whole life",
    "major_chapter": "a chapter of life",
    "single_event": "a single event",
    "unsure": "something they are not sure of yet",
}


def _answered_anywhere(journey: Journey) -> int:
    return sum(state.answered for state in journey.sections.values())


def _questions(number: int) -> str:
    return "one question is" if number == 1 else f"{number} questions are"
