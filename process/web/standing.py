"""Where a person stands, as the page of a session shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from orchestrator.core.errors import DomainError
from process.domain.asking import prompts_here, sections_here
from process.domain.journey import OPEN, Journey, SectionState
from process.domain.patterns import pattern_node, writing_node
from process.domain.process import Node, Process, Prompt, Section
from process.domain.screens import first_open, screen_with, screens_of
from process.domain.unlocking import lock_of
from process.domain.vocabulary import PASSED, Form
from process.services.journeys import Place
from process.services.screens import Given
from process.web.forms import ProfileForm, ScopeForm
from process.web.questions import questions_of

FORM = "form"
"""What ``?at=`` says for the screen with the phase's form."""
_MOST_PHASES = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A section on the map."""

    section: Section
    state: SectionState
    is_open: bool
    lock: str
    total: int


@dataclass(frozen=True, slots=True)
class Phase:
    name: str
    is_here: bool
    is_done: bool


def cards_of(process: Process, journey: Journey) -> list[Card]:
    """In the order of the process; those that are closed say why."""
    return [_card(process, journey, section) for section in sections_here(process, journey)]


def _card(process: Process, journey: Journey, section: Section) -> Card:
    state = journey.state(section.key)
    is_open = state.status in OPEN
    lock = "" if is_open else lock_of(process, journey, section) or "Not open yet."
    return Card(section, state, is_open, lock, len(section.prompts))


def phases_of(process: Process, journey: Journey) -> list[Phase]:
    return [
        Phase(node.name, node.key == journey.node_key, journey.nodes.get(node.key) in PASSED)
        for node in process.nodes.values()
    ]


def form_of(place: Place, form: Form) -> ScopeForm | ProfileForm:
    """The form of a phase with what was chosen before."""
    if form is Form.SCOPE:
        return ScopeForm.of(place.journey.scope)
    return ProfileForm.of(place.journey.profile, place.session.process_version.profile_flags)


def standing_of(
    place: Place,
    *,
    at: str = "",
    shown: Sequence[Prompt] = (),
    typed: Mapping[UUID, Given] | None = None,
    errors: Mapping[UUID, DomainError] | None = None,
) -> dict[str, Any]:
    """What the page needs. ``shown`` are the prompts of a screen that was refused: it is shown again."""
    process, journey = place.process, place.journey
    node = process.nodes[journey.node_key]
    section = process.sections[journey.section] if journey.section else None
    screens = screens_of(prompts_here(process, journey))
    number = _screen(place, node, screens, at)
    if shown:
        number = screen_with(screens, shown[0].id)
    prompts = list(shown) or (screens[number] if number is not None and screens else [])
    answers = {prompt.id: answer for prompt in prompts if (answer := place.answer_to(prompt.id))}
    on_form = number is None and not shown
    before = _before(node, section, screens, number)
    return {
        "session": place.session,
        "process": process,
        "node": node,
        "section": section,
        "phase_form": form_of(place, node.form) if on_form else None,
        "form_kind": node.form.value,
        "cards": cards_of(process, journey) if section is None else [],
        "questions": questions_of(place.session.user_id, prompts, answers, typed, errors),
        "number": (number or 0) + 1,
        "screens": len(screens),
        "following": _after(screens, number),
        "before": before,
        "may_go_back": section is not None or journey.at > 0,
        "gives": gives_at(process, node),
        "first": number in (None, 0) or on_form,
        **_way(process, journey),
    }


def gives_at(process: Process, node: Node) -> str:
    """What a phase gives back: chapters, patterns, or nothing."""
    if node is pattern_node(process):
        return "patterns"
    return "chapters" if node is writing_node(process) else ""


def _way(process: Process, journey: Journey) -> dict[str, Any]:
    total = len(process.nodes)
    return {
        "phases": phases_of(process, journey) if total <= _MOST_PHASES else [],
        "phase_number": list(process.nodes).index(journey.node_key) + 1,
        "phase_total": total,
    }


def _screen(place: Place, node: Node, screens: list[list[Prompt]], at: str) -> int | None:
    """The number of the screen, None for that of the form."""
    journey = place.journey
    has_form = node.form is not Form.NONE and journey.section is None
    known = journey.scope if node.form is Form.SCOPE else journey.profile
    if has_form and (at == FORM or not screens or (known is None and not at)):
        return None
    wanted = next(
        (prompt.id for screen in screens for prompt in screen if str(prompt.id) == at),
        None,
    )
    found = screen_with(screens, wanted) if wanted else None
    return found if found is not None else first_open(screens, journey.answered)


def _before(node: Node, section: Section | None, screens: list[list[Prompt]], number: int | None) -> str:
    """What ``?at=`` says for the screen before, empty on the first one."""
    if number:
        return str(screens[number - 1][0].id)
    if number == 0 and node.form is not Form.NONE and section is None:
        return FORM
    return ""


def _after(screens: list[list[Prompt]], number: int | None) -> str:
    """What ``?at=`` says for the screen after, empty on the last one."""
    return str(screens[number + 1][0].id) if number is not None and number + 1 < len(screens) else ""
