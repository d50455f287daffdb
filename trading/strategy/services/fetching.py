"""One kind of data about a corporation, asked of ESI and condensed to what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orchestrator.core.json import JsonObject
from trading.eve.errors import EsiUnknown
from trading.eve.esi import DIVISIONS, Dated, Esi
from trading.eve.http import Consent
from trading.strategy.domain import condensing
from trading.strategy.domain.kinds import KINDS, MINERALS, DataKind
from trading.strategy.models import Corporation, Snapshot
from trading.strategy.services.consents import with_consent
from trading.strategy.services.workplaces import places_of

_WATCHED: Final = 15
"""Types whose market is looked at: a question to ESI for each."""
_PRICED: Final = 40


@dataclass(frozen=True, slots=True)
class Found:
    """``at`` is that of the oldest answer it was made of, ``until`` that of the first to run out."""

    data: JsonObject
    at: datetime
    until: datetime


def fetch(esi: Esi, corporation: Corporation, kind: str) -> Found:
    """Raises the errors of ``trading.eve.errors``."""
    return _FETCHED[kind](esi, corporation)


def watched_types(corporation: Corporation, most: int = _WATCHED) -> dict[int, str]:
    """The goods that the corporation is known to trade, build and own, the largest first; then minerals."""
    found: dict[int, str] = {}
    for kind, place in ((DataKind.ORDERS, "types"), (DataKind.JOBS, "ends"), (DataKind.ASSETS, "top")):
        newest = Snapshot.objects.filter(corporation=corporation, kind=kind.value).first()
        for each in newest.data[place][: most // 3] if newest else ():
            found.setdefault(each["type_id"], each.get("name") or each.get("product"))
    return dict(list({**found, **MINERALS}.items())[:most])


def _corporation(esi: Esi, corporation: Corporation) -> Found:
    told = esi.corporation(corporation.eve_id)
    return _found(condensing.corporation(told.data), told)


def _alliance(esi: Esi, corporation: Corporation) -> Found:
    own = esi.corporation(corporation.eve_id)
    if own.data.alliance_id is None:
        return _found({}, own)
    told = esi.alliance(own.data.alliance_id)
    return _found(condensing.alliance(told.data, own.data.alliance_id), told, own)


def _prices(esi: Esi, corporation: Corporation) -> Found:
    told = esi.prices()
    return _found(condensing.prices(told.data, watched_types(corporation, _PRICED)), told)


def _market(esi: Esi, corporation: Corporation) -> Found:
    return _by_type(
        corporation,
        lambda type_id: esi.market_orders(corporation.region_id, type_id),
        lambda type_id, name, told: condensing.market_of_type(type_id, name, told.data),
    )


def _history(esi: Esi, corporation: Corporation) -> Found:
    return _by_type(
        corporation,
        lambda type_id: esi.market_history(corporation.region_id, type_id),
        lambda type_id, name, told: condensing.history_of_type(type_id, name, told.data, told.at.date()),
    )


def _by_type(
    corporation: Corporation,
    ask: Callable[[int], Dated[Any]],
    condense: Callable[[int, str, Dated[Any]], JsonObject],
) -> Found:
    """Types that ESI does not know on this market are left out. Raises EsiUnknown if that is all of them."""
    answers: list[Dated[Any]] = []
    rows: list[JsonObject] = []
    for type_id, name in watched_types(corporation).items():
        try:
            told = ask(type_id)
        except EsiUnknown:
            continue
        answers.append(told)
        rows.append(condense(type_id, name, told))
    if not answers:
        raise EsiUnknown(f"EVE knows no market in the region {corporation.region_id}.")
    return _found({"region_id": corporation.region_id, "types": [*rows]}, *answers)


def _indices(esi: Esi, corporation: Corporation) -> Found:
    own = esi.corporation(corporation.eve_id)
    places, unplaced = places_of(esi, corporation, own.data.home_station_id)
    told = esi.industry_systems()
    return _found(condensing.indices(told.data, places, unplaced), told)


def _members(esi: Esi, corporation: Corporation) -> Found:
    told = _asked(corporation, DataKind.MEMBERS, lambda consent: esi.members(corporation.eve_id, consent))
    return _found(condensing.members(told.data), told)


def _wallets(esi: Esi, corporation: Corporation) -> Found:
    told = _asked(corporation, DataKind.WALLETS, lambda consent: esi.wallets(corporation.eve_id, consent))
    return _found(condensing.wallets(told.data), told)


def _journal(esi: Esi, corporation: Corporation) -> Found:
    def all_divisions(consent: Consent) -> list[Dated[Any]]:
        return [esi.journal(corporation.eve_id, division, consent) for division in DIVISIONS]

    told = _asked(corporation, DataKind.JOURNAL, all_divisions)
    return _found(condensing.journal(entry for each in told for entry in each.data), *told)


def _jobs(esi: Esi, corporation: Corporation) -> Found:
    told = _asked(corporation, DataKind.JOBS, lambda consent: esi.industry_jobs(corporation.eve_id, consent))
    going = sorted((each for each in told.data if each.status == "active"), key=lambda each: each.end_date)
    names = _names(esi, (condensing.product_of(each) for each in going[:100]))
    return _found(condensing.jobs(told.data, names, told.at), told)


def _orders(esi: Esi, corporation: Corporation) -> Found:
    told = _asked(corporation, DataKind.ORDERS, lambda consent: esi.orders(corporation.eve_id, consent))
    names = _names(esi, (each.type_id for each in told.data))
    return _found(condensing.orders(told.data, names, told.at), told)


def _assets(esi: Esi, corporation: Corporation) -> Found:
    told = _asked(corporation, DataKind.ASSETS, lambda consent: esi.assets(corporation.eve_id, consent))
    priced = esi.prices()
    amounts = condensing.quantities(told.data)
    worth = condensing.worths(amounts, priced.data)
    names = _names(esi, condensing.largest(worth))
    return _found(
        condensing.assets(len(told.data), amounts, worth, names, condensing.offices(told.data)), told, priced
    )


def _asked(corporation: Corporation, kind: DataKind, ask: Callable[[Consent], Any]) -> Any:
    return with_consent(corporation, KINDS[kind.value].scope, ask)


def _names(esi: Esi, ids: Iterable[int]) -> dict[int, str]:
    """Of what has no name, its number has to do: one unknown type is no reason to know nothing."""
    wanted = set(ids)
    try:
        return esi.names(wanted) if wanted else {}
    except EsiUnknown:
        return {}


def _found(data: JsonObject, *told: Dated[Any]) -> Found:
    return Found(data, min(each.at for each in told), min(each.until for each in told))


_FETCHED: Final[dict[str, Callable[[Esi, Corporation], Found]]] = {
    DataKind.CORPORATION.value: _corporation,
    DataKind.ALLIANCE.value: _alliance,
    DataKind.PRICES.value: _prices,
    DataKind.MARKET.value: _market,
    DataKind.HISTORY.value: _history,
    DataKind.INDICES.value: _indices,
    DataKind.MEMBERS.value: _members,
    DataKind.WALLETS.value: _wallets,
    DataKind.JOURNAL.value: _journal,
    DataKind.JOBS.value: _jobs,
    DataKind.ORDERS.value: _orders,
    DataKind.ASSETS.value: _assets,
}
