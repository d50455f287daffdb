"""Who may do what with a corporation: its owner decides, those it was lent to read or work in it."""

from __future__ import annotations

from enum import IntEnum
from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation, CorporationMember, StrategicMatrix, StrategicSession


class May(IntEnum):
    """Each includes those before."""

    READ = 1
    WORK = 2
    OWN = 3


_VERBS: Final = {May.READ: "see", May.WORK: "work with", May.OWN: "decide about"}


def rights_in(user: User, corporation: Corporation) -> May | None:
    """None for somebody who may not even know of it: administrators of the platform, too."""
    if corporation.owner_id == user.pk:
        return May.OWN if user.may_build else May.READ
    member = CorporationMember.objects.filter(corporation=corporation, user=user).first()
    if member is None:
        return None
    return May.WORK if member.access == Access.EDITOR and user.may_build else May.READ


def find_corporation(
    user: User, corporation_id: UUID, need: May = May.READ, *, lock: bool = False
) -> Corporation:
    """Raises NotFound for one that the person may not see, NotAllowed for one that they may only see."""
    rows = Corporation.objects.filter(pk=corporation_id)
    corporation = (rows.select_for_update() if lock else rows).first()
    rights = rights_in(user, corporation) if corporation is not None else None
    if corporation is None or rights is None:
        raise NotFound("There is no such corporation, or none that was lent to you.")
    if rights < need:
        raise NotAllowed(f"You may not {_VERBS[need]} this corporation.")
    return corporation


def corporation_numbered(user: User, eve_id: int, need: May = May.READ) -> Corporation:
    """By EVE's number; of several that the person sees, the newest with which they may do it.

    Raises InvalidInput about ``corporation_id`` where they see none, NotAllowed where they only see it.
    """
    seen = list(Corporation.objects.visible_to(user).filter(eve_id=eve_id).order_by("-id"))
    if not seen:
        message = f"You have no corporation {eve_id}. Add it first."
        raise InvalidInput(message, fields={"corporation_id": [message]})
    able = (each for each in seen if (rights_in(user, each) or 0) >= need)
    found = next(able, None)
    if found is None:
        raise NotAllowed(f"You may not {_VERBS[need]} this corporation.")
    return found


def find_session(
    user: User, session_id: UUID, need: May = May.READ, *, lock: bool = False
) -> StrategicSession:
    """As for its corporation. ``lock`` takes the row: what changes a session comes one after the other."""
    rows = StrategicSession.objects.filter(pk=session_id)
    session = (rows.select_for_update() if lock else rows).first()
    missing = "There is no such session, or none that you may see."
    if session is None:
        raise NotFound(missing)
    try:
        session.corporation = find_corporation(user, session.corporation_id, need)
    except NotFound as error:
        raise NotFound(missing) from error
    return session


def find_matrix(user: User, matrix_id: UUID, need: May = May.READ, *, lock: bool = False) -> StrategicMatrix:
    """As for its corporation. ``lock`` takes its session's row and then its own."""
    missing = "There is no such matrix, or none that you may see."
    known = StrategicMatrix.objects.filter(pk=matrix_id).first()
    if known is None:
        raise NotFound(missing)
    try:
        corporation = find_corporation(user, known.corporation_id, need)
        session: StrategicSession | None = None
        if known.session_id is not None:
            session = find_session(user, known.session_id, need, lock=lock)
    except NotFound as error:
        raise NotFound(missing) from error
    matrix = StrategicMatrix.objects.select_for_update().filter(pk=matrix_id).first() if lock else known
    if matrix is None:
        raise NotFound(missing)
    matrix.corporation, matrix.session = corporation, session
    return matrix
