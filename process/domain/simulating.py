"""What a person with these choices would meet, screen by screen, without a session.

Made of the very steps of sessions, so the two cannot disagree. Whoever is simulated answers what is asked: as
told, else with a stand-in, so that the whole way is seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import Json
from process.domain import steps
from process.domain.answers import check_answer
from process.domain.asking import is_asked, node_of, prompts_here, sections_here
from process.domain.frames import Asked, Frame, Kind, hidden_here, lanes_here, ways_from
from process.domain.journey import OPEN, DeadEnd, Journey, Scope
from process.domain.process import Node, Process, Prompt
from process.domain.vocabulary import Form, ResponseFormat, SectionStatus, SessionStatus

MOST_FRAMES: Final = 3_000
_STAND_IN: Final = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Who is simulated. ``answers`` by ``node.prompt``; ``sections`` None for all that open."""

    scope: Scope | None = None
    profile: Mapping[str, Json] | None = None
    answers: Mapping[str, Json] = field(default_factory=dict)
    sections: Collection[str] | None = None
    skipped: Collection[str] = ()
    """Phases that are left out, where that is allowed."""
    fills: bool = True
    """What is not answered gets a stand-in; otherwise it stays blank."""


@dataclass(frozen=True, slots=True)
class Run:
    """The way to the end, or to where it does not go on, and then why."""

    frames: tuple[Frame, ...]
    refused: str = ""

    @property
    def is_complete(self) -> bool:
        return not self.refused

    @property
    def path(self) -> list[str]:
        """The phases that are met, in order."""
        return [frame.node.key for frame in self.frames if frame.kind is Kind.PHASE]


def simulate(process: Process, script: Script) -> Run:
    """Cut at ``MOST_FRAMES``, and where nothing changes any more on a way round."""
    try:
        journey = steps.begin(process)
    except WrongState as error:
        return Run((), error.message)
    start = process.start
    assert start is not None, "it was begun"
    frames = list(_passed(process, journey, start.key, journey))
    been: dict[str, Journey] = {}
    answered: set[UUID] = set()
    while journey.status is SessionStatus.ACTIVE:
        here = replace(journey, path=(), at=0)
        if been.get(journey.node_key) == here:
            return _stopped(frames, "Cut here: with these answers it goes round in a circle for ever.")
        if len(frames) >= MOST_FRAMES:
            return _stopped(frames, f"Cut here: the way is longer than {MOST_FRAMES:,} screens.")
        been[journey.node_key] = here
        met, journey = _meet(process, _arriving(process, journey, answered), script)
        answered |= journey.answered
        journey = _leaving(process, journey)
        frames += met
        if frames[-1].refused:
            return Run(tuple(frames), frames[-1].refused)
        node = frames[-1].node
        frames[-1] = replace(frames[-1], leaves=True, ways=ways_from(process, journey, node))
        following = frames[-1].taken
        target = following.edge.target if following else None
        try:
            after = steps.skip(process, journey) if frames[-1].skipped else steps.advance(process, journey)
        except WrongState as error:
            if isinstance(error, DeadEnd):
                frames += _passed(process, journey, target, None)
            return _stopped(frames, error.message)
        frames += _passed(process, journey, target, after)
        journey = after
    return Run(tuple(frames))


def _arriving(process: Process, journey: Journey, answered: set[UUID]) -> Journey:
    """With the answers to what the present node asks, as sessions load them: all would cost too much."""
    node = node_of(process, journey)
    sections = [process.sections[key].prompts for key in node.sections]
    here = {prompt.id for prompts in (node.prompts, *sections) for prompt in prompts}
    return replace(journey, answered=frozenset(here & answered))


def _leaving(process: Process, journey: Journey) -> Journey:
    """Without answers that no condition reads."""
    node = journey.node_key
    known = map(process.prompts.__getitem__, process.read_answers)
    read = {prompt.key for prompt in known if prompt.node == node}
    said = {key: value for key, value in journey.values.get(node, {}).items() if key in read}
    others = {key: values for key, values in journey.values.items() if key != node}
    return replace(journey, values=others | ({node: said} if said else {}))


def _stopped(frames: list[Frame], reason: str) -> Run:
    last = replace(frames[-1], refused=reason)
    return Run((*frames[:-1], last), reason)


