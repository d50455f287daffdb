"""What a snapshot says, in a few sentences with numbers: what people read of it and a model is told.

A snapshot of a corporation with a million assets makes as few facts as a small one. Amounts are decimals,
written as text in snapshots; a fact's ``value`` is the number without words, for citing and comparing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from trading.strategy.domain.kinds import KINDS, DataKind, Kind

__all__ = ["KINDS", "MOST_FACTS", "Fact", "Kind", "facts_of", "isk"]

MOST_FACTS: Final = 40
_LISTED: Final = 10
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """``name`` is stable and unique within its kind; recommendations cite it."""

    name: str
    text: str
    value: str | int | None = None


def facts_of(kind: str, data: Data) -> list[Fact]:
    """At most MOST_FACTS. Raises ValueError for a kind that does not exist."""
    told = _TOLD.get(kind)
    if told is None:
        raise ValueError(f"There is no kind of data called “{kind}”.")
    return list(told(data))[:MOST_FACTS]


def isk(amount: Decimal | str) -> str:
    return f"{Decimal(amount):,.2f} ISK"


def _corporation(data: Data) -> Iterator[Fact]:
    yield Fact("name", f"{data['name']} [{data['ticker']}]")
    yield Fact("members", f"{data['member_count']:,} members", data["member_count"])
    tax = Decimal(data["tax_rate"]) * 100
    yield Fact("tax_rate", f"It takes {tax.normalize():f} % of what members earn", data["tax_rate"])
    if data.get("date_founded"):
        yield Fact("founded", f"Founded on {data['date_founded'][:10]}", data["date_founded"][:10])
    if data.get("war_eligible") is not None:
        may = "can" if data["war_eligible"] else "cannot"
        yield Fact("war", f"War {may} be declared on it", "yes" if data["war_eligible"] else "no")


def _alliance(data: Data) -> Iterator[Fact]:
    if not data.get("name"):
        yield Fact("alliance", "It is in no alliance")
        return
    yield Fact("alliance", f"In the alliance {data['name']} [{data['ticker']}]", data["name"])
    yield Fact(
        "founded", f"The alliance was founded on {data['date_founded'][:10]}", data["date_founded"][:10]
    )


def _prices(data: Data) -> Iterator[Fact]:
    for each in data["types"]:
        known = [f"adjusted {isk(each['adjusted'])}"] if each.get("adjusted") else []
        known += [f"average {isk(each['average'])}"] if each.get("average") else []
        if known:
            yield Fact(
                f"price.{each['type_id']}", f"{each['name']}: {', '.join(known)}", each.get("adjusted")
            )


def _market(data: Data) -> Iterator[Fact]:
    for each in data["types"]:
        buy, sell = each.get("best_buy"), each.get("best_sell")
        parts = [f"bought for {isk(buy)}" if buy else "nobody buys"]
        parts.append(f"sold for {isk(sell)}" if sell else "nobody sells")
        spread = None
        if buy and sell:
            spread = _share(Decimal(sell) - Decimal(buy), Decimal(sell))
            parts.append(f"a spread of {spread} %")
        parts.append(f"{each['buy_volume']:,} wanted and {each['sell_volume']:,} on offer")
        yield Fact(f"market.{each['type_id']}", f"{each['name']}: {', '.join(parts)}", spread)


def _history(data: Data) -> Iterator[Fact]:
    for each in data["types"]:
        days = each["days"]
        if not days:
            continue
        first, last = Decimal(days[0]["average"]), Decimal(days[-1]["average"])
        volume = sum(day["volume"] for day in days) // len(days)
        moved = _share(last - first, first)
        sign = "+" if not moved.startswith("-") else ""
        text = (
            f"{each['name']}: {isk(last)} on {days[-1]['date']}, {sign}{moved} % in {len(days)} days, "
            f"{volume:,} traded a day"
        )
        yield Fact(f"history.{each['type_id']}", text, moved)


def _indices(data: Data) -> Iterator[Fact]:
    systems = data.get("systems", [])
    if not systems:
        yield Fact("index.none", "No system is known in which it has its home, an office or a job")
    for system in systems:
        for activity, index in sorted(system["indices"].items()):
            why = ", ".join(system["why"])
            text = f"{_words(activity)} in {system['name']} ({why}): cost index {_percent(index)} %"
            yield Fact(f"index.{system['system_id']}.{activity}", text, index)
    if data.get("unplaced"):
        text = f"It works in {data['unplaced']:,} structures, too, whose system EVE tells only some"
        yield Fact("index.unplaced", text, data["unplaced"])


def _members(data: Data) -> Iterator[Fact]:
    yield Fact("members", f"{data['count']:,} members", data["count"])


def _wallets(data: Data) -> Iterator[Fact]:
    total = sum((Decimal(each["balance"]) for each in data["divisions"]), Decimal(0))
    yield Fact("wallet.total", f"{isk(total)} in all wallets together", str(total))
    for each in data["divisions"]:
        text = f"{isk(each['balance'])} in division {each['division']}"
        yield Fact(f"wallet.{each['division']}", text, each["balance"])


def _journal(data: Data) -> Iterator[Fact]:
    income = sum((Decimal(each["income"]) for each in data["types"]), Decimal(0))
    expense = sum((Decimal(each["expense"]) for each in data["types"]), Decimal(0))
    span = f"from {data['since'][:10]} to {data['until'][:10]}" if data.get("since") else "in 30 days"
    yield Fact("flow.net", f"{isk(income - expense)} net {span}", str(income - expense))
    yield Fact("flow.income", f"{isk(income)} came in {span}", str(income))
    yield Fact("flow.expense", f"{isk(expense)} went out {span}", str(expense))
    yield Fact("flow.entries", f"{data['entries']:,} entries in the journal", data["entries"])
    for each in data["types"][: MOST_FACTS - 4]:
        net = Decimal(each["income"]) - Decimal(each["expense"])
        text = f"{_words(each['ref_type'])}: {isk(net)} net in {each['count']:,} entries"
        yield Fact(f"flow.{each['ref_type']}", text, str(net))


def _jobs(data: Data) -> Iterator[Fact]:
    going = sum(each["active"] for each in data["activities"])
    ready = sum(each["ready"] for each in data["activities"])
    yield Fact("jobs.active", f"{going:,} jobs are going on", going)
    yield Fact("jobs.ready", f"{ready:,} jobs are ready to be delivered", ready)
    for each in data["activities"]:
        text = (
            f"{each['activity']}: {each['active']:,} going on, {each['ready']:,} ready, {each['done']:,} "
            f"delivered, {each['runs']:,} runs, {isk(each['cost'])} to install"
        )
        yield Fact(f"jobs.{each['activity'].lower().replace(' ', '_')}", text, each["active"])
    for number, each in enumerate(data["ends"][:_LISTED], start=1):
        text = (
            f"{each['activity']} of {each['product']} ({each['runs']:,} runs) ends {_minute(each['ends_at'])}"
        )
        yield Fact(f"job.{number}", text, each["ends_at"])


def _orders(data: Data) -> Iterator[Fact]:
    sell, buy = data["sell"], data["buy"]
    yield Fact("orders.sell", f"{sell['count']:,} sell orders for {isk(sell['value'])}", sell["value"])
    yield Fact("orders.buy", f"{buy['count']:,} buy orders for {isk(buy['value'])}", buy["value"])
    yield Fact("orders.escrow", f"{isk(buy['escrow'])} held back for buy orders", buy["escrow"])
    yield Fact("orders.expiring", f"{data['expiring']:,} orders run out within 7 days", data["expiring"])
    for each in data["types"][:_LISTED]:
        text = f"{each['name']}: sold for {isk(each['sell_value'])}, bought for {isk(each['buy_value'])}"
        yield Fact(f"orders.{each['type_id']}", text, each["sell_value"])


def _assets(data: Data) -> Iterator[Fact]:
    worth = Decimal(data["worth"])
    yield Fact("assets.worth", f"Worth {isk(worth)} by EVE's adjusted prices", data["worth"])
    yield Fact("assets.stacks", f"{data['stacks']:,} stacks of {data['types']:,} types", data["stacks"])
    if data["unpriced"]:
        yield Fact("assets.unpriced", f"{data['unpriced']:,} types have no price", data["unpriced"])
    for each in data["top"][:_LISTED]:
        share = _share(Decimal(each["worth"]), worth)
        text = f"{each['quantity']:,} {each['name']}, worth {isk(each['worth'])} ({share} %)"
        yield Fact(f"asset.{each['type_id']}", text, each["worth"])


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole * 100:.1f}" if whole else "0.0"


def _percent(index: str) -> str:
    return f"{Decimal(index) * 100:.2f}"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _minute(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


_TOLD: Final[dict[str, Callable[[Data], Iterator[Fact]]]] = {
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
