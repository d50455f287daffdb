"""Facts of data: with numbers and units, never too many; and a made-up corporation that adds up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orchestrator.core import json
from trading.eve import wire
from trading.eve.sso import SCOPES
from trading.strategy.domain import condensing
from trading.strategy.domain.facts import KINDS, MOST_FACTS, facts_of
from trading.strategy.domain.made_up import made_up_corporation

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def texts(kind: str, data: dict[str, Any]) -> dict[str, str]:
    return {each.name: each.text for each in facts_of(kind, data)}


def test_every_scope_that_is_asked_for_is_for_some_kind_of_data() -> None:
    assert {each.scope for each in KINDS.values() if each.scope} == set(SCOPES)
    assert all(each.title and each.purpose for each in KINDS.values())


def test_the_same_seed_makes_the_same_corporation_of_all_kinds() -> None:
    made = list(made_up_corporation(7, NOON))

    assert made == list(made_up_corporation(7, NOON))
    assert made != list(made_up_corporation(8, NOON))
    assert {each.kind.value for each in made} == set(KINDS)
    assert max(each.at for each in made) - min(each.at for each in made) == timedelta(days=30)


def test_made_up_data_are_told_in_few_facts_with_names_of_their_own() -> None:
    for each in made_up_corporation(7, NOON):
        assert json.normalize(each.data) == each.data, "as it reads back from storage"
        found = facts_of(each.kind.value, each.data)
        assert 0 < len(found) <= MOST_FACTS
        assert len({fact.name for fact in found}) == len(found)


def test_a_made_up_wallet_is_what_its_journal_left_in_it() -> None:
    made = {(each.kind.value, each.at): each.data for each in made_up_corporation(7, NOON)}
    earlier, now = NOON - timedelta(days=30), NOON

    def balance(at: datetime) -> Decimal:
        divisions: Any = made["wallets", at]["divisions"]
        return Decimal(divisions[0]["balance"])

    flow = {each.name: each.value for each in facts_of("journal", made["journal", now])}
    assert balance(now) - balance(earlier) == Decimal(str(flow["flow.net"]))


def test_a_journal_of_very_many_reasons_stays_short_and_whole() -> None:
    entries = [
        wire.JournalEntry(id=number, date=NOON, ref_type=f"reason_{number}", amount=Decimal(number))
        for number in range(1, 301)
    ]

    data: Any = condensing.journal(entries)

    assert len(data["types"]) == 101
    assert sum(Decimal(each["income"]) for each in data["types"]) == sum(range(1, 301))
    assert len(facts_of("journal", data)) == MOST_FACTS


def test_a_job_whose_time_is_up_is_ready() -> None:
    def job(number: int, status: str, hours: int) -> wire.IndustryJob:
        ends = NOON + timedelta(hours=hours)
        return wire.IndustryJob(
            job_id=number, activity_id=1, status=status, runs=2, blueprint_type_id=9, product_type_id=587,
            installer_id=1, cost=Decimal(10), start_date=NOON - timedelta(days=3), end_date=ends,
        )  # fmt: skip

    told = texts(
        "jobs",
        condensing.jobs(
            [job(1, "active", 5), job(2, "active", -1), job(3, "delivered", -9), job(4, "cancelled", -9)],
            {587: "Rifter"},
            NOON,
        ),
    )

    assert told["jobs.manufacturing"] == (
        "Manufacturing: 1 going on, 1 ready, 1 delivered, 6 runs, 30.00 ISK to install"
    )
    assert told["job.1"] == "Manufacturing of Rifter (2 runs) ends 2026-11-22 17:00 UTC"


@pytest.mark.parametrize("kind", ["market", "history", "prices"])
def test_nothing_on_a_market_makes_no_facts(kind: str) -> None:
    assert facts_of(kind, {"types": []}) == []


def test_a_type_that_nobody_trades_is_told_so() -> None:
    data = {"types": [condensing.market_of_type(34, "Tritanium", [])]}
    assert texts("market", data) == {
        "market.34": "Tritanium: nobody buys, nobody sells, 0 wanted and 0 on offer"
    }


def test_a_kind_that_does_not_exist_has_no_facts() -> None:
    with pytest.raises(ValueError, match="secrets"):
        facts_of("secrets", {})
