"""What a person with these choices would meet, step by step, without a session.

Made of the very steps of sessions. Whoever is simulated answers all that is asked: as told, else with a
stand-in, so that the whole way is seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from orchestrator.core.errors import WrongState
from orchestrator.core.json import Json
from orchestrator.process.domain import steps
from orchestrator.process.domain.asking import node_of, prompts_here, sections_here
from orchestrator.process.domain.journey import OPEN, Journey, Scope
from orchestrator.process.domain.process import Process, Prompt
from orchestrator.process.domain.unlocking import lock_of
from orchestrator.process.domain.vocabulary import Form, ResponseFormat, SectionStatus, SessionStatus

MOST_STOPS: Final = 200
_STAND_IN: Final = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Who is simulated. ``answers`` by ``node.prompt``; ``sections`` None for all that open."""

    scope: Scope | None = None
    profile: Mapping[str, Json] | None = None
    answers: Mapping[str, Json] = field(default_factory=dict)
    sections: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One node on the way: what is asked there, which sections are open, and why the others are not."""

    node: str
    prompts: tuple[Prompt, ...]
    opened: tuple[str, ...] = ()
    locked: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    """Why it does not go on from here; empty where it does."""


def simulate(process: Process, script: Script) -> list[Stop]:
    """The way to the end, or to where it does not go on. Cut at ``MOST_STOPS``."""
    try:
        journey = steps.begin(process)
    except WrongState as error:
        start = process.start.key if process.start else ""
        return [Stop(node=start, prompts=(), refused=error.message)]
    stops: list[Stop] = []
    while journey.status is SessionStatus.ACTIVE and len(stops) < MOST_STOPS:
        before = journey
        journey = _do_what_is_asked(process, journey, script)
        stop = _stop(process, before, journey)
        try:
            journey = steps.advance(process, journey)
        except WrongState as error:
            return [*stops, replace(stop, refused=error.message)]
        stops.append(stop)
    if journey.status is SessionStatus.ACTIVE:
        stops[-1] = replace(stops[-1], refused=f"Cut here: the way is longer than {MOST_STOPS} phases.")
    return stops


def _stop(process: Process, before: Journey, after: Journey) -> Stop:
    prompts = list(prompts_here(process, after))
    opened, locked = [], {}
    for section in sections_here(process, after):
        if after.state(section.key).status in OPEN:
            opened.append(section.key)
            prompts += prompts_here(process, replace(after, section=section.key))
        else:
            locked[section.key] = lock_of(process, after, section) or "Not open yet."
    return Stop(node=before.node_key, prompts=tuple(prompts), opened=tuple(opened), locked=locked)


def _do_what_is_asked(process: Process, journey: Journey, script: Script) -> Journey:
    form = node_of(process, journey).form
    if form is Form.SCOPE and script.scope is not None:
        journey = steps.set_scope(process, journey, script.scope)
    if form is Form.PROFILE and script.profile is not None:
        journey = steps.set_profile(process, journey, script.profile)
    journey = _answer_all(process, journey, script)
    done: set[str] = set()
    while key := _next_section(process, journey, script, done):
        done.add(key)
        journey = _answer_all(process, steps.select_section(process, journey, key), script)
        journey = steps.advance(process, journey) if journey.section else journey
    return journey


def _next_section(process: Process, journey: Journey, script: Script, done: set[str]) -> str | None:
    todo = OPEN - {SectionStatus.COMPLETED}
    for section in sections_here(process, journey):
        wanted = script.sections is None or section.key in script.sections
        if wanted and section.key not in done and journey.state(section.key).status in todo:
            return section.key
    return None


def _answer_all(process: Process, journey: Journey, script: Script) -> Journey:
    for prompt in prompts_here(process, journey):
        value = script.answers.get(prompt.name, _stand_in(prompt))
        if value is not None:
            journey = steps.answer(process, journey, prompt, value)
    return journey


def _stand_in(prompt: Prompt) -> Json:
    """Boxes stay unticked unless they must be ticked: a tick is a choice."""
    match prompt.format:
        case ResponseFormat.CHECKBOX:
            return prompt.required
        case ResponseFormat.MULTI_SELECT:
            return [choice.value for choice in prompt.choices[:1]]
        case ResponseFormat.TEXT | ResponseFormat.VOICE:
            return _STAND_IN


def is_complete(stops: list[Stop]) -> bool:
    return bool(stops) and not stops[-1].refused
