"""A corporation that does not exist: all kinds of data over thirty days, the same for the same seed.

What it does is told row by row as ESI would, and condensed by the same code, so that it adds up: its wallet
is what its journal left in it, its assets are worth what its prices say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from orchestrator.core.json import JsonObject
from trading.eve import wire
from trading.strategy.domain import condensing
from trading.strategy.domain.kinds import DataKind

EVE_ID: Final = 98_000_001
NAME: Final = "Lantern Works (generated)"
TICKER: Final = "LNTRN"
REGION: Final = 10_000_002
DAYS: Final = 30
_AGES: Final = (30, 20, 10, 0)
"""Days before now at which it was looked at."""
_HOLDS: Final = timedelta(hours=1)
_TYPES: Final = {
    34: ("Tritanium", "5.12"),
    35: ("Pyerite", "21.40"),
    36: ("Mexallon", "88.75"),
    37: ("Isogen", "312.10"),
    38: ("Nocxium", "940.00"),
    39: ("Zydrine", "1780.50"),
    40: ("Megacyte", "3120.00"),
    4247: ("Helium Fuel Block", "24150.00"),
    2048: ("Damage Control II", "612000.00"),
    587: ("Rifter", "701000.00"),
    17_478: ("Retriever", "36400000.00"),
    22_544: ("Hulk", "412000000.00"),
}
_BUILT: Final = (4247, 2048, 587, 17_478, 22_544)
_OWNED: Final = {
    34: 48_000_000,
    35: 9_500_000,
    36: 2_100_000,
    37: 310_000,
    4247: 61_000,
    587: 140,
    17_478: 35,
}
_REASONS: Final = (
    ("bounty_prizes", 9, 4_000_000, 38_000_000),
    ("market_transaction", 6, 20_000_000, 140_000_000),
    ("industry_job_tax", 3, -4_000_000, -600_000),
    ("brokers_fee", 3, -3_000_000, -300_000),
    ("transaction_tax", 5, -6_000_000, -400_000),
    ("market_escrow", 2, -160_000_000, -30_000_000),
    ("office_rental_fee", 1, -14_000_000, -9_000_000),
)
"""By reason: how many on a day, and between what amounts of ISK."""
_PLACES: Final = {
    30_000_001: condensing.Workplace("Lantern Bay (generated)", ("home", "offices", "jobs")),
    30_000_002: condensing.Workplace("Ember Reach (generated)", ("offices", "jobs")),
}
_START: Final = Decimal(6_500_000_000)


@dataclass(frozen=True, slots=True)
class MadeUp:
    kind: DataKind
    at: datetime
    until: datetime
    data: JsonObject


def made_up_corporation(seed: int, now: datetime) -> Iterator[MadeUp]:
    """All snapshots, the oldest first."""
    random = Random(seed)  # noqa: S311 - a made-up world, not a secret
    end = now.replace(minute=0, second=0, microsecond=0)
    entries = _entries(random, end)
    for age in _AGES:
        at = end - timedelta(days=age)
        for kind, data in _look(random, entries, at, age):
            yield MadeUp(kind, at, at + _HOLDS, data)


def _look(
    random: Random, entries: list[wire.JournalEntry], at: datetime, age: int
) -> Iterator[tuple[DataKind, JsonObject]]:
    names = {type_id: name for type_id, (name, _) in _TYPES.items()}
    prices = _prices(random)
    people = 62 - age // 5
    yield DataKind.CORPORATION, condensing.corporation(_corporation(people))
    yield DataKind.ALLIANCE, condensing.alliance(_alliance(at), 99_000_001)
    yield DataKind.MEMBERS, condensing.members(range(90_000_001, 90_000_001 + people))
    yield DataKind.WALLETS, condensing.wallets(_wallets(entries, at))
    recent = [each for each in entries if at - timedelta(days=DAYS) < each.date <= at]
    yield DataKind.JOURNAL, condensing.journal(recent)
    yield DataKind.JOBS, condensing.jobs(_jobs(random, at), names, at)
    yield DataKind.ORDERS, condensing.orders(_orders(random, at), names, at)
    amounts = {type_id: int(many * random.uniform(0.9, 1.1)) for type_id, many in _OWNED.items()}
    worth = condensing.worths(amounts, prices)
    yield DataKind.ASSETS, condensing.assets(len(amounts) * 7, amounts, worth, names)
    yield DataKind.PRICES, condensing.prices(prices, names)
    yield DataKind.MARKET, {"region_id": REGION, "types": [_market(random, each, at) for each in _TYPES]}
    yield DataKind.HISTORY, {"region_id": REGION, "types": [_history(random, each, at) for each in _TYPES]}
    yield DataKind.INDICES, condensing.indices(_systems(random), _PLACES)


def _entries(random: Random, end: datetime) -> list[wire.JournalEntry]:
    """Of as long before the first look as a journal reaches back."""
    found: list[wire.JournalEntry] = []
    for day in range(2 * DAYS, 0, -1):
        for reason, many, least, most in _REASONS:
            for _ in range(random.randint(0, 2 * many)):
                at = end - timedelta(days=day) + timedelta(seconds=random.randrange(86_400))
                amount = Decimal(random.randint(least * 100, most * 100)) / 100
                found.append(wire.JournalEntry(id=len(found) + 1, date=at, ref_type=reason, amount=amount))
    return sorted(found, key=lambda each: each.date)


def _corporation(people: int) -> wire.Corporation:
    return wire.Corporation(
        name=NAME,
        ticker=TICKER,
        member_count=people,
        tax_rate=Decimal("0.1"),
        ceo_id=90_000_001,
        alliance_id=99_000_001,
        date_founded=datetime.fromisoformat("2019-03-04T05:06:07+00:00"),
        war_eligible=True,
    )


def _alliance(at: datetime) -> wire.Alliance:
    return wire.Alliance(
        name="Harbour Compact (generated)", ticker="HRBR", date_founded=at.replace(year=2020, day=1)
    )


def _wallets(entries: list[wire.JournalEntry], at: datetime) -> list[wire.Wallet]:
    """The first division is what the journal is of, the second a reserve."""
    earned = sum((each.amount or Decimal(0) for each in entries if each.date <= at), Decimal(0))
    return [wire.Wallet(division=1, balance=_START + earned), wire.Wallet(division=2, balance=_START / 5)]


def _prices(random: Random) -> list[wire.Price]:
    return [
        wire.Price(type_id=type_id, adjusted_price=_near(random, price), average_price=_near(random, price))
        for type_id, (_, price) in _TYPES.items()
    ]


def _jobs(random: Random, at: datetime) -> list[wire.IndustryJob]:
    found = []
    for number in range(1, 41):
        begun = at - timedelta(hours=random.randint(1, 24 * DAYS))
        ends = begun + timedelta(hours=random.randint(6, 24 * 12))
        is_delivered = ends < at - timedelta(days=1)
        found.append(
            wire.IndustryJob(
                job_id=number,
                activity_id=random.choice((1, 1, 1, 3, 4, 5, 8)),
                status="delivered" if is_delivered else "active",
                runs=random.randint(1, 40),
                blueprint_type_id=0,
                product_type_id=random.choice(_BUILT),
                installer_id=90_000_001,
                cost=Decimal(random.randint(20_000, 9_000_000)),
                start_date=begun,
                end_date=ends,
            )
        )
    return found


def _orders(random: Random, at: datetime) -> list[wire.CorporationOrder]:
    found = []
    for number in range(1, 25):
        is_buy = number % 3 == 0
        type_id = random.choice((34, 35, 36, 37) if is_buy else _BUILT)
        price = _near(random, _TYPES[type_id][1])
        many = max(1, int(Decimal(400_000_000) / price))
        found.append(
            wire.CorporationOrder(
                order_id=number,
                type_id=type_id,
                region_id=REGION,
                location_id=60_003_760,
                price=price,
                volume_remain=many,
                volume_total=many * 2,
                issued=at - timedelta(days=random.randint(0, 80)),
                duration=90,
                escrow=price * many if is_buy else None,
                is_buy_order=is_buy,
            )
        )
    return found


def _market(random: Random, type_id: int, at: datetime) -> JsonObject:
    name, price = _TYPES[type_id]
    orders = [
        wire.MarketOrder(
            order_id=number,
            type_id=type_id,
            location_id=60_003_760,
            is_buy_order=number % 2 == 0,
            price=round(
                Decimal(price) * Decimal(random.randint(92, 98) if number % 2 == 0 else 103) / 100, 2
            ),
            volume_remain=random.randint(100, 90_000),
            volume_total=90_000,
            issued=at,
            duration=90,
        )
        for number in range(1, 31)
    ]
    return condensing.market_of_type(type_id, name, orders)


def _history(random: Random, type_id: int, at: datetime) -> JsonObject:
    name, price = _TYPES[type_id]
    drift = random.uniform(-0.004, 0.004)
    days = []
    for day in range(DAYS, 0, -1):
        middle = round(_near(random, price) * Decimal(1 + drift * (DAYS - day)), 2)
        days.append(
            wire.HistoryDay(
                date=(at - timedelta(days=day)).date(),
                average=middle,
                highest=middle,
                lowest=middle,
                order_count=random.randint(40, 900),
                volume=random.randint(1_000, 4_000_000),
            )
        )
    return condensing.history_of_type(type_id, name, days, at.date())


def _systems(random: Random) -> list[wire.IndustrySystem]:
    return [
        wire.IndustrySystem(
            solar_system_id=30_000_000 + number,
            cost_indices=[
                wire.CostIndex(activity=name, cost_index=Decimal(random.randint(10, 900)) / 10_000)
                for name in (
                    "manufacturing",
                    "researching_time_efficiency",
                    "copying",
                    "invention",
                    "reaction",
                )
            ],
        )
        for number in range(1, 201)
    ]


def _near(random: Random, price: str) -> Decimal:
    """Within three percent, to the cent."""
    return round(Decimal(price) * Decimal(random.randint(9_700, 10_300)) / 10_000, 2)
