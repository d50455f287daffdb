"""Adding a corporation by its number: what it is called is ESI's to say."""

from __future__ import annotations

from typing import Final

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from trading.eve.errors import EsiUnknown
from trading.eve.http import EsiOptions
from trading.eve.wire import Named
from trading.strategy.domain import condensing
from trading.strategy.domain.kinds import DataKind
from trading.strategy.models import Corporation
from trading.strategy.services.calling import calling_esi
from trading.strategy.services.corporations import add_corporation, corporation_number
from trading.strategy.services.fetching import Found
from trading.strategy.services.snapshots import store_snapshot

_IN_A_REQUEST: Final = EsiOptions(attempts=2, timeout_seconds=8.0, longest_pause=1.0)
"""Somebody waits for the answer."""


def find_by_name(user: User, name: str) -> list[Named]:
    """Corporations of EVE whose name is exactly this, whatever its case.

    Raises InvalidInput about ``name`` where there is none, NotAllowed, and the errors of
    ``trading.eve.errors``.
    """
    if not user.may_build:
        raise NotAllowed("Viewers may not add corporations.")
    with calling_esi(_IN_A_REQUEST) as esi:
        found = esi.corporations_called(name)
    if not found:
        message = f"EVE knows no corporation called “{name}”. Only whole names are found, not parts of them."
        raise InvalidInput(message, fields={"name": [message]})
    return found


def add_by_number(user: User, number: object) -> Corporation:
    """Looked up at ESI, outside any transaction, and added with what it says.

    Raises InvalidInput about ``corporation_id`` for what is no number and for one that EVE does not know,
    NotAllowed, WrongState for one that the person has, and the errors of ``trading.eve.errors``.
    """
    eve_id = corporation_number(number)
    if not user.may_build:
        raise NotAllowed("Viewers may not add corporations.")
    if Corporation.objects.filter(owner=user, eve_id=eve_id).exists():
        raise WrongState(f"You have added the corporation {eve_id} already.")
    try:
        with calling_esi(_IN_A_REQUEST) as esi:
            told = esi.corporation(eve_id)
    except EsiUnknown as error:
        message = f"EVE knows no corporation by the number {eve_id}."
        raise InvalidInput(message, fields={"corporation_id": [message]}) from error
    corporation = add_corporation(
        user, eve_id=eve_id, name=told.data.name[:100], ticker=told.data.ticker[:10]
    )
    found = Found(condensing.corporation(told.data), told.at, told.until)
    store_snapshot(corporation, DataKind.CORPORATION.value, found)
    return corporation
