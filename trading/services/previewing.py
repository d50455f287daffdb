"""What an order would do if it were placed now: the same broker, and nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from trading.domain.book import OrderBook
from trading.domain.money import ZERO, usdc
from trading.domain.orders import Event, EventKind
from trading.domain.vocabulary import Side
from trading.models import Market, Portfolio
from trading.services.desks import Trading
from trading.services.killing import SENTENCE, pulled
from trading.services.manual_orders import BUSY, Asked, at_desk, refuse, require_desk
from trading.services.portfolios import find_portfolio
from trading.services.strategies import busy_with


@dataclass(frozen=True, slots=True)
class Preview:
    """``fills`` are what the book gives at once; ``rests`` the tokens that would wait, ``reserved`` the USDC
    kept for them. ``refusal`` is empty for an order that would be taken, ``blocked`` says why none is taken
    at the moment. ``free`` and ``held`` are USDC and tokens that no open order may need."""

    side: Side
    market: Market | None
    book: OrderBook | None
    at: int
    free: Decimal
    held: Decimal
    fills: tuple[Event, ...] = ()
    rests: Decimal = ZERO
    reserved: Decimal = ZERO
    refusal: str = ""
    field: str = ""
    blocked: str = ""

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

    @property
    def best(self) -> Decimal | None:
        """The best price that stands against it."""
        if self.book is None:
            return None
        return self.book.best_ask if self.side is Side.BUY else self.book.best_bid

    @property
    def impact(self) -> Decimal | None:
        """How much worse than the best price it is filled on average, as a share of that price."""
        if self.average is None or not self.best:
            return None
        worse = self.average - self.best if self.side is Side.BUY else self.best - self.average
        return usdc(worse / self.best)

    @property
    def cash_after(self) -> Decimal:
        """What is free once it is placed."""
        if self.side is Side.SELL:
            return self.free + self.notional - self.fee
        return self.free - self.notional - self.fee - self.reserved


def preview_order(user: User, portfolio_id: UUID, asked: Asked) -> Preview:
    """Raises NotFound, NotAllowed, WrongState, and InvalidInput where the tape has no such outcome."""
    portfolio = find_portfolio(user, portfolio_id)
    require_desk(user, portfolio)
    trading = at_desk(user, portfolio, asked.tape_id, asked.token)
    broker = trading.broker
    before = Preview(
        side=asked.side,
        market=trading.market,
        book=_shown(trading, asked.token),
        at=broker.at,
        free=broker.available,
        held=broker.sellable(asked.token),
        blocked=_blocked(portfolio),
    )
    told = broker.place(asked.named("preview"), broker.at)
    try:
        refuse(told, asked)
    except InvalidInput as error:
        return replace(before, refusal=error.message, field=next(iter(error.fields)))
    order = broker.orders["preview"]
    fills = tuple(each for each in told if each.kind is EventKind.FILLED)
    rests = ZERO if order.is_final else order.remaining
    return replace(before, fills=fills, rests=rests, reserved=order.reserved)


def _blocked(portfolio: Portfolio) -> str:
    if pulled() is not None:
        return SENTENCE
    return BUSY if busy_with(portfolio) is not None else ""


def _shown(trading: Trading, token: str) -> OrderBook | None:
    book = trading.broker.books.by_token.get(token)
    return None if book is None else OrderBook.restore(book.snapshot())
