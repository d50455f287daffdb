"""People who walk through a process as they like: each step is one that somebody could make there."""

from __future__ import annotations

import random
from typing import Final

from orchestrator.accounts.models import User
from orchestrator.core.json import Json
from process.domain.asking import node_of, prompts_here, sections_here
from process.domain.journey import OPEN
from process.domain.process import Prompt
from process.domain.vocabulary import (
    FLAGS,
    PREFERENCES,
    Form,
    ResponseFormat,
    ScopeType,
    SectionStatus,
    SessionStatus,
)
from process.models import Session
from process.queries.sessions import session_of
from process.services import answering, sessions
from process.services.journeys import Place, place_of

_MOST_STEPS: Final = 400


def walk(user: User, session: Session, dice: random.Random, *, steps: int = _MOST_STEPS) -> Place:
    """So many steps, or to the end."""
    for _ in range(steps):
        if not _step(user, place_of(session_of(user, session.pk)), dice):
            break
    return place_of(session_of(user, session.pk))


def _step(user: User, place: Place, dice: random.Random) -> bool:
    """The next thing to do: a form, a question, a section, or on."""
    process, journey, pk = place.process, place.journey, place.session.pk
    if journey.status is not SessionStatus.ACTIVE:
        return False
    form = node_of(process, journey).form if journey.section is None else Form.NONE
    asked = prompts_here(process, journey)
    unanswered = [each for each in asked if each.id not in journey.answered]
    deciding = [each for each in asked if each.id in process.read_answers]
    todo = [each.key for each in sections_here(process, journey) if _is_to_do(place, each.key)]
    if form is Form.SCOPE and journey.scope is None:
        answering.set_scope(user, pk, scope_type=dice.choice(list(ScopeType)).value)
    elif form is Form.PROFILE and journey.profile is None:
        flags: dict[str, Json] = {name: dice.random() < 0.5 for name in (*FLAGS, *PREFERENCES)}
        answering.set_profile(user, pk, flags=flags)
    elif unanswered:
        answering.save_answer(user, pk, prompt_id=unanswered[0].id, value=_value(unanswered[0], dice))
    elif deciding and dice.random() < 0.5:  # who is led round again may decide otherwise
        answering.save_answer(user, pk, prompt_id=deciding[0].id, value=_value(deciding[0], dice))
    elif todo and journey.section is None and dice.random() < 0.6:
        sessions.select_section(user, pk, dice.choice(todo))
    elif todo and journey.section is None and _none_begun(place):
        sessions.select_section(user, pk, todo[0])
    else:
        sessions.advance(user, pk)
    return True


def _is_to_do(place: Place, key: str) -> bool:
    return place.journey.state(key).status in OPEN - {SectionStatus.COMPLETED}


def _none_begun(place: Place) -> bool:
    return not any(state.answered for state in place.journey.sections.values())


def _value(prompt: Prompt, dice: random.Random) -> Json:
    match prompt.format:
        case ResponseFormat.CHECKBOX:
            return prompt.required or dice.random() < 0.5
        case ResponseFormat.MULTI_SELECT:
            return [dice.choice(prompt.choices).value]
        case ResponseFormat.TEXT | ResponseFormat.VOICE:
            return f"Something, number {dice.randrange(1000)}."[: prompt.max_length]
