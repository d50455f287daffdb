"""Patterns: shown when the person asks and it is time, then theirs to confirm, reject or reframe."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from process.domain.patterns import not_ready
from process.models import Archetype
from process.queries.texts import approved_chapters, hidden_patterns, shown_patterns
from process.services.journeys import lock_session

LONGEST = 4_000


@transaction.atomic
def reveal_patterns(user: User, session_id: UUID) -> int:
    """Show what was seen with enough certainty; how many. Raises NotFound, NotAllowed, WrongState."""
    place = lock_session(user, session_id)
    if why := not_ready(place.process, place.journey, approved_chapters(place.session)):
        raise WrongState(why)
    return hidden_patterns(place.session).update(revealed_to_user=True, updated_at=utc_now())


@transaction.atomic
def judge_pattern(
    user: User, session_id: UUID, pattern_id: UUID, *, confirmed: bool, words: str | None = None
) -> Archetype:
    """The person's last word on a pattern that they were shown; ``words`` put it as they would.

    Raises NotFound, also for one that was not shown yet, NotAllowed, and InvalidInput about ``words``.
    """
    place = lock_session(user, session_id)
    pattern = shown_patterns(place.session).filter(pk=pattern_id).first()
    if pattern is None:
        raise NotFound("There is no such pattern, or you were not shown it yet.")
    if words is not None and len(words) > LONGEST:
        message = f"Say it in {LONGEST:,} characters; these are {len(words):,}."
        raise InvalidInput(message, fields={"words": [message]})
    pattern.user_confirmed = confirmed
    if words is not None and words.strip():  # a blank never deletes what somebody wrote
        pattern.user_reframed = words.replace("\r\n", "\n").replace("\0", "\ufffd").strip()
    pattern.updated_at = utc_now()
    pattern.save(update_fields=["user_confirmed", "user_reframed", "updated_at"])
    return pattern
