"""All of ESI that sessions use: public facts for everybody, and a corporation's own with a member's consent.

Every answer comes with the moment that it is of, and the moment until which ESI says nothing newer. All
methods raise what ``EsiHttp.get`` raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from trading.eve import wire
from trading.eve.http import Consent, EsiHttp, Told

Data = TypeVar("Data")

_NAMES_AT_ONCE: Final = 1_000
DIVISIONS: Final = range(1, 8)


@dataclass(frozen=True, slots=True)
class Dated(Generic[Data]):
    data: Data
    at: datetime
    until: datetime


class Esi:
    def __init__(self, http: EsiHttp) -> None:
        self._http = http

    def status(self) -> Dated[wire.Status]:
        return _dated(wire.Status, self._http.get("/status"))

    def corporation(self, corporation_id: int) -> Dated[wire.Corporation]:
        told = self._http.get("/corporations/{corporation_id}", corporation_id=corporation_id)
        return _dated(wire.Corporation, told)

    def alliance(self, alliance_id: int) -> Dated[wire.Alliance]:
        return _dated(wire.Alliance, self._http.get("/alliances/{alliance_id}", alliance_id=alliance_id))

    def character(self, character_id: int) -> Dated[wire.Character]:
        told = self._http.get("/characters/{character_id}", character_id=character_id)
        return _dated(wire.Character, told)

    def market_orders(self, region_id: int, type_id: int | None = None) -> Dated[list[wire.MarketOrder]]:
        """Of a region, of one type or of all: those are hundreds of pages."""
        query: Mapping[str, int | str] = {"order_type": "all"}
        if type_id is not None:
            query = {**query, "type_id": type_id}
        told = self._http.pages("/markets/{region_id}/orders", query, region_id=region_id)
        return _dated(list[wire.MarketOrder], told)

    def market_history(self, region_id: int, type_id: int) -> Dated[list[wire.HistoryDay]]:
        told = self._http.get("/markets/{region_id}/history", {"type_id": type_id}, region_id=region_id)
        return _dated(list[wire.HistoryDay], told)

    def prices(self) -> Dated[list[wire.Price]]:
        return _dated(list[wire.Price], self._http.get("/markets/prices"))

    def industry_systems(self) -> Dated[list[wire.IndustrySystem]]:
        """The cost indices of every solar system."""
        return _dated(list[wire.IndustrySystem], self._http.get("/industry/systems"))

    def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Of characters, types, systems and the like. Raises EsiUnknown if there is no such one."""
        asked = sorted(set(ids))
        found: list[wire.Name] = []
        for first in range(0, len(asked), _NAMES_AT_ONCE):
            part = asked[first : first + _NAMES_AT_ONCE]
            found += wire.read(list[wire.Name], self._http.post("/universe/names", part))
        return {each.id: each.name for each in found}

    def station(self, station_id: int) -> Dated[wire.Station]:
        """One that nobody built. Raises EsiUnknown for structures, which ESI does not tell everybody of."""
        return _dated(wire.Station, self._http.get("/universe/stations/{station_id}", station_id=station_id))

    def corporations_called(self, name: str) -> list[wire.Named]:
        """Those whose name is exactly this, whatever its case; none for none."""
        return wire.read(wire.Ids, self._http.post("/universe/ids", [name])).corporations

    def members(self, corporation_id: int, consent: Consent) -> Dated[list[int]]:
        told = self._http.get(
            "/corporations/{corporation_id}/members", consent=consent, corporation_id=corporation_id
        )
        return _dated(list[int], told)

    def wallets(self, corporation_id: int, consent: Consent) -> Dated[list[wire.Wallet]]:
        told = self._http.get(
            "/corporations/{corporation_id}/wallets", consent=consent, corporation_id=corporation_id
        )
        return _dated(list[wire.Wallet], told)

    def journal(self, corporation_id: int, division: int, consent: Consent) -> Dated[list[wire.JournalEntry]]:
        """The last 30 days of one of the seven divisions."""
        told = self._http.pages(
            "/corporations/{corporation_id}/wallets/{division}/journal",
            consent=consent,
            corporation_id=corporation_id,
            division=division,
        )
        return _dated(list[wire.JournalEntry], told)

    def industry_jobs(self, corporation_id: int, consent: Consent) -> Dated[list[wire.IndustryJob]]:
        told = self._http.pages(
            "/corporations/{corporation_id}/industry/jobs",
            {"include_completed": "true"},
            consent=consent,
            corporation_id=corporation_id,
        )
        return _dated(list[wire.IndustryJob], told)

    def orders(self, corporation_id: int, consent: Consent) -> Dated[list[wire.CorporationOrder]]:
        told = self._http.pages(
            "/corporations/{corporation_id}/orders", consent=consent, corporation_id=corporation_id
        )
        return _dated(list[wire.CorporationOrder], told)

    def assets(self, corporation_id: int, consent: Consent) -> Dated[list[wire.Asset]]:
        told = self._http.pages(
            "/corporations/{corporation_id}/assets", consent=consent, corporation_id=corporation_id
        )
        return _dated(list[wire.Asset], told)


def _dated(shape: type[Data], told: Told) -> Dated[Data]:
    return Dated(wire.read(shape, told.data), told.at, told.until)
