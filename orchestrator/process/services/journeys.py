"""Between a session's rows and its journey: loaded under the session's lock, stored as far as it changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import Sealed
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from orchestrator.core.json import Json
from orchestrator.process.domain.asking import prompts_here
from orchestrator.process.domain.journey import Journey, Scope, SectionState
from orchestrator.process.domain.process import Process
from orchestrator.process.domain.vocabulary import (
    FLAGS,
    PASSED,
    PREFERENCES,
    NodeStatus,
    SectionStatus,
    SessionStatus,
)
from orchestrator.process.models import (
    Answer,
    Session,
    SessionProfile,
    SessionProgress,
    SessionScope,
    SessionSectionStatus,
)
from orchestrator.process.queries.compiled import process_of


class MovedOn(WrongState):
    """The session is no longer where the page shows it: another tab or device went on."""

    code = "moved_on"


@dataclass(slots=True)
class Place:
    """A session under its lock, with the process and the journey that its rows say."""

    session: Session
    process: Process
    journey: Journey


def lock_session(user: User, session_id: UUID, *, revision: int | None = None) -> Place:
    """The person's session, which nobody else steps until the transaction ends.

    Raises NotFound, NotAllowed for one that was lent, and MovedOn if it is past this ``revision``.
    """
    rows = Session.objects.visible_to(user).select_for_update(of=("self",))
    session = rows.select_related("process_version", "scope", "profile").filter(pk=session_id).first()
    if session is None:
        if Session.objects.readable_by(user).filter(pk=session_id).exists():
            raise NotAllowed("This session is lent to you to read. Only its person goes on with it.")
        raise NotFound("There is no such session, or none of yours.")
    if revision is not None and session.revision != revision:
        raise MovedOn(
            "This session has moved on in another tab or on another device. Go on from where it is now.",
            revision=session.revision,
        )
    return place_of(session)


def place_of(session: Session) -> Place:
    """The journey of a session as its rows say; three queries besides those of the version's first use."""
    process = process_of(session.process_version)
    return Place(session, process, _journey(session, process))


def _journey(session: Session, process: Process) -> Journey:
    sections = {section.id: section.key for section in process.sections.values()}
    progress = SessionProgress.objects.filter(session=session).values_list("process_node_id", "status")
    statuses = SessionSectionStatus.objects.filter(session=session).values_list(
        "section_id", "status", "is_selected", "prompts_answered"
    )
    answered, values = _answers(session, process)
    return Journey(
        status=SessionStatus(session.status),
        path=tuple(process.node_keys[node] for node in session.path),
        at=session.position,
        section=sections.get(session.current_section_id),
        scope=_scope(session),
        profile=profile_values(session),
        nodes={process.node_keys[node]: NodeStatus(status) for node, status in progress},
        sections={
            sections[section]: SectionState(SectionStatus(status), selected, count)
            for section, status, selected, count in statuses
        },
        answered=answered,
        values=values,
    )


def _answers(session: Session, process: Process) -> tuple[frozenset[UUID], dict[str, dict[str, Json]]]:
    """The prompts of the present node that have an answer, and the answers that conditions read."""
    here = Q(prompt__process_node=session.current_node_id)
    rows = Answer.objects.filter(here | Q(prompt__in=process.read_answers), session=session)
    values: dict[str, dict[str, Json]] = defaultdict(dict)
    answered = set()
    for row in rows:
        answered.add(row.prompt_id)
        if row.prompt_id in process.read_answers:
            prompt = process.prompts[row.prompt_id]
            values[prompt.node][prompt.key] = answer_value(row)
    return frozenset(answered), dict(values)


def answer_value(answer: Answer) -> Json:
    """What the person said, as it was stored."""
    content = cast(Sealed | str, answer.content)
    text = content if isinstance(content, str) else content.open()  # a text where it was set just now
    return cast(Json, json.loads(text))


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
    place.journey = journey


def _store_session(place: Place, journey: Journey, now: datetime, *, moved: bool) -> None:
    session, process = place.session, place.process
    session.status = journey.status.value
    session.path = [process.nodes[key].id for key in journey.path]
    session.position = journey.at
    session.current_node_id = process.nodes[journey.node_key].id
    section = process.sections[journey.section].id if journey.section else None
    session.current_section_id = section  # type: ignore[assignment]  # null behind IdField escapes the stubs
    session.revision += moved
    session.last_activity_at = now
    if journey.status is SessionStatus.COMPLETED and session.completed_at is None:
        session.completed_at = now
    session.save(
        update_fields=[
            "status",
            "path",
            "position",
            "current_node",
            "current_section",
            "revision",
            "last_activity_at",
            "completed_at",
        ]
    )


def _store_sections(place: Place, journey: Journey, now: datetime) -> None:
    before = place.journey.sections
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
    before = place.journey
    changed = {key for key, status in journey.nodes.items() if status is not before.nodes.get(key)}
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


def _counts(process: Process, journey: Journey, before: Journey) -> tuple[int, int]:
    """Answered and asked prompts of the node where the step was made, as they stand after it."""
    asked = prompts_here(process, before)
    return sum(prompt.id in journey.answered for prompt in asked), len(asked)
