"""In which systems a corporation works: where its home is, where it has offices, where its jobs run."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from trading.eve.errors import EsiUnknown
from trading.eve.esi import Esi
from trading.strategy.domain.condensing import Workplace
from trading.strategy.domain.kinds import DataKind
from trading.strategy.models import Corporation, Snapshot

MOST_SYSTEMS: Final = 8
_STATIONS: Final = range(60_000_000, 64_000_000)
"""ESI tells everybody where they are. Structures, which players built, it tells those who may dock there."""
_REASONS: Final = {DataKind.ASSETS: "offices", DataKind.JOBS: "jobs"}


def places_of(esi: Esi, corporation: Corporation, home: int | None) -> tuple[dict[int, Workplace], int]:
    """By system, those with most reasons first, and how many structures are in systems that nobody tells.

    From what is known already: jobs and assets are asked for before. Raises the errors of
    ``trading.eve.errors``.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    if home:
        reasons[home].append("home")
    for kind, reason in _REASONS.items():
        newest = Snapshot.objects.filter(corporation=corporation, kind=kind.value).first()
        for each in newest.data.get("places", ()) if newest else ():
            reasons[each["place_id"]].append(reason)
    systems: dict[int, list[str]] = defaultdict(list)
    unplaced = 0
    for place, why in reasons.items():
        system = _system_of(esi, place)
        if system is None:
            unplaced += 1
        else:
            systems[system] += [each for each in why if each not in systems[system]]
    first = sorted(systems, key=lambda system: -len(systems[system]))[:MOST_SYSTEMS]
    names = esi.names(first) if first else {}
    told = {each: Workplace(names.get(each, f"System {each}"), tuple(systems[each])) for each in first}
    return told, unplaced


def _system_of(esi: Esi, place: int) -> int | None:
    if place not in _STATIONS:
        return None
    try:
        return esi.station(place).data.system_id
    except EsiUnknown:
        return None
