"""Corporations that nobody plays: generated, labelled so, and never asked about at ESI."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from trading.strategy.domain import made_up
from trading.strategy.domain.vocabulary import SnapshotSource
from trading.strategy.models import Corporation
from trading.strategy.services.corporations import add_corporation
from trading.strategy.services.fetching import Found
from trading.strategy.services.snapshots import store_snapshot

SEED: Final = 7


@transaction.atomic
def generate_corporation(user: User, *, seed: int = SEED) -> Corporation:
    """With all kinds of data over thirty days. Raises NotAllowed, and WrongState if the person has it."""
    corporation = add_corporation(
        user,
        eve_id=made_up.EVE_ID,
        name=made_up.NAME,
        ticker=made_up.TICKER,
        region_id=made_up.REGION,
        is_generated=True,
    )
    for each in made_up.made_up_corporation(seed, utc_now()):
        found = Found(each.data, each.at, each.until)
        store_snapshot(corporation, each.kind.value, found, SnapshotSource.GENERATED)
    return corporation
