"""Between a session's rows and its journey: loaded under the session's lock, stored as far as it changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import Sealed
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from orchestrator.core.json import Json
from process.domain.asking import prompts_here
from process.domain.journey import Journey, Scope, SectionState
from process.domain.process import Node, Process
from process.domain.vocabulary import (
    FLAGS,
    PASSED,
    PREFERENCES,
    NodeStatus,
    SectionStatus,
    SessionStatus,
)
from process.models import (
    Answer,
    Session,
    SessionProfile,
    SessionProgress,
    SessionScope,
    SessionSectionStatus,
)
from process.queries.compiled import process_of
from process.queries.sessions import own_session_locked, progress_rows, section_rows


class MovedOn(WrongState):
    """The session is no longer where the page shows it: another tab or device went on."""

    code = "moved_on"


@dataclass(slots=True)
class Place:
    """A session with the process and the journey that its rows say. Under its lock where something changes.

    ``journey`` goes on with each step, ``stored`` when that is stored. ``answers`` are those to the prompts
    in ``read``: what is asked where the person stands, and what conditions look at.
    """

    session: Session
    process: Process
    journey: Journey
    stored: Journey = field(default_factory=Journey)
    answers: dict[UUID, Answer] = field(default_factory=dict)
    read: frozenset[UUID] = frozenset()

    def answer_to(self, prompt: UUID) -> Answer | None:
        """What is stored; looked up for a prompt of somewhere else."""
        if prompt in self.read:
            return self.answers.get(prompt)
        return Answer.objects.filter(session=self.session, prompt=prompt).first()


def lock_row(user: User, session_id: UUID) -> Session:
    """The person's session, which nobody else steps until the transaction ends.

    Raises NotFound, and NotAllowed for one that was lent.
    """
    session = own_session_locked(user, session_id)
    if session is None:
        if Session.objects.readable_by(user).filter(pk=session_id).exists():
            raise NotAllowed("This session is lent to you to read. Only its person goes on with it.")
        raise NotFound("There is no such session, or none of yours.")
    return session


def lock_session(user: User, session_id: UUID, *, revision: int | None = None) -> Place:
    """``lock_row`` with where the person stands. Raises MovedOn if it is past this ``revision``."""
    session = lock_row(user, session_id)
    require_revision(session, revision)
    return place_of(session)


def require_revision(session: Session, revision: int | None) -> None:
    """Raises MovedOn if the session, which is locked, is past the revision that somebody has seen."""
    if revision is not None and session.revision != revision:
        raise MovedOn(
            "This session has moved on in another tab or on another device. Go on from where it is now.",
            revision=session.revision,
        )


def place_of(session: Session) -> Place:
    """The journey of a session as its rows say; three queries besides those of the version's first use."""
    process = process_of(session.process_version)
    section = process.section_keys.get(session.current_section_id)
    here = process.sections[section].prompts if section else _node(session, process).prompts
    read = process.read_answers.union(prompt.id for prompt in here)
    rows = Answer.objects.filter(session=session, prompt__in=read) if read else ()
    answers = {row.prompt_id: row for row in rows}
    journey = _journey(session, process, answers)
    return Place(session, process, journey, stored=journey, answers=answers, read=read)


def _node(session: Session, process: Process) -> Node:
    return process.nodes[process.node_keys[session.current_node_id]]


def _journey(session: Session, process: Process, answers: dict[UUID, Answer]) -> Journey:
    sections = process.section_keys
    return Journey(
        status=SessionStatus(session.status),
        path=tuple(process.node_keys[node] for node in session.path),
        at=session.position,
        section=sections.get(session.current_section_id),
        scope=_scope(session),
        profile=profile_values(session),
        nodes={process.node_keys[node]: NodeStatus(status) for node, status in progress_rows(session)},
        sections={
            sections[section]: SectionState(SectionStatus(status), selected, count)
            for section, status, selected, count in section_rows(session)
        },
        answered=frozenset(answers),
        values=_values(process, answers),
    )


def _values(process: Process, answers: dict[UUID, Answer]) -> dict[str, dict[str, Json]]:
    """The answers that conditions look at."""
    values: dict[str, dict[str, Json]] = defaultdict(dict)
    for prompt_id in process.read_answers & answers.keys():
        prompt = process.prompts[prompt_id]
        values[prompt.node][prompt.key] = answer_value(answers[prompt_id])
    return dict(values)


def answer_value(answer: Answer) -> Json:
    """What the person said, as it was stored."""
    return answer.value


def opened(value: Sealed | str) -> str:
    """An encrypted column's text; as it stands where it was set just now."""
    return value if isinstance(value, str) else value.open()


