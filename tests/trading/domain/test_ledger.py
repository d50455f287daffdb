from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.domain.making import MARKET, YES, D
from trading.domain.ledger import (
    Entry,
    LedgerError,
    Portfolio,
    Position,
    Posting,
    cost_of,
    deposit,
    fill,
    payout,
    withdrawal,
)
from trading.domain.messages import SPLIT, paid_by
from trading.domain.vocabulary import Account, EntryKind, Side


def funded(amount: str = "1000") -> Portfolio:
    return Portfolio().book(deposit(D(amount), 0))


def traded(portfolio: Portfolio, side: Side, size: str, notional: str, fee: str = "0") -> Portfolio:
    held = portfolio.positions.get(YES) or Position(YES, MARKET)
    entry = fill(held, side=side, size=D(size), notional=D(notional), fee=D(fee), at=1)
    return portfolio.book(entry, market=MARKET)


def test_an_entry_that_does_not_balance_cannot_be_made() -> None:
    with pytest.raises(LedgerError, match=r"add up to 0\.000001"):
        Entry(
            EntryKind.DEPOSIT,
            0,
            (Posting(Account.CASH, D("1.000001")), Posting(Account.CAPITAL, D(-1))),
        )


def test_buying_more_averages_the_cost_and_selling_some_leaves_the_average() -> None:
    portfolio = traded(traded(funded(), Side.BUY, "100", "40"), Side.BUY, "100", "60")
    assert portfolio.positions[YES].average_price == D("0.5")

    portfolio = traded(portfolio, Side.SELL, "50", "35", fee="0.5")
    position = portfolio.positions[YES]
    assert (position.size, position.cost, position.average_price) == (D(150), D(75), D("0.5"))
    assert (position.realised, portfolio.realised) == (D(10), D("9.5"))


def test_the_last_sale_takes_all_that_is_left_of_the_cost() -> None:
    portfolio = traded(funded(), Side.BUY, "3", "1")
    for _ in range(2):
        portfolio = traded(portfolio, Side.SELL, "1", "0.4")
    assert portfolio.positions[YES].cost == D("0.333333")  # half of 0.666667 went, to even

    portfolio = traded(portfolio, Side.SELL, "1", "0.4")
    assert (portfolio.cost, portfolio.realised) == (D(0), D("0.2"))


def test_equity_is_capital_with_what_was_realised_and_what_is_not_yet() -> None:
    portfolio = traded(funded(), Side.BUY, "100", "40", fee="1")

    marks = {YES: D("0.55")}
    assert portfolio.unrealised(marks) == 15
    assert portfolio.equity(marks) == 1000 + 15 - 1
    assert portfolio.equity({}) == 999


def test_a_token_that_won_pays_one_one_that_lost_nothing_and_one_that_shares_half() -> None:
    portfolio = traded(funded(), Side.BUY, "100.000001", "40")
    won, lost, shared = (
        portfolio.book(payout(portfolio.positions[YES], each=paid_by(YES, winner), at=2))
        for winner in (YES, "the other", SPLIT)
    )

    assert (won.cash, won.realised, won.held(YES)) == (D("1060.000001"), D("60.000001"), D(0))
    assert (lost.cash, lost.realised, lost.cost) == (D(960), D(-40), D(0))
    assert (shared.cash, shared.realised, shared.cost) == (D(1010), D(10), D(0)), "rounded down"


def test_nothing_is_booked_that_is_not_there() -> None:
    portfolio = traded(funded("10"), Side.BUY, "10", "4")

    with pytest.raises(LedgerError, match="does not pay"):
        portfolio.book(withdrawal(D(7), 1))
    with pytest.raises(LedgerError, match="not 11"):
        cost_of(portfolio.positions[YES], D(11))
    assert portfolio.book(withdrawal(D(6), 1)).cash == 0


@pytest.mark.parametrize("amount", ["0", "-1", "1.0000001"])
def test_an_amount_that_cannot_be_booked_is_refused(amount: str) -> None:
    for made in (deposit, withdrawal):
        with pytest.raises(LedgerError, match="six decimals"):
            made(D(amount), 0)


AMOUNTS = st.integers(1, 40_000_000).map(lambda millionths: Decimal(millionths).scaleb(-6))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(Side), AMOUNTS, AMOUNTS, AMOUNTS), max_size=15),
    st.sampled_from([0, 1, "0.5"]),
)
def test_the_sums_stay_true_for_any_sizes_and_prices(
    trades: list[tuple[Side, Decimal, Decimal, Decimal]], pays: int | str
) -> None:
    portfolio = funded("10000")
    for side, size, notional, fee in trades:
        held = portfolio.held(YES)
        if side is Side.SELL and not held:
            continue
        sold = min(size, held) if side is Side.SELL else size
        portfolio = traded(portfolio, side, str(sold), str(notional), str(fee))
        assert portfolio.cash + portfolio.cost == portfolio.capital + portfolio.realised
        assert Portfolio.restore(json.loads(json.dumps(portfolio.snapshot()))) == portfolio
    if portfolio.held(YES):
        portfolio = portfolio.book(payout(portfolio.positions[YES], each=D(pays), at=9))
        assert portfolio.cost == 0
        assert portfolio.cash == portfolio.capital + portfolio.realised
