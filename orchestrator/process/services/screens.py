"""Keeping what stands on one screen: all of it or nothing, and nothing that is as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import DomainError, WrongState
from orchestrator.core.json import Json
from orchestrator.process.domain.answers import is_blank
from orchestrator.process.models import Answer
from orchestrator.process.queries.sessions import answers_to
from orchestrator.process.services.answering import keep_answer
from orchestrator.process.services.journeys import answer_value, lock_session


@dataclass(frozen=True, slots=True)
class Given:
    """What a page sends for one prompt. ``expect`` is the revision of the answer that it shows."""

    prompt_id: UUID
    value: Json
    private: bool
    expect: int


class ScreenRefused(WrongState):
    """Nothing of the screen was stored; ``errors`` says why by prompt."""

    def __init__(self, errors: Mapping[UUID, DomainError]) -> None:
        super().__init__(next(iter(errors.values())).message)
        self.errors = errors


@transaction.atomic
def save_screen(user: User, session_id: UUID, given: Iterable[Given]) -> list[UUID]:
    """The prompts that were left blank though there is an answer, which stays.

    Raises NotFound for a session of somebody else, and ScreenRefused.
    """
    everything = list(given)
    place = lock_session(user, session_id)
    known = answers_to(place.session, [each.prompt_id for each in everything])
    kept, errors = [], {}
    for each in everything:
        answer = known.get(each.prompt_id)
        if answer and is_blank(each.value):
            kept.append(each.prompt_id)
        if _is_as_it_was(each, answer):
            continue
        try:
            keep_answer(place, each.prompt_id, value=each.value, private=each.private, expect=each.expect)
        except DomainError as error:
            errors[each.prompt_id] = error
    if errors:
        raise ScreenRefused(errors)
    return kept


def _is_as_it_was(given: Given, answer: Answer | None) -> bool:
    if answer is None:
        return is_blank(given.value)
    if given.private != answer.is_private:
        return False
    value = given.value.replace("\r\n", "\n") if isinstance(given.value, str) else given.value
    return is_blank(value) or value == answer_value(answer)
