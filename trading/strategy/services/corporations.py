"""Adding corporations, lending them to others, and letting go of them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.accounts.services.guessing import count_try
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.rate import Rate
from trading.strategy.access import May, find_corporation
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation, CorporationMember, StrategicSession
from trading.strategy.services.sessions import stop_run

MOST_CORPORATIONS: Final = 100
MOST_MEMBERS: Final = 200
_TRIES: Final = Rate(60, 3_600)
_LARGEST: Final = 2**31 - 1
_REGIONS: Final = range(10_000_001, 20_000_000)


def corporation_number(text: object) -> int:
    """EVE's number of a corporation. Raises InvalidInput about ``corporation_id`` for anything else."""
    number = str(text).strip()
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 12 and 0 < int(number) <= _LARGEST):
        message = "A corporation's id is a number, such as 98000001."
        raise InvalidInput(message, fields={"corporation_id": [message]})
    return int(number)


@transaction.atomic
def add_corporation(
    user: User,
    *,
    eve_id: int,
    name: str,
    ticker: str = "",
    region_id: int | None = None,
    is_generated: bool = False,
) -> Corporation:
    """Raises NotAllowed for viewers, WrongState for one that the person added before."""
    if not user.may_build:
        raise NotAllowed("Viewers may not add corporations.")
    if Corporation.objects.filter(owner=user).count() >= MOST_CORPORATIONS:
        raise WrongState(f"You have {MOST_CORPORATIONS} corporations. Let go of one first.")
    chosen = {} if region_id is None else {"region_id": region_id}
    try:
        with transaction.atomic():
            corporation = Corporation.objects.create(
                owner=user, eve_id=eve_id, name=name, ticker=ticker, is_generated=is_generated, **chosen
            )
    except IntegrityError as error:
        raise WrongState(f"You have added the corporation {eve_id} already.") from error
    record_audit(user, "corporation.added", corporation, after={"eve_id": eve_id, "name": name})
    return corporation


@transaction.atomic
def choose_region(user: User, corporation_id: UUID, *, region_id: int) -> Corporation:
    """Whose market is looked at. Raises NotFound, NotAllowed, WrongState, InvalidInput of ``region_id``."""
    corporation = find_corporation(user, corporation_id, May.OWN, lock=True)
    if region_id not in _REGIONS:
        message = "A region's id is a number, such as 10000002 for The Forge."
        raise InvalidInput(message, fields={"region_id": [message]})
    if corporation.is_generated:
        raise WrongState("A generated corporation stays as it was generated.")
    if region_id != corporation.region_id:
        before, corporation.region_id = corporation.region_id, region_id
        corporation.updated_at = utc_now()
        corporation.save(update_fields=["region_id", "updated_at"])
        told = {"region_id": region_id}
        record_audit(user, "corporation.changed", corporation, before={"region_id": before}, after=told)
    return corporation


@transaction.atomic
def delete_corporation(user: User, corporation_id: UUID) -> None:
    """With all its sessions, whose runs end, its matrices and data.

    Raises NotFound, NotAllowed, and WrongState while characters are connected: EVE has to be told first.
    """
    find_corporation(user, corporation_id, May.OWN)
    sessions = StrategicSession.objects.filter(corporation=corporation_id).select_for_update().order_by("pk")
    list(sessions)  # before the corporation: a step that is being kept holds its session and asks for this
    corporation = find_corporation(user, corporation_id, May.OWN, lock=True)
    if corporation.characters.exists():
        raise WrongState("Disconnect its characters first, so that EVE forgets their consent.")
    for session in sessions.all():
        stop_run(user, session, "The corporation was deleted.")
    record_audit(user, "corporation.deleted", corporation, before={"name": corporation.name})
    corporation.delete()


def lend_corporation(user: User, corporation_id: UUID, *, username: str, access: Access) -> CorporationMember:
    """To read, or to work in its sessions; again with another access changes it.

    Raises NotFound, NotAllowed, TooManyTries, and InvalidInput about ``username``.
    """
    find_corporation(user, corporation_id, May.OWN)
    count_try("corporation_lend", user, _TRIES)
    return _lend(user, corporation_id, username, access)


@transaction.atomic
def _lend(user: User, corporation_id: UUID, username: str, access: Access) -> CorporationMember:
    corporation = find_corporation(user, corporation_id, May.OWN, lock=True)
    friend = User.objects.filter(username__iexact=username.strip(), is_active=True).first()
    if friend is None or friend.pk == corporation.owner_id:
        message = "It is yours." if friend else f"There is nobody by the name “{username.strip()[:150]}”."
        raise InvalidInput(message, fields={"username": [message]})
    known = CorporationMember.objects.filter(corporation=corporation, user=friend).first()
    if known is None and corporation.members.count() >= MOST_MEMBERS:
        raise WrongState(f"It is lent to {MOST_MEMBERS} people already.")
    member, _ = CorporationMember.objects.update_or_create(
        corporation=corporation, user=friend, defaults={"access": access.value, "created_by": user}
    )
    record_audit(
        user,
        "corporation.lent",
        corporation,
        before={"access": known.access} if known else None,
        after={"user": friend.username, "access": access.value},
    )
    return member


@transaction.atomic
def take_back_corporation(user: User, corporation_id: UUID, *, username: str) -> None:
    """By its owner from anybody, by others from themselves. Raises NotFound and NotAllowed."""
    own = user.username.lower() == username.strip().lower()
    corporation = find_corporation(user, corporation_id, May.READ if own else May.OWN, lock=False)
    gone = CorporationMember.objects.filter(corporation=corporation, user__username__iexact=username.strip())
    if gone.delete()[0]:
        record_audit(user, "corporation.taken_back", corporation, before={"user": username.strip()})
