"""A person's sessions, what is in them, and what can be begun: a fixed number of queries each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotAllowed, NotFound
from orchestrator.core.kept import Kept, KeptValues
from process.domain.vocabulary import PASSED
from process.models import (
    Answer,
    ProcessVersion,
    Session,
    SessionProgress,
    SessionSectionStatus,
)
from process.queries.compiled import process_of


@dataclass(frozen=True, slots=True)
class Progress:
    """Phases that lie behind a person, of those that the version has."""

    done: int
    total: int


def version_to_begin() -> ProcessVersion | None:
    """The active version with its commitments."""
    return ProcessVersion.objects.filter(is_active=True).prefetch_related("commitments").first()


def sessions_of(user: User) -> QuerySet[Session]:
    """The person's own, for a list of them: only what the list shows."""
    rows = Session.objects.visible_to(user).select_related("process_version", "current_node", "book")
    return rows.only(
        "status",
        "started_at",
        "last_activity_at",
        "process_version__version_name",
        "process_version__revision",
        "current_node__node_name",
        "book__title",
    )


def session_of(user: User, session_id: UUID) -> Session:
    """The person's session with all that a step looks at. Raises NotFound."""
    return _found(_OWN.first(session=session_id, user=user.pk))


def own_session_locked(user: User, session_id: UUID) -> Session | None:
    """The same under its row's lock; None if there is none."""
    return _LOCKED.first(session=session_id, user=user.pk)


def _own(session: UUID, user: UUID) -> QuerySet[Session]:
    rows = Session.objects.filter(pk=session, user=user)
    return rows.select_related("process_version", "scope", "profile", "book").order_by()


_OWNED: Final = {"session": UUID, "user": UUID}
_OWN: Final = Kept(Session, _own, _OWNED)
_LOCKED: Final = Kept(Session, lambda **keys: _own(**keys).select_for_update(of=("self",)), _OWNED)


def progress_rows(session: Session) -> list[tuple[UUID, str]]:
    """The session's nodes, each with its status."""
    return _PROGRESS.rows(session=session.pk)


def section_rows(session: Session) -> list[tuple[UUID, str, bool, int]]:
    """The session's sections, each with its status, whether it was selected, and its answers' number."""
    return _SECTIONS.rows(session=session.pk)


_PROGRESS: Final = KeptValues(
    SessionProgress,
    lambda session: SessionProgress.objects.filter(session=session).values_list("process_node_id", "status"),
    {"session": UUID},
)
_SECTIONS: Final = KeptValues(
    SessionSectionStatus,
    lambda session: SessionSectionStatus.objects.filter(session=session).values_list(
        "section_id", "status", "is_selected", "prompts_answered"
    ),
    {"session": UUID},
)


def find_session(user: User, session_id: UUID) -> Session:
    """The person's own session, or one that they were lent, with what is one row of it. Raises NotFound."""
    rows = Session.objects.readable_by(user).select_related(
        "process_version", "current_node", "current_section", "scope", "profile", "book"
    )
    return only_session(rows, session_id)


def own_session(user: User, session_id: UUID) -> Session:
    """``find_session`` for what readers do not see. Raises NotFound, and NotAllowed for one that was lent."""
    session = find_session(user, session_id)
    if session.user_id != user.pk:
        raise NotAllowed(
            "This session is lent to you. Its book and the answers that are not private are there to read."
        )
    return session


def only_session(rows: QuerySet[Session], session_id: UUID) -> Session:
    """Raises NotFound for one that is not among these."""
    return _found(rows.filter(pk=session_id).first())


def _found(session: Session | None) -> Session:
    if session is None:
        raise NotFound("There is no such session, or none of yours.")
    return session


def progress_of(sessions: Iterable[Session]) -> dict[UUID, Progress]:
    """How far each session is, by its id: one query, however many there are."""
    rows = list(sessions)
    done: dict[UUID, int] = dict(_DONE.rows(sessions=[row.pk for row in rows]))
    return {row.pk: Progress(done.get(row.pk, 0), len(process_of(row.process_version).nodes)) for row in rows}


_DONE: Final = KeptValues(
    SessionProgress,
    lambda sessions: (
        SessionProgress.objects.filter(session__pk__any_of=sessions, status__in=sorted(PASSED))
        .values_list("session_id")
        .annotate(number=Count("id"))
        .order_by()
    ),
    {"sessions": tuple},
)


def answers_to(session: Session, prompts: Iterable[UUID]) -> dict[UUID, Answer]:
    """The answers to these prompts, by prompt."""
    rows = Answer.objects.filter(session=session, prompt__in=list(prompts))
    return {row.prompt_id: row for row in rows}


def all_answers(session: Session) -> dict[UUID, Answer]:
    """Everything that the person said, by prompt."""
    return {row.prompt_id: row for row in Answer.objects.filter(session=session)}
