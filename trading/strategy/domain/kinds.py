"""The kinds of data that are known of a corporation: what each is called, what it is for, what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class DataKind(StrEnum):
    CORPORATION = "corporation"
    ALLIANCE = "alliance"
    PRICES = "prices"
    MARKET = "market"
    HISTORY = "history"
    INDICES = "indices"
    MEMBERS = "members"
    WALLETS = "wallets"
    JOURNAL = "journal"
    JOBS = "jobs"
    ORDERS = "orders"
    ASSETS = "assets"


@dataclass(frozen=True, slots=True)
class Kind:
    """``scope`` is what a character of the corporation has to agree to; empty: ESI tells everybody."""

    name: DataKind
    title: str
    purpose: str
    scope: str = ""


KINDS: Final[dict[str, Kind]] = {
    each.name.value: each
    for each in (
        Kind(DataKind.CORPORATION, "The corporation", "Its size, its taxes, and whose it is"),
        Kind(DataKind.ALLIANCE, "Its alliance", "Who stands with it"),
        Kind(
            DataKind.MEMBERS,
            "Members",
            "How many there are, and how their number changes",
            "esi-corporations.read_corporation_membership.v1",
        ),
        Kind(
            DataKind.WALLETS,
            "Wallets",
            "What it can spend, by division",
            "esi-wallet.read_corporation_wallets.v1",
        ),
        Kind(
            DataKind.JOURNAL,
            "Income and expenses",
            "What 30 days brought in and cost, by reason",
            "esi-wallet.read_corporation_wallets.v1",
        ),
        Kind(
            DataKind.JOBS,
            "Industry jobs",
            "What is being built, researched and invented, and when it ends",
            "esi-industry.read_corporation_jobs.v1",
        ),
        Kind(
            DataKind.ORDERS,
            "Market orders",
            "What it sells and buys, and what is bound in that",
            "esi-markets.read_corporation_orders.v1",
        ),
        Kind(
            DataKind.ASSETS,
            "Assets",
            "What it owns, and what that is worth",
            "esi-assets.read_corporation_assets.v1",
        ),
        Kind(DataKind.PRICES, "Prices", "What EVE itself reckons with, for fees and worth"),
        Kind(DataKind.MARKET, "Market of its region", "Prices, spreads and volumes on offer now"),
        Kind(DataKind.HISTORY, "Market history", "How prices and volumes moved in 30 days"),
        Kind(DataKind.INDICES, "Industry indices", "What installing a job costs where it works"),
    )
}
"""In the order in which people read them; those about its own goods come before the market's."""

MINERALS: Final = {
    34: "Tritanium",
    35: "Pyerite",
    36: "Mexallon",
    37: "Isogen",
    38: "Nocxium",
    39: "Zydrine",
    40: "Megacyte",
}
"""What everything is built of: looked at where a corporation's own goods are not known."""
