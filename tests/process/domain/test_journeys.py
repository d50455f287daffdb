"""What holds of every journey through every process."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.errors import WrongState
from orchestrator.core.json import Json
from process.domain import steps
from process.domain.asking import missing_here, node_of, prompts_here, sections_here
from process.domain.journey import OPEN, DeadEnd, Journey, Scope
from process.domain.process import Process, Prompt, Section
from process.domain.vocabulary import Form, ResponseFormat, SectionStatus, SessionStatus
from tests.process.making import position, processes, profiles, scopes

_VALUES: dict[ResponseFormat, Json] = {
    ResponseFormat.TEXT: "Some words.",
    ResponseFormat.VOICE: "Spoken words.",
    ResponseFormat.CHECKBOX: True,
    ResponseFormat.MULTI_SELECT: ["a"],
}


def _walk(process: Process, journey: Journey, draw: st.DataObject, most: int = 30) -> list[Journey]:
    """Random steps, each as a person could make it, and all journeys on the way."""
    seen = [journey]
    for _ in range(draw.draw(st.integers(0, most))):
        with suppress(WrongState):
            journey = _step(process, journey, draw)
            seen.append(journey)
        if journey.status is not SessionStatus.ACTIVE:
            break
    return seen


def _step(process: Process, journey: Journey, draw: st.DataObject) -> Journey:
    asked, sections = prompts_here(process, journey), sections_here(process, journey)
    match draw.draw(st.sampled_from(["scope", "profile", "answer", "select", "advance", "back", "skip"])):
        case "scope":
            return steps.set_scope(process, journey, draw.draw(scopes))
        case "profile":
            return steps.set_profile(process, journey, draw.draw(profiles))
        case "answer" if asked:
            prompt = draw.draw(st.sampled_from(asked))
            return _answer(process, journey, prompt)
        case "select" if sections:
            return steps.select_section(process, journey, draw.draw(st.sampled_from(sections)).key)
        case "back":
            return steps.back(journey)
        case "skip":
            return steps.skip(process, journey)
        case _:
            return steps.advance(process, journey)


def _answer(process: Process, journey: Journey, prompt: Prompt) -> Journey:
    return steps.answer(process, journey, prompt, _VALUES[prompt.format])


def _begun(process: Process) -> Journey | None:
    try:
        return steps.begin(process)
    except DeadEnd:
        return None


@given(processes(), st.data())
def test_a_step_forward_ends_or_leads_to_something_to_read_or_to_do(
    process: Process, data: st.DataObject
) -> None:
    begun = _begun(process)
    if begun is None or begun.status is SessionStatus.COMPLETED:
        return
    journey = _walk(process, begun, data)[-1]
    for step in (steps.advance, steps.skip):
        with suppress(WrongState):
            after = step(process, journey)
            assert after.status is SessionStatus.COMPLETED or _shows_something(process, after)


def _shows_something(process: Process, journey: Journey) -> bool:
    node = node_of(process, journey)
    return bool(node.text or node.form or prompts_here(process, journey) or sections_here(process, journey))


@given(processes(), scopes, profiles)
def test_whoever_does_all_that_is_asked_can_go_on(
    process: Process, scope: Scope, profile: dict[str, Json]
) -> None:
    journey = _begun(process)
    for _ in range(50):
        if journey is None or journey.status is SessionStatus.COMPLETED:
            return
        journey = _do_all(process, journey, scope, profile)
        assert missing_here(process, journey) == []
        try:
            journey = steps.advance(process, journey)
        except DeadEnd:
            return


def _do_all(process: Process, journey: Journey, scope: Scope, profile: dict[str, Json]) -> Journey:
    form = node_of(process, journey).form
    if form is Form.SCOPE:
        journey = steps.set_scope(process, journey, scope)
    if form is Form.PROFILE:
        journey = steps.set_profile(process, journey, profile)
    journey = _answer_all(process, journey)
    while section := _open_section(process, journey):
        journey = steps.select_section(process, journey, section.key)
        journey = steps.advance(process, _answer_all(process, journey))
    return journey


def _answer_all(process: Process, journey: Journey) -> Journey:
    for prompt in prompts_here(process, journey):
        journey = _answer(process, journey, prompt)
    return journey


def _open_section(process: Process, journey: Journey) -> Section | None:
    todo = OPEN - {SectionStatus.COMPLETED}
    sections = sections_here(process, journey)
    return next((each for each in sections if journey.state(each.key).status in todo), None)


@given(processes(), st.data())
def test_sections_stay_open_unless_scope_or_profile_change(process: Process, data: st.DataObject) -> None:
    begun = _begun(process)
    seen = _walk(process, begun, data) if begun else []
    for before, after in pairwise(seen):
        if (before.scope, before.profile) != (after.scope, after.profile):
            continue
        for key, state in before.sections.items():
            assert state.status not in OPEN or after.state(key).status in OPEN
            assert after.state(key).answered >= state.answered


@given(processes(), st.data())
def test_going_back_and_forward_again_changes_nothing(process: Process, data: st.DataObject) -> None:
    begun = _begun(process)
    if begun is None:
        return
    journey = _walk(process, begun, data)[-1]
    try:
        forward = steps.advance(process, journey)
        there = steps.back(forward)
    except WrongState:
        return
    if journey.section is not None:
        return  # the step forward finished a section, and the step back left the node
    again = steps.advance(process, there)
    assert (position(again), again.sections, again.nodes) == (
        position(forward),
        forward.sections,
        forward.nodes,
    )


@given(processes(), st.data())
def test_a_refused_step_leaves_no_trace(process: Process, data: st.DataObject) -> None:
    begun = _begun(process)
    if begun is None:
        return
    journey = _walk(process, begun, data)[-1]
    copy = (journey.path, dict(journey.nodes), dict(journey.sections), journey.answered)
    for step in (steps.advance, steps.skip):
        with suppress(WrongState):
            step(process, journey)
    assert copy == (journey.path, dict(journey.nodes), dict(journey.sections), journey.answered)
