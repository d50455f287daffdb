"""What a message of the market does to orders that rest: which of them are reached, and by how many tokens.

They are filled as makers at their own price, by price and then time, when

- a trade goes through their price: up to the trade's size, since their price would have come first;
- a trade happens at their price: with what the trade leaves once all that stood there when they were placed
  is served. What stood before them also shrinks to what is shown there. As the book may tell that before the
  trade that was the cause, trades first account for what had vanished: a queue is never served twice;
- the other side shows a price at or beyond their own: with what is shown there.

Being the best price alone never fills them. What is filled are whole millionths of a token, whatever the
market tells: no fill could be booked otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from trading.domain.book import OrderBook
from trading.domain.messages import Book, PriceChange, Trade
from trading.domain.money import ZERO, tokens_down
from trading.domain.resting import WorkingOrder, by_price_and_time
from trading.domain.vocabulary import Side


def met_by_trade(trade: Trade, orders: Iterable[WorkingOrder]) -> Iterator[tuple[WorkingOrder, Decimal]]:
    """``orders`` are those of its token in time order. Each is filled before the next is asked for."""
    volume = trade.size
    for order in by_price_and_time(orders, trade.side.other):
        if order.outranks(trade.price):
            left = volume
        elif order.price == trade.price:
            left = order.reached_by(volume)
        else:
            break
        size = tokens_down(min(order.remaining, left))
        if size > ZERO:
            volume -= size
            yield order, size


def met_by_book(
    message: PriceChange | Book, book: OrderBook, orders: Iterable[WorkingOrder]
) -> Iterator[tuple[WorkingOrder, Decimal]]:
    """As ``met_by_trade``; the message is in the book already, and what is taken there is remembered."""
    bid, ask = book.best_bid, book.best_ask
    reached = []
    for order in orders:
        side, price = order.request.side, order.price
        if isinstance(message, Book):
            order.lower_ahead(book.shown(side, price))
        elif message.side is side and message.price == price:
            order.lower_ahead(message.size)
        if (ask is not None and price >= ask) if side is Side.BUY else (bid is not None and price <= bid):
            reached.append(order)
    for side in Side if reached else ():
        for order in by_price_and_time(reached, side):
            walk = book.walk(side, size=order.remaining, limit=order.price)
            for price, size in walk.levels:
                book.take(side.other, price, size)
            if walk.size:
                yield order, walk.size
