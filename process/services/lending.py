"""Letting others read a session, and taking it back. What they then see, the policies of the tables say."""

from __future__ import annotations

from typing import Final, NoReturn
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.accounts.services.guessing import count_try
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.rate import Rate
from process.models import Session, SessionGrant
from process.services.journeys import lock_row

MOST_READERS: Final = 50
_TRIES: Final = Rate(20, 3_600)


def lend_session(user: User, session_id: UUID, *, reader: str) -> SessionGrant:
    """Let somebody read, by user name or e-mail address. Idempotent.

    Raises NotFound, NotAllowed, TooManyTries, and InvalidInput about ``reader``, which says the same for
    whoever there is not and whoever cannot log in.
    """
    name = reader.strip()
    count_try("process_lend", user, _TRIES)
    with transaction.atomic():
        session = lock_row(user, session_id)
        person = _account(name)
        if person is None:
            _refuse("Nobody can be found by this user name or e-mail address. Look at the spelling.")
        if person.pk == user.pk:
            _refuse("This is you. You read it anyway.")
        known = SessionGrant.objects.filter(session=session, user=person).first()
        if known:
            return known
        if SessionGrant.objects.filter(session=session).count() >= MOST_READERS:
            _refuse(f"At most {MOST_READERS} people can read a session.")
        grant = SessionGrant.objects.create(session=session, user=person, granted_by=user)
        record_audit(user, "process_session.lent", session, after={"reader": person.username})
        return grant


def _account(name: str) -> User | None:
    """A name with an @ is an address, never the user name of somebody who calls themselves like it."""
    column = "email" if "@" in name else "username"
    if not name or "\x00" in name:
        return None
    return User.objects.filter(Exact(Lower(column), name.lower()), is_active=True).first()


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(message, fields={"reader": [message]})


@transaction.atomic
def take_back(user: User, session_id: UUID, *, reader_id: UUID) -> None:
    """From now on this person reads nothing of it. Raises NotFound and NotAllowed."""
    session = lock_row(user, session_id)
    _end(user, session, reader_id, "This person does not read the session.")


@transaction.atomic
def give_back(user: User, session_id: UUID) -> None:
    """The reader's own end of it. Raises NotFound."""
    session = Session.objects.readable_by(user).filter(pk=session_id).first()
    if session is None:
        raise NotFound("There is no such session, or none of yours.")
    _end(user, session, user.pk, "This session is not lent to you.")


def _end(user: User, session: Session, reader_id: UUID, missing: str) -> None:
    grant = SessionGrant.objects.filter(session=session, user=reader_id).select_related("user").first()
    if grant is None:
        raise NotFound(missing)
    before = {"reader": grant.user.username}
    grant.delete()
    record_audit(user, "process_session.taken_back", session, before=before)
