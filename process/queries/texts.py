"""What was made of a session's answers: texts, patterns, further questions, and what was sent for them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from orchestrator.core.errors import NotFound
from process.domain.patterns import SURE_ENOUGH
from process.models import Archetype, Disclosure, FollowUp, Session, Synthesis


def texts_of(session: Session) -> QuerySet[Synthesis]:
    return Synthesis.objects.filter(session=session).select_related("section")


def find_text(session: Session, text_id: UUID) -> Synthesis:
    """Raises NotFound."""
    text = texts_of(session).filter(pk=text_id).first()
    if text is None:
        raise NotFound("There is no such text in this session.")
    return text


def approved_chapters(session: Session) -> int:
    return Synthesis.objects.filter(session=session, section__isnull=False, user_approved=True).count()


def shown_patterns(session: Session) -> QuerySet[Archetype]:
    """Those that the person has been shown."""
    return Archetype.objects.filter(session=session, revealed_to_user=True)


def hidden_patterns(session: Session) -> QuerySet[Archetype]:
    """Those that are sure enough to be shown, and have not been."""
    return Archetype.objects.filter(
        session=session, revealed_to_user=False, confidence_score__gte=SURE_ENOUGH
    )


def disclosures_of(session: Session) -> QuerySet[Disclosure]:
    return Disclosure.objects.filter(session=session)


def follow_ups_of(session: Session) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(answer__session=session).select_related("answer")