def _scope(session: Session) -> Scope | None:
    row = cast(SessionScope | None, getattr(session, "scope", None))
    if row is None:
        return None
    start, end = row.time_period_start, row.time_period_end
    return Scope(
        type=row.scope_type,
        description=row.scope_description.open(),
        start=start.isoformat() if start else None,
        end=end.isoformat() if end else None,
    )


def profile_values(session: Session) -> dict[str, Json] | None:
    """All flags of the profile by name, also those that only this version asks for."""
    row = cast(SessionProfile | None, getattr(session, "profile", None))
    if row is None:
        return None
    own: dict[str, Json] = {name: getattr(row, name) for name in (*FLAGS, *PREFERENCES)}
    return own | cast(dict[str, Json], row.additional_flags)


def store_journey(place: Place, journey: Journey, *, moved: bool = True) -> None:
    """Write what the step changed. ``moved`` unless it left the person where they were."""
    now = utc_now()
    _store_session(place, journey, now, moved=moved)
    _store_sections(place, journey, now)
    _store_progress(place, journey, now)
    place.journey = place.stored = journey


def _store_session(place: Place, journey: Journey, now: datetime, *, moved: bool) -> None:
    session, process = place.session, place.process
    values: dict[str, object] = {
        "status": journey.status.value,
        "path": [process.nodes[key].id for key in journey.path],
        "position": journey.at,
        "current_node_id": process.nodes[journey.node_key].id,
        "current_section_id": process.sections[journey.section].id if journey.section else None,
        "revision": session.revision + moved,
        "last_activity_at": now,
    }
    if journey.status is SessionStatus.COMPLETED and session.completed_at is None:
        values["completed_at"] = now
    changed = [name for name, value in values.items() if getattr(session, name) != value]
    for name in changed:
        setattr(session, name, values[name])
    session.save(update_fields=[name.removesuffix("_id") for name in changed])


def _store_sections(place: Place, journey: Journey, now: datetime) -> None:
    before = place.stored.sections
    changed = {key: state for key, state in journey.sections.items() if state != before.get(key)}
    if not changed:
        return
    known = {row.section_id: row for row in SessionSectionStatus.objects.filter(session=place.session)}
    rows = []
    for key, state in changed.items():
        section = place.process.sections[key]
        row = known.get(section.id) or SessionSectionStatus(session=place.session, section_id=section.id)
        row.status, row.is_selected, row.prompts_answered = state.status.value, state.selected, state.answered
        if state.status is not SectionStatus.LOCKED:
            row.unlocked_at = row.unlocked_at or now
        if state.status in (SectionStatus.IN_PROGRESS, SectionStatus.COMPLETED):
            row.started_at = row.started_at or now
        row.completed_at = (row.completed_at or now) if state.status is SectionStatus.COMPLETED else None
        rows.append(row)
    SessionSectionStatus.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "section"],
        update_fields=[
            "status",
            "is_selected",
            "prompts_answered",
            "unlocked_at",
            "started_at",
            "completed_at",
        ],
    )


def _store_progress(place: Place, journey: Journey, now: datetime) -> None:
    """The nodes whose status changed, and how much is answered in the one where the step was made."""
    before = place.stored
    changed = {key for key, status in journey.nodes.items() if status is not before.nodes.get(key)}
    if not changed:
        _store_counts(place, journey, now)
        return
    if before.path:
        changed.add(before.node_key)
    ids = {place.process.nodes[key].id: key for key in changed}
    stored = SessionProgress.objects.filter(session=place.session, process_node__in=ids)
    known = {row.process_node_id: row for row in stored}
    rows = []
    for node_id, key in ids.items():
        status = journey.nodes[key]
        row = known.get(node_id) or SessionProgress(session=place.session, process_node_id=node_id)
        row.status, row.updated_at = status.value, now
        row.started_at = row.started_at or now
        done = status in PASSED
        row.completed_at = (row.completed_at or now) if done else None
        if before.path and key == before.node_key:
            row.prompts_completed, row.prompts_total = _counts(place.process, journey, before)
        rows.append(row)
    SessionProgress.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "process_node"],
        update_fields=[
            "status",
            "updated_at",
            "started_at",
            "completed_at",
            "prompts_completed",
            "prompts_total",
        ],
    )


def _store_counts(place: Place, journey: Journey, now: datetime) -> None:
    """Most steps are answers, which change nothing else."""
    node = place.process.nodes[place.stored.node_key].id
    done, total = _counts(place.process, journey, place.stored)
    SessionProgress.objects.filter(session=place.session, process_node=node).update(
        prompts_completed=done, prompts_total=total, updated_at=now
    )


def _counts(process: Process, journey: Journey, before: Journey) -> tuple[int, int]:
    """Answered and asked prompts of the node where the step was made, as they stand after it."""
    asked = prompts_here(process, before)
    return sum(prompt.id in journey.answered for prompt in asked), len(asked)
