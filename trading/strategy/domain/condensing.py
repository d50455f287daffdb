"""From what ESI says to what is kept of it: sums instead of a million rows, and no names of people.

Amounts become text, so that they stay exact in JSON; moments are ISO 8601 in UTC.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from orchestrator.core.json import JsonObject
from trading.eve import wire

ACTIVITIES: Final = {
    1: "Manufacturing",
    3: "Time research",
    4: "Material research",
    5: "Copying",
    7: "Reverse engineering",
    8: "Invention",
    9: "Reactions",
    11: "Reactions",
}
HISTORY_DAYS: Final = 30
_MOST_TYPES: Final = 50
_MOST_REASONS: Final = 100
_MOST_PLACES: Final = 20
_SOON: Final = timedelta(days=7)
_NOTHING: Final = Decimal(0)
Names = Mapping[int, str]


def corporation(told: wire.Corporation) -> JsonObject:
    return {
        "name": told.name,
        "ticker": told.ticker,
        "member_count": told.member_count,
        "tax_rate": str(told.tax_rate),
        "alliance_id": told.alliance_id,
        "date_founded": _moment(told.date_founded),
        "war_eligible": told.war_eligible,
    }


def alliance(told: wire.Alliance, alliance_id: int) -> JsonObject:
    return {
        "alliance_id": alliance_id,
        "name": told.name,
        "ticker": told.ticker,
        "date_founded": _moment(told.date_founded),
    }


def prices(told: Iterable[wire.Price], names: Names) -> JsonObject:
    """Of the types that ``names`` names, in its order."""
    known = {each.type_id: each for each in told if each.type_id in names}
    return {
        "types": [
            {
                "type_id": type_id,
                "name": name,
                "adjusted": _text(known[type_id].adjusted_price),
                "average": _text(known[type_id].average_price),
            }
            for type_id, name in names.items()
            if type_id in known
        ]
    }


def market_of_type(type_id: int, name: str, orders: Sequence[wire.MarketOrder]) -> JsonObject:
    buys = [each for each in orders if each.is_buy_order]
    sells = [each for each in orders if not each.is_buy_order]
    return {
        "type_id": type_id,
        "name": name,
        "best_buy": _text(max((each.price for each in buys), default=None)),
        "best_sell": _text(min((each.price for each in sells), default=None)),
        "buy_volume": sum(each.volume_remain for each in buys),
        "sell_volume": sum(each.volume_remain for each in sells),
        "orders": len(orders),
    }


def history_of_type(type_id: int, name: str, days: Iterable[wire.HistoryDay], today: date) -> JsonObject:
    recent = sorted(
        (each for each in days if each.date > today - timedelta(days=HISTORY_DAYS + 1)),
        key=lambda day: day.date,
    )
    return {
        "type_id": type_id,
        "name": name,
        "days": [
            {"date": each.date.isoformat(), "average": str(each.average), "volume": each.volume}
            for each in recent[-HISTORY_DAYS:]
        ],
    }


@dataclass(frozen=True, slots=True)
class Workplace:
    """A system in which a corporation works, and why it is taken for one: home, offices, jobs."""

    name: str
    why: tuple[str, ...]


def indices(
    told: Iterable[wire.IndustrySystem], places: Mapping[int, Workplace], unplaced: int = 0
) -> JsonObject:
    """Of the systems in ``places`` alone, in its order: those of all others say nothing about a corporation.

    ``unplaced``: in so many structures it works, too, whose system ESI does not tell.
    """
    known = {each.solar_system_id: each.cost_indices for each in told if each.solar_system_id in places}
    return {
        "systems": [
            {
                "system_id": system,
                "name": place.name,
                "why": [*place.why],
                "indices": {each.activity: str(each.cost_index) for each in known[system]},
            }
            for system, place in places.items()
            if system in known
        ],
        "unplaced": unplaced,
    }


def workplaces(ids: Iterable[int | None]) -> list[JsonObject]:
    """Stations and structures, those that come most often first."""
    counts = Counter(each for each in ids if each)
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"place_id": place, "count": count} for place, count in largest[:_MOST_PLACES]]


def members(told: Sequence[int]) -> JsonObject:
    return {"count": len(set(told))}


def wallets(told: Iterable[wire.Wallet]) -> JsonObject:
    rows = sorted(told, key=lambda each: each.division)
    return {"divisions": [{"division": each.division, "balance": str(each.balance)} for each in rows]}


def journal(told: Iterable[wire.JournalEntry]) -> JsonObject:
    """Sums by reason and by day. What goes from one division to another is in both, and cancels out."""
    reasons: dict[str, list[Any]] = defaultdict(lambda: [0, _NOTHING, _NOTHING])
    days: dict[str, list[Decimal]] = defaultdict(lambda: [_NOTHING, _NOTHING])
    moments: list[datetime] = []
    for each in told:
        amount = each.amount or _NOTHING
        moments.append(each.date)
        came, went = max(amount, _NOTHING), max(-amount, _NOTHING)
        reason, day = reasons[each.ref_type], days[each.date.date().isoformat()]
        reason[0], reason[1], reason[2] = reason[0] + 1, reason[1] + came, reason[2] + went
        day[0], day[1] = day[0] + came, day[1] + went
    largest = sorted(reasons.items(), key=lambda item: (-(item[1][1] + item[1][2]), item[0]))
    shown, rest = largest[:_MOST_REASONS], largest[_MOST_REASONS:]
    if rest:
        shown.append(("other", [sum(each[1][place] for each in rest) for place in range(3)]))
    return {
        "since": _moment(min(moments, default=None)),
        "until": _moment(max(moments, default=None)),
        "entries": len(moments),
        "types": [
            {"ref_type": name, "count": count, "income": str(came), "expense": str(went)}
            for name, (count, came, went) in shown
        ],
        "days": [
            {"day": day, "income": str(came), "expense": str(went)}
            for day, (came, went) in sorted(days.items())
        ],
    }


def jobs(told: Sequence[wire.IndustryJob], names: Names, now: datetime) -> JsonObject:
    """``now``: a job whose time is up is ready, whatever ESI still calls it."""
    activities: dict[str, dict[str, Any]] = {}
    going = []
    for each in told:
        title = ACTIVITIES.get(each.activity_id, f"Activity {each.activity_id}")
        sums = activities.setdefault(
            title, {"active": 0, "ready": 0, "done": 0, "runs": 0, "cost": _NOTHING, "activity": title}
        )
        if each.status in ("cancelled", "reverted"):
            continue
        is_over = each.status == "ready" or (each.status == "active" and each.end_date <= now)
        sums["done" if each.status == "delivered" else "ready" if is_over else "active"] += 1
        sums["runs"] += each.runs
        sums["cost"] += each.cost or _NOTHING
        if each.status == "active" and not is_over:
            going.append((each.end_date, title, each))
    going.sort(key=lambda item: item[0])
    return {
        "activities": [
            {**activities[name], "cost": str(activities[name]["cost"])} for name in sorted(activities)
        ],
        "ends": [
            {
                "activity": title,
                "type_id": product_of(each),
                "product": _name(names, product_of(each)),
                "runs": each.runs,
                "ends_at": _moment(ends),
            }
            for ends, title, each in going[:_MOST_TYPES]
        ],
        "places": [*workplaces(each.facility_id for each in told)],
    }


def product_of(job: wire.IndustryJob) -> int:
    return job.product_type_id or job.blueprint_type_id


def orders(told: Sequence[wire.CorporationOrder], names: Names, now: datetime) -> JsonObject:
    sides: dict[bool, list[Any]] = {True: [0, _NOTHING, _NOTHING], False: [0, _NOTHING, _NOTHING]}
    types: dict[int, dict[bool, Decimal]] = defaultdict(lambda: {True: _NOTHING, False: _NOTHING})
    for each in told:
        value = each.price * each.volume_remain
        side = sides[each.is_buy_order]
        side[0], side[1], side[2] = side[0] + 1, side[1] + value, side[2] + (each.escrow or _NOTHING)
        types[each.type_id][each.is_buy_order] += value
    largest = sorted(types.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    (sells, sold, _), (buys, bought, escrow) = sides[False], sides[True]
    return {
        "sell": {"count": sells, "value": str(sold)},
        "buy": {"count": buys, "value": str(bought), "escrow": str(escrow)},
        "expiring": sum(each.issued + timedelta(days=each.duration) < now + _SOON for each in told),
        "types": [
            {
                "type_id": type_id,
                "name": _name(names, type_id),
                "sell_value": str(value[False]),
                "buy_value": str(value[True]),
            }
            for type_id, value in largest[:_MOST_TYPES]
        ],
    }


def quantities(told: Iterable[wire.Asset]) -> dict[int, int]:
    """By type. A thing that cannot be stacked counts as one; ESI says -1 of blueprints."""
    found: dict[int, int] = defaultdict(int)
    for each in told:
        found[each.type_id] += max(1, each.quantity)
    return dict(found)


def worths(amounts: Mapping[int, int], told: Iterable[wire.Price]) -> dict[int, Decimal]:
    """By adjusted price; types without one are left out."""
    known = {each.type_id: each.adjusted_price for each in told if each.adjusted_price}
    return {type_id: known[type_id] * amount for type_id, amount in amounts.items() if type_id in known}


def largest(worth: Mapping[int, Decimal]) -> list[int]:
    return sorted(worth, key=lambda type_id: (-worth[type_id], type_id))[:_MOST_TYPES]


def offices(told: Iterable[wire.Asset]) -> list[JsonObject]:
    return workplaces(each.location_id for each in told if each.location_flag == "OfficeFolder")


def assets(
    stacks: int,
    amounts: Mapping[int, int],
    worth: Mapping[int, Decimal],
    names: Names,
    places: Iterable[JsonObject] = (),
) -> JsonObject:
    return {
        "stacks": stacks,
        "types": len(amounts),
        "unpriced": len(amounts) - len(worth),
        "worth": str(sum(worth.values(), _NOTHING)),
        "top": [
            {
                "type_id": type_id,
                "name": _name(names, type_id),
                "quantity": amounts[type_id],
                "worth": str(worth[type_id]),
            }
            for type_id in largest(worth)
        ],
        "places": [*places],
    }


def _name(names: Names, type_id: int) -> str:
    return names.get(type_id, f"Type {type_id}")


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
