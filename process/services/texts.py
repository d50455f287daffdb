"""What the person does with a text that was made for them: approves it, takes that back, writes it anew."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from process.domain.texts import edited, read
from process.domain.vocabulary import Origin, SessionStatus, SynthesisType
from process.models import Synthesis
from process.queries.texts import find_text
from process.services.journeys import Place, lock_session, opened
from process.services.making import next_version

LONGEST = 200_000


class TextChanged(WrongState):
    """A newer version came while the person was writing; ``version`` is its number."""

    code = "text_changed"


@transaction.atomic
def approve_text(user: User, session_id: UUID, text_id: UUID, *, approved: bool = True) -> Synthesis:
    """Make it the chapter of its section, in place of any other; or say that it is not to be. Idempotent.

    Raises NotFound, NotAllowed, and WrongState in a session that was ended early.
    """
    place = lock_session(user, session_id)
    _check_open(place)
    text = find_text(place.session, text_id)
    if approved:
        others = Synthesis.objects.filter(
            session=place.session, section=text.section_id, user_approved=True
        ).exclude(pk=text.pk)
        for other in others:
            _set(other, None)
    _set(text, approved)
    return text


def _set(text: Synthesis, approved: bool | None) -> None:
    text.user_approved = approved
    text.is_provisional = approved is not True
    if text.section:
        text.synthesis_type = (SynthesisType.CHAPTER if approved else SynthesisType.DRAFT).value
    text.updated_at = utc_now()
    text.save(update_fields=["user_approved", "is_provisional", "synthesis_type", "updated_at"])


@transaction.atomic
def edit_text(
    user: User, session_id: UUID, text_id: UUID, *, content: str, expect: int | None = None
) -> Synthesis:
    """A new version in the person's words; sentences that stayed as they were keep what they rest on.

    The same text changes nothing. ``expect`` is the number of the last version that the writer has seen.
    Raises NotFound, NotAllowed, TextChanged, WrongState, InvalidInput about ``content``.
    """
    place = lock_session(user, session_id)
    _check_open(place)
    text = find_text(place.session, text_id)
    _check(content)
    new, sources = edited(read(opened(text.content), text.sources), content)
    if new == opened(text.content):
        return text
    number = next_version(place.session, text.section_id)
    if expect is not None and expect != number - 1:
        message = "There is a newer version of this text. Yours is still in the field: look at both."
        raise TextChanged(message, version=number - 1)
    return Synthesis.objects.create(
        session=place.session,
        section_id=text.section_id,
        synthesis_type=(SynthesisType.DRAFT if text.section else SynthesisType.CHECKPOINT).value,
        title=text.title,
        content=new,
        sources=sources,
        origin=Origin.PERSON.value,
        version=number,
    )


def _check(content: str) -> None:
    message = ""
    if not content.strip():
        message = "A text cannot be left empty. To be rid of it, do not approve it."
    elif len(content) > LONGEST:
        message = f"A text has at most {LONGEST:,} characters; this one has {len(content):,}."
    if message:
        raise InvalidInput(message, fields={"content": [message]})


def _check_open(place: Place) -> None:
    if place.session.status == SessionStatus.ABANDONED:
        raise WrongState("This session was ended early; its texts stay as they are.")
