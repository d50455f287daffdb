"""The paper broker: orders against a book that was recorded without them.

An order is filled at once, as a taker, from what the book shows when it is placed, level by level up to its
limit. The same shown tokens are never taken twice (see ``book``). What rests is filled as ``meeting`` says.

The broker never reads a clock: market time comes with orders and messages. Purchases reserve what they may
cost with fees, sales the tokens; there is no short selling (buy the other outcome instead).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from trading.domain import ledger
from trading.domain.acceptance import AT_ONCE, examine, what_lacks
from trading.domain.book import Books, Walk
from trading.domain.faults import ClockBack
from trading.domain.ledger import Entry, LedgerError, Portfolio, Position
from trading.domain.meeting import met_by_book, met_by_trade
from trading.domain.messages import Book, Message, PriceChange, Resolved, TickSize, Trade, paid_by
from trading.domain.money import ZERO, usdc
from trading.domain.open_orders import OpenOrders
from trading.domain.orders import Event, EventKind, Instrument, OrderRequest, Reason, Refused
from trading.domain.resting import WorkingOrder
from trading.domain.vocabulary import OrderStatus


class Broker:
    """One portfolio's orders. Events are given in the order in which they happened, fills booked already.

    ``books`` may be shared with others that read the same stream: then whoever applies the message to them
    calls ``match`` after it, in place of ``on_message``.
    """

    def __init__(
        self, portfolio: Portfolio, instruments: Iterable[Instrument] = (), books: Books | None = None
    ) -> None:
        self.portfolio = portfolio
        self.books = Books() if books is None else books
        self.instruments = {instrument.token: instrument for instrument in instruments}
        self.orders: dict[str, WorkingOrder] = {}
        self.resolved: dict[str, str] = {}  # market: the token that won, or SPLIT
        self.at = 0
        self.open = OpenOrders()
        self._placed = 0

    # What is asked for

    def admit(self, instrument: Instrument) -> None:
        """Let a token be traded, or change its rules (``closed`` among them)."""
        self.instruments[instrument.token] = instrument

    def book(self, entry: Entry) -> None:
        """A deposit or withdrawal. Raises LedgerError, also where cash is reserved for open orders."""
        after = self.portfolio.book(entry)
        if after.cash < self.open.reserved:
            raise LedgerError(
                f"Of {self.portfolio.cash} USDC, {self.open.reserved} are reserved for open orders."
            )
        self.portfolio = after

    def place(self, request: OrderRequest, at: int) -> list[Event]:
        """Take or refuse an order, and fill what can be filled at once.

        An order of the same ``client_order_id`` is answered as it was the first time and not placed again.
        """
        known = self.orders.get(request.client_order_id)
        if known is not None:
            return list(known.answer)
        self._advance(at)
        instrument = self.instruments.get(request.token)
        self._placed += 1
        order = WorkingOrder(request, self._placed, at)
        if instrument is not None:
            order.market, order.schedule = instrument.market, instrument.fees
        try:
            walk = self._examine(request, instrument, at)
        except Refused as refusal:
            order.status = OrderStatus.REJECTED
            order.answer = [order.told(EventKind.REFUSED, at, refusal.reason, refusal.sentence)]
        else:
            order.answer = self._accept(order, walk)
        self.orders[request.client_order_id] = order
        return list(order.answer)

    def cancel(self, client_order_id: str, at: int) -> list[Event]:
        """End an order. One that is unknown or over answers with a refusal, and nothing changes."""
        self._advance(at)
        order = self.orders.get(client_order_id)
        if order is None:
            sentence = f"There is no order {client_order_id}."
            refusal = Reason.UNKNOWN_ORDER
        elif order.is_final:
            sentence = f"Order {client_order_id} is {order.status.value} and cannot be cancelled."
            refusal = Reason.ORDER_FINAL
        else:
            sentence = f"Cancelled with {order.remaining} of {order.size} tokens not filled."
            return [self._end(order, OrderStatus.CANCELLED, Reason.ASKED_FOR, sentence)]
        return [
            Event(
                kind=EventKind.CANCEL_REFUSED, at=at, order=client_order_id, reason=refusal, sentence=sentence
            )
        ]

    # What the market tells

    def on_message(self, message: Message) -> list[Event]:
        """Apply a message to the books and match. Raises MarketDataError, and no order is touched."""
        self.books.apply(message)
        return self.match(message)

    def match(self, message: Message) -> list[Event]:
        """What a message, already applied to the books, does to open orders and positions."""
        at = message.at
        if at > self.at:
            self.at = at
        due = self.open.next_expiry
        events = self.at_end(at) if due is not None and at >= due else []
        if isinstance(message, Resolved):
            return events + self._resolve(message)
        if isinstance(message, TickSize):
            instrument = self.instruments.get(message.token)
            if instrument is not None:
                self.instruments[message.token] = replace(instrument, tick=message.tick)
            return events
        orders = self.open.of(message.token)
        if not orders:
            return events
        if isinstance(message, Trade):
            return events + self._filled(met_by_trade(message, orders), message.token)
        if isinstance(message, PriceChange | Book):
            book = self.books.by_token[message.token]
            return events + self._filled(met_by_book(message, book, orders), message.token)
        return events

    def at_end(self, at: int) -> list[Event]:
        """Expire the orders whose moment has come."""
        self._advance(max(at, self.at))
        events = []
        for order in self.open.all():
            moment = order.request.expires_at
            if moment is not None and moment <= at:
                sentence = f"Expired with {order.remaining} of {order.size} tokens not filled."
                events.append(self._end(order, OrderStatus.EXPIRED, None, sentence))
        return events

    # What it knows

    @property
    def available(self) -> Decimal:
        """Cash that no open order may need."""
        return self.portfolio.cash - self.open.reserved

    def sellable(self, token: str) -> Decimal:
        """Tokens that are held and not offered by an open order."""
        return self.portfolio.held(token) - self.open.offered(token)

    def drop_final(self) -> list[WorkingOrder]:
        """Forget the orders that are over, once they are stored; the caller then knows their names."""
        final = [order for order in self.orders.values() if order.is_final]
        for order in final:
            del self.orders[order.request.client_order_id]
        return final

    # How an order is taken

    def _examine(self, request: OrderRequest, instrument: Instrument | None, at: int) -> Walk:
        if instrument is None:
            raise Refused(Reason.UNKNOWN_MARKET, f"No market is known for token {request.token}.")
        if instrument.market in self.resolved:
            raise Refused(Reason.MARKET_RESOLVED, f"Market {instrument.market} is resolved.")
        book = self.books.by_token.get(request.token)
        cash, tokens = self.available, self.sellable(request.token)
        return examine(request, instrument, book, at=at, cash=cash, tokens=tokens)

    def _accept(self, order: WorkingOrder, walk: Walk) -> list[Event]:
        request = order.request
        book, against = self.books.by_token[request.token], request.side.other
        events = [order.told(EventKind.ACCEPTED, self.at)]
        for price, size in walk.levels:
            book.take(against, price, size)
            events.append(self._fill(order, price, size, maker=False))
        if request.time_in_force in AT_ONCE:
            if lacking := what_lacks(request, walk):
                events.append(self._end(order, OrderStatus.CANCELLED, Reason.REMAINDER, lacking))
        elif not order.remaining:
            order.status = OrderStatus.FILLED
        else:
            order.ahead = book.shown(request.side, order.price)
            order.reserved = order.still_needed()
            self.open.add(order)
        return events

    # How a resting order is filled

    def _filled(self, reached: Iterable[tuple[WorkingOrder, Decimal]], token: str) -> list[Event]:
        events = [self._fill(order, order.price, size, maker=True) for order, size in reached]
        if events:
            self.open.settle(token)
        return events

    def _resolve(self, message: Resolved) -> list[Event]:
        winner = self.resolved.get(message.market) or message.winner
        self.resolved[message.market] = winner
        events = [
            self._end(order, OrderStatus.CANCELLED, Reason.MARKET_RESOLVED, "The market is resolved.")
            for order in self.open.all()
            if order.market == message.market
        ]
        if not winner:  # how the outcomes share the pay-out is not told: nothing is paid on a guess
            return events
        for token, position in sorted(self.portfolio.positions.items()):
            if position.market == message.market and position.size:
                reference = f"{message.market}:{token}"
                entry = ledger.payout(position, each=paid_by(token, winner), at=self.at, reference=reference)
                self.portfolio = self.portfolio.book(entry)
                events.append(
                    Event(
                        kind=EventKind.PAID_OUT,
                        at=self.at,
                        token=token,
                        market=message.market,
                        size=position.size,
                        notional=entry.postings[0].amount,
                        entry=entry,
                    )
                )
        return events

    def _fill(self, order: WorkingOrder, price: Decimal, size: Decimal, *, maker: bool) -> Event:
        request = order.request
        fee = order.schedule.fee(price, size, taker=not maker)
        order.filled += size
        order.notional += price * size
        order.fills += 1
        notional = usdc(order.notional) - order.booked
        order.booked += notional
        order.fees += fee
        position = self.portfolio.positions.get(request.token) or Position(request.token, order.market)
        reference = f"{request.client_order_id}:{order.fills}"
        entry = ledger.fill(
            position,
            side=request.side,
            size=size,
            notional=notional,
            fee=fee,
            at=self.at,
            reference=reference,
        )
        self.portfolio = self.portfolio.book(entry, market=order.market)
        order.status = OrderStatus.PARTIALLY_FILLED if order.remaining else OrderStatus.FILLED
        order.reserved = order.still_needed() if maker else ZERO
        told = order.told(EventKind.FILLED, self.at)
        return replace(told, price=price, size=size, notional=notional, fee=fee, maker=maker, entry=entry)

    def _end(self, order: WorkingOrder, status: OrderStatus, reason: Reason | None, sentence: str) -> Event:
        order.status, order.reserved = status, ZERO
        self.open.settle(order.request.token)
        kind = EventKind.EXPIRED if status is OrderStatus.EXPIRED else EventKind.CANCELLED
        return replace(order.told(kind, self.at, reason, sentence), size=order.remaining)

    def _advance(self, at: int) -> None:
        if at < self.at:
            raise ClockBack(f"The market's clock went back by {self.at - at} ms: it was {self.at} already.")
        self.at = at

    def snapshot(self) -> dict[str, Any]:
        """As values of JSON, without the books: they may be shared."""
        return {
            "at": self.at,
            "placed": self._placed,
            "portfolio": self.portfolio.snapshot(),
            "instruments": [instrument.snapshot() for _, instrument in sorted(self.instruments.items())],
            "resolved": dict(self.resolved),
            "orders": [order.snapshot() for order in self.orders.values()],
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any], books: Books) -> Broker:
        instruments = [Instrument.restore(instrument) for instrument in data["instruments"]]
        broker = cls(Portfolio.restore(data["portfolio"]), instruments, books)
        broker.at, broker._placed = data["at"], data["placed"]
        broker.resolved = dict(data["resolved"])
        for order in map(WorkingOrder.restore, data["orders"]):
            broker.orders[order.request.client_order_id] = order
            if not order.is_final:
                broker.open.add(order)
        return broker
