"""Who reads a session, and what a person was lent."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, QuerySet

from orchestrator.accounts.models import User
from process.domain.vocabulary import Tier
from process.models import Answer, Session, SessionGrant


def readers_of(session: Session) -> QuerySet[SessionGrant]:
    """Those who may read it, the latest first."""
    return SessionGrant.objects.filter(session=session).select_related("user").order_by("-id")


def lent_to(user: User) -> QuerySet[SessionGrant]:
    """What others let the person read, the latest first."""
    return (
        SessionGrant.objects.filter(user=user)
        .select_related("session__process_version", "session__book", "session__user")
        .order_by("-id")
    )


def number_of_readers(sessions: Iterable[Session]) -> dict[UUID, int]:
    """By session; those that nobody reads are not in it."""
    rows = SessionGrant.objects.filter(session__in=[session.pk for session in sessions])
    return dict(rows.values_list("session").annotate(number=Count("id")).order_by())


def answers_for(user: User, session: Session) -> QuerySet[Answer]:
    """All answers for the person whose they are, those that are not private for a reader."""
    rows = Answer.objects.filter(session=session)
    return rows if session.user_id == user.pk else rows.filter(tier__lt=Tier.PRIVATE.value)
