"""A person's sessions, what is in them, and what can be begun: a fixed number of queries each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotFound
from orchestrator.process.domain.vocabulary import PASSED
from orchestrator.process.models import Answer, ProcessNode, ProcessVersion, Session, SessionProgress


@dataclass(frozen=True, slots=True)
class Progress:
    """Phases that lie behind a person, of those that the version has."""

    done: int
    total: int


def version_to_begin() -> ProcessVersion | None:
    """The active version with its commitments."""
    return ProcessVersion.objects.filter(is_active=True).prefetch_related("commitments").first()


def sessions_of(user: User) -> QuerySet[Session]:
    """The person's own, for a list of them."""
    return Session.objects.visible_to(user).select_related("process_version", "current_node")


def session_of(user: User, session_id: UUID) -> Session:
    """The person's session with all that a step looks at. Raises NotFound."""
    rows = Session.objects.visible_to(user).select_related("process_version", "scope", "profile")
    return only_session(rows, session_id)


def find_session(user: User, session_id: UUID) -> Session:
    """The person's own session, or one that they were lent, with what is one row of it. Raises NotFound."""
    rows = Session.objects.readable_by(user).select_related(
        "process_version", "current_node", "current_section", "scope", "profile"
    )
    return only_session(rows, session_id)


def only_session(rows: QuerySet[Session], session_id: UUID) -> Session:
    """Raises NotFound for one that is not among these."""
    session = rows.filter(pk=session_id).first()
    if session is None:
        raise NotFound("There is no such session, or none of yours.")
    return session


def progress_of(sessions: Iterable[Session]) -> dict[UUID, Progress]:
    """How far each session is, by its id: two queries, however many there are."""
    rows = list(sessions)
    nodes = ProcessNode.objects.filter(process_version__in={row.process_version_id for row in rows})
    totals = dict(nodes.values_list("process_version_id").annotate(number=Count("id")).order_by())
    progress = SessionProgress.objects.filter(session__in=[row.pk for row in rows], status__in=PASSED)
    done = dict(progress.values_list("session_id").annotate(number=Count("id")).order_by())
    return {row.pk: Progress(done.get(row.pk, 0), totals.get(row.process_version_id, 0)) for row in rows}


def answers_to(session: Session, prompts: Iterable[UUID]) -> dict[UUID, Answer]:
    """The answers to these prompts, by prompt."""
    rows = Answer.objects.filter(session=session, prompt__in=list(prompts))
    return {row.prompt_id: row for row in rows}


def all_answers(session: Session) -> dict[UUID, Answer]:
    """Everything that the person said, by prompt."""
    return {row.prompt_id: row for row in Answer.objects.filter(session=session)}
