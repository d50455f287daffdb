"""What people read of a snapshot: every kind as tables with names, units and moments."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from trading.eve import wire
from trading.strategy.domain import condensing
from trading.strategy.domain.facts import facts_of
from trading.strategy.domain.kinds import KINDS
from trading.strategy.domain.made_up import made_up_corporation
from trading.strategy.domain.tables import Table, tables_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MADE = {each.kind.value: each.data for each in made_up_corporation(7, NOON)}


def rows(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_in_tables_whose_rows_fit_their_columns(kind: str) -> None:
    tables = tables_of(kind, MADE[kind])

    assert tables
    assert all(table.rows for table in tables)
    for table in tables:
        assert all(len(row) == len(table.columns) for row in table.laid_out)


def test_amounts_have_separators_and_their_unit_and_shares_are_of_the_whole() -> None:
    data = condensing.wallets(
        [
            wire.Wallet(division=2, balance=Decimal("250.5")),
            wire.Wallet(division=1, balance=Decimal(1_000_000)),
        ]
    )

    (table,) = tables_of("wallets", data)

    assert rows(table) == [
        ["Division 1", "1,000,000.00 ISK", "100.0 %"],
        ["Division 2", "250.50 ISK", "0.0 %"],
        ["All together", "1,000,250.50 ISK", "100.0 %"],
    ]


def test_a_corporation_without_anything_has_words_instead_of_rows() -> None:
    empty = tables_of("journal", condensing.journal([])) + tables_of("jobs", condensing.jobs([], {}, NOON))

    assert [(table.rows, bool(table.nothing)) for table in empty] == [([], True)] * 3


def test_indices_are_of_the_systems_in_which_it_works_alone() -> None:
    told = [
        wire.IndustrySystem(
            solar_system_id=system,
            cost_indices=[wire.CostIndex(activity="manufacturing", cost_index=Decimal("0.0454"))],
        )
        for system in (30_000_001, 30_000_002)
    ]
    places = {30_000_002: condensing.Workplace("Ember", ("home", "jobs"))}

    data = condensing.indices(told, places, 2)

    (table,) = tables_of("indices", data)
    assert rows(table) == [["Ember", "home, jobs", "4.54 %"]]
    assert "2 more structures" in table.note
    assert [fact.text for fact in facts_of("indices", data)] == [
        "Manufacturing in Ember (home, jobs): cost index 4.54 %",
        "It works in 2 structures, too, whose system EVE tells only some",
    ]


def test_where_no_system_is_known_that_is_said() -> None:
    data = condensing.indices([], {})

    assert tables_of("indices", data)[0].nothing
    assert [fact.name for fact in facts_of("indices", data)] == ["index.none"]


def test_what_is_ready_by_now_ends_at_a_moment() -> None:
    moments = [row[2].moment for row in tables_of("jobs", MADE["jobs"])[1].rows]

    assert moments == sorted(each for each in moments if each)
    assert all(each and each.tzinfo for each in moments)
