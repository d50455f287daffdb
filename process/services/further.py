"""What the person says to a further question, or that they would rather not be asked."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound
from process.domain.answers import MAX_LENGTH
from process.models import FollowUp
from process.services.answering import AnswerChanged
from process.services.journeys import Place, lock_session, opened


@transaction.atomic
def save_reply(
    user: User, session_id: UUID, follow_up_id: UUID, *, value: str, expect: int | None = None
) -> FollowUp:
    """Keep a reply. A blank leaves what is there. Raises NotFound, InvalidInput, AnswerChanged."""
    place = lock_session(user, session_id)
    further = _find(place, follow_up_id)
    text = value.replace("\r\n", "\n")
    if len(text) > MAX_LENGTH or "\0" in text:
        message = f"A reply has at most {MAX_LENGTH:,} characters, none of them NUL."
        raise InvalidInput(message, fields={"value": [message]})
    if not text.strip() or text == opened(further.reply):
        return further
    if expect is not None and expect != further.revision:
        raise AnswerChanged(
            "This reply was changed in another tab or on another device. Both are kept: choose one.",
            value=opened(further.reply),
            revision=further.revision,
        )
    further.reply, further.replied_at = text, utc_now()
    further.revision += 1
    further.save(update_fields=["reply", "replied_at", "revision"])
    return further


@transaction.atomic
def dismiss_question(user: User, session_id: UUID, follow_up_id: UUID) -> FollowUp:
    """It is not shown any more, and a reply to it is used for nothing. Idempotent."""
    place = lock_session(user, session_id)
    further = _find(place, follow_up_id)
    further.dismissed_at = further.dismissed_at or utc_now()
    further.save(update_fields=["dismissed_at"])
    return further


def _find(place: Place, follow_up_id: UUID) -> FollowUp:
    rows = FollowUp.objects.filter(answer__session=place.session)
    further = rows.filter(pk=follow_up_id).first()
    if further is None:
        raise NotFound("There is no such question in this session.")
    return further
