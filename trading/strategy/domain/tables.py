"""What a snapshot says as tables for people: names, not ids; amounts with their unit; moments, shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from trading.strategy.domain.facts import isk
from trading.strategy.domain.kinds import DataKind

Data = Mapping[str, Any]
_NOTHING: Final = "\N{EN DASH}"
_WIDE, _HIGH = 120.0, 24.0


@dataclass(frozen=True, slots=True)
class Cell:
    """``line`` are points of a curve, in a box of 120 by 24."""

    text: str = ""
    moment: datetime | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    nothing: str = ""
    note: str = ""

    @property
    def laid_out(self) -> list[list[tuple[Column, Cell]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def tables_of(kind: str, data: Data) -> list[Table]:
    """Raises KeyError for a kind that does not exist."""
    return _TABLES[kind](data)


def _corporation(data: Data) -> list[Table]:
    tax = Decimal(data["tax_rate"]) * 100
    war = data.get("war_eligible")
    pairs = {
        "Name": data["name"],
        "Ticker": data["ticker"],
        "Members": f"{data['member_count']:,}",
        "Tax on what members earn": f"{tax.normalize():f} %",
        "Founded": _day(data.get("date_founded")),
        "War can be declared on it": _NOTHING if war is None else "yes" if war else "no",
    }
    return [_pairs("The corporation", pairs)]


def _alliance(data: Data) -> list[Table]:
    if not data.get("name"):
        return [_pairs("Its alliance", {"Alliance": "none"})]
    told = {"Name": data["name"], "Ticker": data["ticker"], "Founded": _day(data["date_founded"])}
    return [_pairs("Its alliance", told)]


def _members(data: Data) -> list[Table]:
    return [_pairs("Members", {"Members": f"{data['count']:,}"})]


def _wallets(data: Data) -> list[Table]:
    balances = [(each["division"], Decimal(each["balance"])) for each in data["divisions"]]
    whole = sum((balance for _, balance in balances), Decimal(0))
    rows = [[f"Division {number}", isk(balance), _part(balance, whole)] for number, balance in balances]
    rows.append(["All together", isk(whole), _part(whole, whole)])
    return [_table("Wallets", ("Division",), ("Balance", "Share"), rows)]


def _journal(data: Data) -> list[Table]:
    rows = [
        [
            words(each["ref_type"]),
            f"{each['count']:,}",
            isk(each["income"]),
            isk(each["expense"]),
            isk(Decimal(each["income"]) - Decimal(each["expense"])),
        ]
        for each in data["types"]
    ]
    numbers = ("Entries", "Income", "Expenses", "Net")
    return [_table("By reason", ("Reason",), numbers, rows, "Nothing came in or went out.")]


def _jobs(data: Data) -> list[Table]:
    activities = [
        [
            each["activity"],
            *(f"{each[name]:,}" for name in ("active", "ready", "done", "runs")),
            isk(each["cost"]),
        ]
        for each in data["activities"]
    ]
    ends = [
        [
            Cell(each["product"]),
            Cell(each["activity"]),
            Cell(moment=datetime.fromisoformat(each["ends_at"])),
            Cell(f"{each['runs']:,}"),
        ]
        for each in data["ends"]
    ]
    numbers = ("Going on", "Ready", "Delivered", "Runs", "Cost to install")
    columns = (Column("Product"), Column("Activity"), Column("Ends"), Column("Runs", True))
    return [
        _table("By activity", ("Activity",), numbers, activities, "No job in the last 90 days."),
        Table("Going on, the first to end first", columns, ends, "Nothing is being built."),
    ]


def _orders(data: Data) -> list[Table]:
    sell, buy = data["sell"], data["buy"]
    sides = [
        ["Sell", f"{sell['count']:,}", isk(sell["value"]), _NOTHING],
        ["Buy", f"{buy['count']:,}", isk(buy["value"]), isk(buy["escrow"])],
    ]
    types = [[each["name"], isk(each["sell_value"]), isk(each["buy_value"])] for each in data["types"]]
    return [
        _table("Sides", ("Orders to",), ("Orders", "Worth", "Held back"), sides),
        _table("By type", ("Type",), ("Sold for", "Bought for"), types, "It has no order."),
    ]


def _assets(data: Data) -> list[Table]:
    worth = Decimal(data["worth"])
    rows = [
        [
            each["name"],
            f"{each['quantity']:,}",
            isk(each["worth"]),
            _part(Decimal(each["worth"]), worth),
        ]
        for each in data["top"]
    ]
    pairs = {
        "Worth by EVE's adjusted prices": isk(worth),
        "Stacks": f"{data['stacks']:,}",
        "Types": f"{data['types']:,}",
        "Types without a price": f"{data['unpriced']:,}",
    }
    numbers = ("Quantity", "Worth", "Share")
    return [
        _pairs("In short", pairs),
        _table("Worth most", ("Type",), numbers, rows, "It owns nothing that has a price."),
    ]


def _prices(data: Data) -> list[Table]:
    rows = [[each["name"], _isk(each.get("adjusted")), _isk(each.get("average"))] for each in data["types"]]
    return [_table("Prices", ("Type",), ("Adjusted", "Average"), rows)]


def _market(data: Data) -> list[Table]:
    rows = []
    for each in data["types"]:
        buy, sell = each.get("best_buy"), each.get("best_sell")
        spread = _part(Decimal(sell) - Decimal(buy), Decimal(sell)) if buy and sell else _NOTHING
        volumes = (f"{each['buy_volume']:,}", f"{each['sell_volume']:,}")
        rows.append([each["name"], _isk(buy), _isk(sell), spread, *volumes])
    numbers = ("Best to buy", "Best to sell", "Spread", "Wanted", "On offer")
    return [_table("On offer now", ("Type",), numbers, rows)]


def _history(data: Data) -> list[Table]:
    rows = []
    for each in data["types"]:
        days = each["days"]
        if not days:
            continue
        prices = [Decimal(day["average"]) for day in days]
        moved = (prices[-1] - prices[0]) / prices[0] * 100 if prices[0] else Decimal(0)
        volume = sum(day["volume"] for day in days) // len(days)
        rows.append(
            [
                Cell(each["name"]),
                Cell(line=_line(prices)),
                Cell(isk(prices[-1])),
                Cell(f"{moved:+.1f} %".replace("-", "\N{MINUS SIGN}")),
                Cell(f"{volume:,}"),
            ]
        )
    columns = (
        Column("Type"),
        Column("30 days"),
        Column("Price", True),
        Column("Change", True),
        Column("Traded a day", True),
    )
    return [Table("Prices over 30 days", columns, rows, "Nothing of it was traded.")]


def _indices(data: Data) -> list[Table]:
    systems = data.get("systems", [])
    activities = sorted({name for each in systems for name in each["indices"]})
    rows = [
        [
            each["name"],
            ", ".join(each["why"]),
            *(
                f"{Decimal(each['indices'][name]) * 100:.2f} %" if name in each["indices"] else _NOTHING
                for name in activities
            ),
        ]
        for each in systems
    ]
    nothing = "It is not known in which systems it works."
    note = (
        "Only systems in which it has its home, an office or a job: elsewhere it installs nothing. "
        "Offices and jobs are known once a character agrees that assets and jobs are read."
    )
    if unplaced := data.get("unplaced"):
        many = "one more structure" if unplaced == 1 else f"{unplaced:,} more structures"
        note += f" It works in {many}, whose system EVE tells only to those who may dock there."
    made = _table("By system", ("System", "Why"), tuple(map(words, activities)), rows, nothing)
    return [replace(made, note=note)]


def words(name: str) -> str:
    """``industry_job_tax`` as people read it."""
    return name.replace("_", " ").capitalize()


def _table(
    title: str, texts: Sequence[str], numbers: Sequence[str], rows: list[list[str]], nothing: str = ""
) -> Table:
    columns = (*(Column(each) for each in texts), *(Column(each, True) for each in numbers))
    return Table(title, columns, [[Cell(text) for text in row] for row in rows], nothing)


def _pairs(title: str, pairs: Mapping[str, str]) -> Table:
    return _table(title, ("What",), ("It is",), [[name, value] for name, value in pairs.items()])


def _isk(amount: str | None) -> str:
    return isk(amount) if amount else _NOTHING


def _part(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole * 100:.1f} %" if whole else _NOTHING


def _day(moment: str | None) -> str:
    return moment[:10] if moment else _NOTHING


def _line(values: Sequence[Decimal]) -> str:
    least, most = min(values), max(values)
    span = float(most - least) or 1.0
    step = _WIDE / max(1, len(values) - 1)
    return " ".join(
        f"{at * step:.1f},{_HIGH - 2 - float(value - least) / span * (_HIGH - 4):.1f}"
        for at, value in enumerate(values)
    )


_TABLES: Final[dict[str, Callable[[Data], list[Table]]]] = {
    DataKind.CORPORATION.value: _corporation,
    DataKind.ALLIANCE.value: _alliance,
    DataKind.MEMBERS.value: _members,
    DataKind.WALLETS.value: _wallets,
    DataKind.JOURNAL.value: _journal,
    DataKind.JOBS.value: _jobs,
    DataKind.ORDERS.value: _orders,
    DataKind.ASSETS.value: _assets,
    DataKind.PRICES.value: _prices,
    DataKind.MARKET.value: _market,
    DataKind.HISTORY.value: _history,
    DataKind.INDICES.value: _indices,
}
