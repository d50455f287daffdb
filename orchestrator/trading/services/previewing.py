"""What an order would do if it were placed now: the same broker, and nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.trading.domain.book import OrderBook
from orchestrator.trading.domain.money import ZERO, usdc
from orchestrator.trading.domain.orders import Event, EventKind
from orchestrator.trading.models import Market
from orchestrator.trading.services.desks import Trading
from orchestrator.trading.services.manual_orders import Asked, at_desk, refuse, require_desk
from orchestrator.trading.services.portfolios import find_portfolio


@dataclass(frozen=True, slots=True)
class Preview:
    """``fills`` are what the book gives at once; ``rests`` the tokens that would wait, ``reserved`` the USDC
    kept for them. ``refusal`` is empty for an order that would be taken."""

    market: Market | None
    book: OrderBook | None
    at: int
    fills: list[Event]
    rests: Decimal
    reserved: Decimal
    refusal: str = ""
    field: str = ""

    @property
    def size(self) -> Decimal:
        return sum((each.size for each in self.fills), ZERO)

    @property
    def notional(self) -> Decimal:
        return sum((each.notional for each in self.fills), ZERO)

    @property
    def fee(self) -> Decimal:
        return sum((each.fee for each in self.fills), ZERO)

    @property
    def average(self) -> Decimal | None:
        return usdc(self.notional / self.size) if self.size else None


def preview_order(user: User, portfolio_id: UUID, asked: Asked) -> Preview:
    """Raises NotFound, NotAllowed, WrongState, and InvalidInput where the tape has no such outcome."""
    portfolio = find_portfolio(user, portfolio_id)
    require_desk(user, portfolio)
    trading = at_desk(user, portfolio, asked.tape_id, asked.token)
    before = _shown(trading, asked.token)
    told = trading.broker.place(asked.named("preview"), trading.broker.at)
    try:
        refuse(told, asked)
    except InvalidInput as error:
        return Preview(
            trading.market, before, trading.broker.at, [], ZERO, ZERO, error.message, *error.fields
        )
    order = trading.broker.orders["preview"]
    fills = [each for each in told if each.kind is EventKind.FILLED]
    rests = ZERO if order.is_final else order.remaining
    return Preview(trading.market, before, trading.broker.at, fills, rests, order.reserved)


def _shown(trading: Trading, token: str) -> OrderBook | None:
    book = trading.broker.books.by_token.get(token)
    return None if book is None else OrderBook.restore(book.snapshot())
