"""Reading portfolios: their books as the domain keeps them."""

from __future__ import annotations

from trading.domain import ledger
from trading.models import Portfolio


def books_of(portfolio: Portfolio) -> ledger.Portfolio:
    """The sums of all that was booked, as rows have them."""
    positions = {
        row.token: ledger.Position(row.token, row.market, row.size, row.cost, row.realised_pnl)
        for row in portfolio.positions.all()
    }
    cost = sum((position.cost for position in positions.values()), portfolio.cash)
    return ledger.Portfolio(
        cash=portfolio.cash,
        capital=cost - portfolio.realised_pnl + portfolio.fees_paid,
        fees=portfolio.fees_paid,
        profit=portfolio.realised_pnl,
        positions=positions,
    )
