"""Every step that a person can make in a process: the one set of rules.

A session's services and the simulator in the admin call these functions, so they cannot disagree. Each
gives a new journey or raises, and then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.core.errors import WrongState
from orchestrator.core.json import Json
from process.domain.asking import is_asked, missing_here, node_of, prompts_here, sections_here
from process.domain.journey import (
    OPEN,
    DeadEnd,
    Journey,
    NotActive,
    NotAsked,
    OpenPrompts,
    Scope,
    SectionLocked,
)
from process.domain.process import Process, Prompt
from process.domain.unlocking import is_excluded, lock_of, unlock
from process.domain.vocabulary import Form, NodeStatus, SectionStatus, SessionStatus


def begin(process: Process) -> Journey:
    """At the first node. Raises DeadEnd for a process without nodes."""
    if process.start is None:
        raise DeadEnd("This process has no phases yet.")
    journey = Journey(profile=None)
    journey = _enter(replace(journey, path=(process.start.key,)), process.start.key)
    return _pass_empty(process, unlock(process, journey))


def set_scope(process: Process, journey: Journey, scope: Scope) -> Journey:
    require_active(journey)
    return unlock(process, replace(journey, scope=scope))


def set_profile(process: Process, journey: Journey, profile: Mapping[str, Json]) -> Journey:
    require_active(journey)
    return unlock(process, replace(journey, profile=dict(profile)))


def answer(process: Process, journey: Journey, prompt: Prompt, value: Json) -> Journey:
    """An answer was given or changed. Raises SectionLocked and NotAsked."""
    require_active(journey)
    lanes = process.sections_of.get(prompt.id, ())
    if lanes and not any(journey.state(key).status in OPEN for key in lanes):
        raise SectionLocked(f"“{process.sections[lanes[0]].name}” is not open yet.")
    if not is_asked(process, journey, prompt):
        raise NotAsked("This is not asked of you, or not yet.")
    first = prompt.id not in journey.answered
    values = dict(journey.values)
    values[prompt.node] = {**values.get(prompt.node, {}), prompt.key: value}
    journey = replace(journey, values=values)
    if not first:
        return unlock(process, journey)
    sections = dict(journey.sections)
    for key in lanes:
        state = journey.state(key)
        status = SectionStatus.IN_PROGRESS if state.status is SectionStatus.UNLOCKED else state.status
        sections[key] = replace(state, answered=state.answered + 1, status=status)
    journey = replace(journey, answered=journey.answered | {prompt.id}, sections=sections)
    return unlock(process, journey)


def withdraw(process: Process, journey: Journey, prompt: Prompt) -> Journey:
    """An answer was taken back, asked for still or not. No section that is open closes for it."""
    require_active(journey)
    values = {node: dict(answers) for node, answers in journey.values.items()}
    values.get(prompt.node, {}).pop(prompt.key, None)
    sections = dict(journey.sections)
    for key in process.sections_of.get(prompt.id, ()):
        state = journey.state(key)
        sections[key] = replace(state, answered=max(state.answered - 1, 0))
    answered = journey.answered - {prompt.id}
    return unlock(process, replace(journey, values=values, answered=answered, sections=sections))


def select_section(process: Process, journey: Journey, key: str) -> Journey:
    """Work on a section of the present node. Raises SectionLocked."""
    require_active(journey)
    node = node_of(process, journey)
    if key not in node.sections:
        raise SectionLocked("This section is not worked on in the present phase.")
    lock = lock_of(process, journey, process.sections[key])
    state = journey.state(key)
    if state.status not in OPEN:
        raise SectionLocked(lock or f"“{process.sections[key].name}” is not open yet.")
    status = SectionStatus.IN_PROGRESS if state.status is SectionStatus.UNLOCKED else state.status
    sections = {**journey.sections, key: replace(state, selected=True, status=status)}
    return unlock(process, replace(journey, section=key, sections=sections))


def leave_section(journey: Journey) -> Journey:
    """Back to the map of sections; what was answered stays."""
    require_active(journey)
    return replace(journey, section=None)


def advance(process: Process, journey: Journey) -> Journey:
    """Finish what is worked on: a section leads back to the map, a node on to the next one, or to the end.

    Raises OpenPrompts, DeadEnd.
    """
    require_active(journey)
    if journey.section is not None:
        return _finish_section(process, journey, journey.section)
    node = node_of(process, journey)
    missing = missing_here(process, journey)
    if missing and node.requires_completion:
        raise OpenPrompts(missing[0], open=list(missing))
    return _go_on(process, _mark(journey, NodeStatus.COMPLETED))


def skip(process: Process, journey: Journey) -> Journey:
    """Leave out a node that may be left out. Raises WrongState for one that may not, DeadEnd."""
    require_active(journey)
    node = node_of(process, journey)
    if not node.optional:
        raise WrongState(f"“{node.name}” cannot be skipped.")
    return _go_on(process, _mark(replace(journey, section=None), NodeStatus.SKIPPED))


def back(journey: Journey) -> Journey:
    """From a section to the map, or to the node before. Nothing that was answered changes."""
    require_active(journey)
    if journey.section is not None:
        return replace(journey, section=None)
    if journey.at == 0:
        raise WrongState("This is the beginning.")
    return replace(journey, at=journey.at - 1)


def _finish_section(process: Process, journey: Journey, key: str) -> Journey:
    missing = missing_here(process, journey)
    if missing:
        raise OpenPrompts(missing[0], open=list(missing))
    done = replace(journey.state(key), status=SectionStatus.COMPLETED)
    return unlock(process, replace(journey, section=None, sections={**journey.sections, key: done}))


def _go_on(process: Process, journey: Journey) -> Journey:
    following = _following(process, journey)
    if following is None:
        return replace(journey, status=SessionStatus.COMPLETED)
    ahead = journey.path[journey.at + 1 : journey.at + 2]
    path = journey.path if ahead == (following,) else (*journey.path[: journey.at + 1], following)
    return _pass_empty(process, _enter(replace(journey, path=path, at=journey.at + 1), following))


def _pass_empty(process: Process, journey: Journey) -> Journey:
    """Go past nodes in which there is nothing to read, to choose or to answer for this person."""
    passed: set[str] = set()
    while journey.status is SessionStatus.ACTIVE and _is_empty(process, journey):
        if journey.node_key in passed:
            raise DeadEnd("From here the process only goes in a circle in which nothing is asked.")
        passed.add(journey.node_key)
        following = _following(process, journey)
        journey = _mark(journey, NodeStatus.SKIPPED)
        if following is None:
            return replace(journey, status=SessionStatus.COMPLETED)
        journey = _enter(replace(journey, path=(*journey.path[: journey.at], following)), following)
    return journey


def _is_empty(process: Process, journey: Journey) -> bool:
    node = node_of(process, journey)
    if node.text or node.form is not Form.NONE or prompts_here(process, journey):
        return False
    return not any(not is_excluded(process, journey, each) for each in sections_here(process, journey))


def _following(process: Process, journey: Journey) -> str | None:
    """The node that the first edge whose condition holds leads to; None where no edge leaves: the end."""
    node = node_of(process, journey)
    if not node.edges:
        return None
    names = journey.names(process)
    for edge in node.edges:
        if edge.condition.holds(names):
            return edge.target
    raise DeadEnd(f"No way leads on from “{node.name}” for what you chose and answered.")


def _enter(journey: Journey, key: str) -> Journey:
    known = journey.nodes.get(key, NodeStatus.PENDING)
    status = NodeStatus.IN_PROGRESS if known is NodeStatus.PENDING else known
    return replace(journey, nodes={**journey.nodes, key: status}, section=None)


def _mark(journey: Journey, status: NodeStatus) -> Journey:
    return replace(journey, nodes={**journey.nodes, journey.node_key: status})


def require_active(journey: Journey) -> None:
    """Raises NotActive."""
    if journey.status is not SessionStatus.ACTIVE:
        raise NotActive(f"This session is {journey.status.value}.")
