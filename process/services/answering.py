"""Keeping what a person says: answers, what they choose to tell of, and what their life is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.json import Json
from process.domain import steps
from process.domain.answers import check_answer
from process.domain.journey import Scope
from process.domain.process import Process, Prompt
from process.domain.vocabulary import FLAGS, PREFERENCES, ScopeType, Tier
from process.models import Answer, Session, SessionProfile, SessionScope
from process.services.journeys import (
    Place,
    answer_value,
    lock_session,
    profile_values,
    store_journey,
)

_NEVER_NULL = frozenset(PREFERENCES)


class AnswerChanged(WrongState):
    """Another tab or device changed the answer meanwhile; ``value`` and ``revision`` say to what."""

    code = "answer_changed"


@transaction.atomic
def save_answer(
    user: User,
    session_id: UUID,
    *,
    prompt_id: UUID,
    value: Json,
    private: bool | None = None,
    expect: int | None = None,
) -> Answer | None:
    """Keep an answer, in whatever order they come. A blank leaves what is there as it is.

    ``expect`` is the revision of the answer that the writer has seen, 0 for none; another one raises
    AnswerChanged. Raises NotFound, InvalidInput, NotActive, NotAsked and SectionLocked.
    """
    place = lock_session(user, session_id)
    answer = keep_answer(place, prompt_id, value=value, private=private, expect=expect)
    if place.journey is not place.stored:
        store_journey(place, place.journey, moved=False)
    return answer


def keep_answer(
    place: Place, prompt_id: UUID, *, value: Json, private: bool | None, expect: int | None
) -> Answer | None:
    """``save_answer`` for a session that is locked already; the caller stores where the place is then."""
    prompt = place.process.prompts.get(prompt_id)
    if prompt is None:
        raise NotFound("This process has no such prompt.")
    cleaned = check_answer(prompt, value)
    known = place.answer_to(prompt_id)
    if known and prompt.id not in place.journey.answered:
        place.journey = replace(place.journey, answered=place.journey.answered | {prompt.id})
    if cleaned is None and (known is None or private is None):
        return known
    if expect is not None and expect != (known.revision if known else 0):
        raise AnswerChanged(
            "This answer was changed in another tab or on another device. Both are kept: choose one.",
            value=answer_value(known) if known else None,
            revision=known.revision if known else 0,
        )
    said = answer_value(known) if cleaned is None and known else cleaned
    place.journey = steps.answer(place.process, place.journey, prompt, said)
    return _write(place.session, prompt, known, said, private)


def _write(
    session: Session, prompt: Prompt, known: Answer | None, value: Json, private: bool | None
) -> Answer:
    answer = known or Answer(session=session, prompt_id=prompt.id, revision=0)
    answer.is_private = answer.is_private if private is None else private
    answer.tier = Tier.PRIVATE if answer.is_private else prompt.tier
    answer.content = json.dumps(value).decode()
    answer.revision = max(answer.revision, session.withdrawn_revision) + 1
    answer.updated_at = utc_now()
    answer.save()
    return answer


@transaction.atomic
def withdraw_answer(user: User, session_id: UUID, *, prompt_id: UUID, expect: int | None = None) -> None:
    """Take an answer back, with its recording and its follow-up: the one way to empty an answer.

    Also where it is no longer asked for. Does nothing where there is none. Raises NotFound, AnswerChanged and
    NotActive.
    """
    place = lock_session(user, session_id)
    prompt = place.process.prompts.get(prompt_id)
    if prompt is None:
        raise NotFound("This process has no such prompt.")
    known = place.answer_to(prompt_id)
    if known is None:
        return
    if expect is not None and expect != known.revision:
        raise AnswerChanged(
            "This answer was changed in another tab or on another device, so it was not removed. "
            "Look at it first.",
            value=answer_value(known),
            revision=known.revision,
        )
    take_back(place, prompt, known)


def take_back(place: Place, prompt: Prompt, known: Answer) -> None:
    """``withdraw_answer`` for a session that is locked already. The place moves on with it."""
    place.journey = replace(place.journey, answered=place.journey.answered | {prompt.id})
    journey = steps.withdraw(place.process, place.journey, prompt)
    session = place.session
    if known.revision > session.withdrawn_revision:
        session.withdrawn_revision = known.revision
        session.save(update_fields=["withdrawn_revision"])
    known.delete()
    store_journey(place, journey, moved=False)


@transaction.atomic
def set_scope(
    user: User,
    session_id: UUID,
    *,
    scope_type: str,
    description: str = "",
    start: date | None = None,
    end: date | None = None,
    revision: int | None = None,
) -> Session:
    """What the person wants to tell of. Changes which sections are open and what is asked.

    Raises NotFound, MovedOn, and InvalidInput about ``scope_type`` and ``time_period_end``.
    """
    place = lock_session(user, session_id, revision=revision)
    if scope_type not in set(ScopeType):
        message = f"There is no scope “{scope_type[:40]}”. Choose one of {', '.join(ScopeType)}."
        raise InvalidInput(message, fields={"scope_type": [message]})
    scope = Scope(
        scope_type, description, start.isoformat() if start else None, end.isoformat() if end else None
    )
    if scope.is_backward:
        message = "The end lies before the beginning."
        raise InvalidInput(message, fields={"time_period_end": [message]})
    journey = steps.set_scope(place.process, place.journey, scope)
    SessionScope.objects.update_or_create(
        session=place.session,
        defaults={
            "scope_type": scope_type,
            "scope_description": description,
            "time_period_start": start,
            "time_period_end": end,
            "updated_at": utc_now(),
        },
    )
    store_journey(place, journey)
    return place.session


@transaction.atomic
def set_profile(
    user: User, session_id: UUID, *, flags: Mapping[str, Json], revision: int | None = None
) -> Session:
    """What the person's life is made of, and what to leave out; flags that are not given stay.

    Raises NotFound, MovedOn, and InvalidInput for flags that this version does not have and for values that
    are no yes or no.
    """
    place = lock_session(user, session_id, revision=revision)
    _check_flags(place.process, flags)
    profile = {**_blank(place.process), **(profile_values(place.session) or {}), **flags}
    journey = steps.set_profile(place.process, place.journey, profile)
    own = {name: profile[name] for name in (*FLAGS, *PREFERENCES)}
    more = {name: profile[name] for name in place.process.flags}
    SessionProfile.objects.update_or_create(
        session=place.session, defaults={**own, "additional_flags": more, "updated_at": utc_now()}
    )
    store_journey(place, journey)
    return place.session


def _blank(process: Process) -> dict[str, Json]:
    comfortable = {name: name.startswith("comfortable_") for name in PREFERENCES}
    return {**dict.fromkeys((*FLAGS, *process.flags)), **comfortable}


def _check_flags(process: Process, flags: Mapping[str, Json]) -> None:
    errors: dict[str, list[str]] = {}
    for name, value in flags.items():
        if name not in {*FLAGS, *PREFERENCES, *process.flags}:
            errors[name[:100]] = ["The profile of this process has no such flag."]
        elif not (isinstance(value, bool) or (value is None and name not in _NEVER_NULL)):
            errors[name] = ["This is a yes or a no."]
    if errors:
        raise InvalidInput("The profile is not right.", fields=errors)