def _passed(process: Process, journey: Journey, key: str | None, after: Journey | None) -> Iterator[Frame]:
    """The nodes from ``key`` on that are gone past unseen, up to where one stands afterwards.

    ``after`` is None where it came to nothing: then all that led there.
    """
    seen: set[str] = set()
    while key is not None and key not in seen:
        if after is not None and after.status is SessionStatus.ACTIVE and after.node_key == key:
            return
        seen.add(key)
        node = process.nodes[key]
        frame = Frame(kind=Kind.PASSED, node=node, leaves=True, ways=ways_from(process, journey, node))
        yield frame
        key = frame.taken.edge.target if frame.taken else None


def _meet(process: Process, journey: Journey, script: Script) -> tuple[list[Frame], Journey]:
    """The screens of one phase, and where one stands when all is done in it that the script does."""
    node = node_of(process, journey)
    before = _open(journey, node)
    if node.key in script.skipped:
        return [_frame(process, journey, Kind.PHASE, (), before, skipped=True)], journey
    if node.form is Form.SCOPE and script.scope is not None:
        journey = steps.set_scope(process, journey, script.scope)
    if node.form is Form.PROFILE and script.profile is not None:
        journey = steps.set_profile(process, journey, script.profile)
    journey, asked = _answer_all(process, journey, script)
    frames = [_frame(process, journey, Kind.PHASE, asked, before)]
    if node.form is Form.SCOPE and script.scope is not None and script.scope.is_backward:
        return [replace(frames[0], refused="The end lies before the beginning.")], journey
    known = _open(journey, node)
    done: set[str] = set()
    while not frames[-1].refused and (key := _next_section(process, journey, script, done)):
        done.add(key)
        journey, asked = _answer_all(process, steps.select_section(process, journey, key), script)
        frame = _frame(process, journey, Kind.SECTION, asked, known)
        try:
            journey = steps.advance(process, journey) if journey.section else journey
        except WrongState as error:
            frame = replace(frame, refused=error.message)
        frames.append(replace(frame, lanes=lanes_here(process, journey, known)))
        known = _open(journey, node)
    if done and not frames[-1].refused:
        frames.append(_frame(process, journey, Kind.MAP, (), known))
    return frames, journey


def _open(journey: Journey, node: Node) -> frozenset[str]:
    return frozenset(key for key in node.sections if journey.state(key).status in OPEN)


def _frame(
    process: Process,
    journey: Journey,
    kind: Kind,
    asked: tuple[Asked, ...],
    known: frozenset[str],
    *,
    skipped: bool = False,
) -> Frame:
    return Frame(
        kind=kind,
        node=node_of(process, journey),
        section=process.sections[journey.section] if journey.section else None,
        asked=asked,
        hidden=() if kind is Kind.MAP or skipped else hidden_here(process, journey),
        lanes=lanes_here(process, journey, known),
        skipped=skipped,
        refused=next((f"{each.prompt.text}: {each.complaint}" for each in asked if each.complaint), ""),
    )


def _next_section(process: Process, journey: Journey, script: Script, done: set[str]) -> str | None:
    todo = OPEN - {SectionStatus.COMPLETED}
    for section in sections_here(process, journey):
        wanted = script.sections is None or section.key in script.sections
        if wanted and section.key not in done and journey.state(section.key).status in todo:
            return section.key
    return None


def _answer_all(process: Process, journey: Journey, script: Script) -> tuple[Journey, tuple[Asked, ...]]:
    """Answers may show more prompts and hide others, so what is asked is looked at until nothing is new."""
    said: dict[object, Asked] = {}
    while new := [prompt for prompt in prompts_here(process, journey) if prompt.id not in said]:
        for prompt in new:
            asked = said[prompt.id] = _said(prompt, script)
            if asked.value is not None and is_asked(process, journey, prompt):
                journey = steps.answer(process, journey, prompt, asked.value)
    return journey, tuple(said[prompt.id] for prompt in prompts_here(process, journey))


def _said(prompt: Prompt, script: Script) -> Asked:
    try:
        value = check_answer(prompt, script.answers.get(prompt.name))
    except InvalidInput as error:
        return Asked(prompt, None, given=True, complaint=error.message)
    if value is not None:
        return Asked(prompt, value, given=True)
    return Asked(prompt, _stand_in(prompt) if script.fills else None)


def _stand_in(prompt: Prompt) -> Json:
    """Boxes stay unticked unless they must be ticked: a tick is a choice."""
    match prompt.format:
        case ResponseFormat.CHECKBOX:
            return prompt.required
        case ResponseFormat.MULTI_SELECT:
            return [choice.value for choice in prompt.choices[:1]] or None
        case ResponseFormat.TEXT | ResponseFormat.VOICE:
            return _STAND_IN
