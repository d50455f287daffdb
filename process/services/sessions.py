"""A person's steps through a process: begin, go on, go back, leave out, pause, end.

Every step takes the session's lock, asks the domain what becomes of it, and stores that. Two tabs of one
session come one after the other, and the second is told if it shows what is past.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from orchestrator.core.ids import new_id
from process.domain import steps
from process.domain.journey import Journey
from process.domain.vocabulary import SessionStatus
from process.models import ProcessVersion, Session, SessionBook
from process.queries.compiled import process_of
from process.queries.versions import find_version
from process.services.freezing import freeze
from process.services.journeys import Place, lock_session, require_revision, store_journey


@transaction.atomic
def start_session(user: User, *, version_id: UUID | None = None, title: str = "") -> Session:
    """A new session at the first node of the active version; staff may try any other version.

    Freezes the version. Raises NotFound, NotAllowed, and DeadEnd for a version without nodes.
    """
    version = _version(user, version_id)
    freeze(version)
    process = process_of(version)
    journey = steps.begin(process)
    session = Session(
        id=new_id(),
        user=user,
        process_version=version,
        current_node_id=process.nodes[journey.node_key].id,
        revision=0,
    )
    session.save(force_insert=True)
    if title.strip():
        SessionBook.objects.create(session=session, title=title.strip())
    store_journey(Place(session, process, Journey()), journey)
    return session


def _version(user: User, version_id: UUID | None) -> ProcessVersion:
    if version_id is None:
        version = ProcessVersion.objects.active()
        if version is None:
            raise NotFound("There is no process to step through yet.")
        return version
    chosen = find_version(version_id)
    if not (chosen.is_active or user.is_admin):
        raise NotAllowed("Only staff try versions that are not active.")
    return chosen


@transaction.atomic
def advance(user: User, session_id: UUID, *, revision: int | None = None) -> Session:
    """Finish the section or phase that is shown. Raises OpenPrompts, DeadEnd, MovedOn, NotActive."""
    place = lock_session(user, session_id, revision=revision)
    store_journey(place, steps.advance(place.process, place.journey))
    return place.session


@transaction.atomic
def go_back(user: User, session_id: UUID, *, revision: int | None = None) -> Session:
    """To the map of sections, or the phase before. Nothing answered changes. Raises MovedOn, WrongState."""
    place = lock_session(user, session_id, revision=revision)
    store_journey(place, steps.back(place.journey))
    return place.session


@transaction.atomic
def skip(user: User, session_id: UUID, *, revision: int | None = None) -> Session:
    """Leave out the phase that is shown. Raises WrongState for one that cannot be, MovedOn, DeadEnd."""
    place = lock_session(user, session_id, revision=revision)
    store_journey(place, steps.skip(place.process, place.journey))
    return place.session


@transaction.atomic
def select_section(user: User, session_id: UUID, key: str, *, revision: int | None = None) -> Session:
    """Work on a section. Raises NotFound, SectionLocked, MovedOn."""
    place = lock_session(user, session_id, revision=revision)
    if key not in place.process.sections:
        raise NotFound("There is no such section in this process.")
    store_journey(place, steps.select_section(place.process, place.journey, key))
    return place.session


@transaction.atomic
def pause_session(user: User, session_id: UUID, *, revision: int | None = None) -> Session:
    """Nothing more happens until it is resumed. Raises WrongState, MovedOn."""
    return _turn(user, session_id, SessionStatus.PAUSED, "pause", revision)


@transaction.atomic
def resume_session(user: User, session_id: UUID, *, revision: int | None = None) -> Session:
    """Go on where it was, on whatever device. Raises WrongState, MovedOn."""
    return _turn(user, session_id, SessionStatus.ACTIVE, "resume", revision)


@transaction.atomic
def abandon_session(user: User, session_id: UUID, *, revision: int | None = None) -> Session:
    """End it for good; what was answered stays until the person deletes it. Raises WrongState, MovedOn."""
    place = lock_session(user, session_id, revision=revision)
    if place.session.status not in (SessionStatus.ACTIVE, SessionStatus.PAUSED):
        raise WrongState(f"This session is {place.session.status} already.")
    return _set_status(place, SessionStatus.ABANDONED)


@transaction.atomic
def delete_session(user: User, session_id: UUID) -> None:
    """Everything of it, at once and for good: answers, recordings, texts and the record of what was sent."""
    place = lock_session(user, session_id)
    record_audit(user, "process_session.deleted", place.session)
    place.session.delete()


def _turn(user: User, session_id: UUID, after: SessionStatus, verb: str, revision: int | None) -> Session:
    """To rest or to work. Who asks for what is so already is not told that they come late."""
    place = lock_session(user, session_id)
    if place.session.status == after:
        return place.session
    if place.session.status not in (SessionStatus.ACTIVE, SessionStatus.PAUSED):
        raise WrongState(f"A session that is {place.session.status} cannot be {verb}d.")
    require_revision(place.session, revision)
    return _set_status(place, after)


def _set_status(place: Place, status: SessionStatus) -> Session:
    session = place.session
    session.status, session.last_activity_at = status.value, utc_now()
    session.revision += 1
    session.save(update_fields=["status", "last_activity_at", "revision"])
    return session
