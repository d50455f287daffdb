"""Keeping what stands on one screen: all of it or nothing, and nothing that is as it was. Then on or back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import DomainError, WrongState
from orchestrator.core.json import Json
from process.domain import steps
from process.domain.answers import is_blank
from process.domain.process import Process
from process.models import Answer
from process.services.answering import keep_answer
from process.services.journeys import (
    MovedOn,
    Place,
    answer_value,
    lock_session,
    store_journey,
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a page sends for one prompt. ``expect`` is the revision of the answer that it shows.

    ``private`` is None where the page does not ask; a tick that was never there is no answer yet.
    """

    prompt_id: UUID
    value: Json
    private: bool | None
    expect: int


class Way(Enum):
    """Where the person goes from a screen: to another one of the same place, or a step on or back."""

    ASIDE = "aside"
    ON = "on"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Saved:
    """``kept`` are prompts that were left blank though there is an answer, which stays.

    ``refused`` says why the person is still where they were, with everything saved.
    """

    kept: Sequence[UUID]
    refused: WrongState | None = None


class ScreenRefused(WrongState):
    """Nothing of the screen was stored; ``errors`` says why by prompt, ``given`` what it was."""

    def __init__(self, given: Sequence[Given], errors: Mapping[UUID, DomainError]) -> None:
        super().__init__(next(iter(errors.values())).message)
        self.given, self.errors = given, errors


@transaction.atomic
def save_screen(
    user: User,
    session_id: UUID,
    read: Callable[[Process], Iterable[Given]],
    *,
    way: Way | None = None,
    revision: int | None = None,
) -> Saved:
    """Keep what ``read`` finds for the session's process, and go where the person wants to.

    Without a ``way`` nobody goes anywhere. Raises NotFound for a session of somebody else, ScreenRefused,
    and what ``read`` raises.
    """
    place = lock_session(user, session_id)
    given = list(read(place.process))
    kept = _keep(place, given)
    moved, refused = False, None
    try:
        moved = _go(place, way, revision)
    except WrongState as error:
        refused = error
    if place.journey is not place.stored:
        store_journey(place, place.journey, moved=moved)
    return Saved(kept, refused)


def _keep(place: Place, given: Sequence[Given]) -> list[UUID]:
    kept, errors = [], {}
    for each in given:
        answer = place.answer_to(each.prompt_id)
        if answer and is_blank(each.value):
            kept.append(each.prompt_id)
        if _is_as_it_was(each, answer):
            continue
        try:
            keep_answer(place, each.prompt_id, value=each.value, private=each.private, expect=each.expect)
        except DomainError as error:
            errors[each.prompt_id] = error
    if errors:
        raise ScreenRefused(given, errors)
    return kept


def _go(place: Place, way: Way | None, revision: int | None) -> bool:
    """Whether the place is another one now. Raises MovedOn, and what the steps raise."""
    if way is None:
        return False
    if revision is not None and revision != place.session.revision:
        raise MovedOn("Your answer is saved. You went on in another tab meanwhile: here is where you are.")
    if way is Way.ASIDE:
        return False
    on = way is Way.ON
    place.journey = steps.advance(place.process, place.journey) if on else steps.back(place.journey)
    return True


def _is_as_it_was(given: Given, answer: Answer | None) -> bool:
    if answer is None:
        return given.value is False or is_blank(given.value)
    if given.private not in (None, answer.is_private):
        return False
    value = given.value.replace("\r\n", "\n") if isinstance(given.value, str) else given.value
    return is_blank(value) or value == answer_value(answer)
