"""Orders that a person places by hand, on paper, against the newest book of a tape.

They are taken at the tape's end, at the portfolio's desk, whose row is locked meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from trading.domain.orders import Event, EventKind, Instrument, OrderRequest, Reason
from trading.domain.vocabulary import Mode, OrderType, Side, TapeStatus, TimeInForce
from trading.models import Desk, Market, Order, Portfolio
from trading.queries.books import last_book
from trading.queries.stakes import milliseconds
from trading.queries.tapes import moment_of
from trading.services.desks import STANDING, Trading, caught_up, keep_desk
from trading.services.killing import SENTENCE, hold_gate
from trading.services.portfolios import find_portfolio
from trading.services.strategies import busy_with
from trading.services.tapes import find_tape

BUSY: Final = "A strategy trades with this portfolio. Its run has to end first."
_LONGEST_NAME: Final = 100
_FIELDS: Final = {
    Reason.BAD_PRICE: "price",
    Reason.OFF_TICK: "price",
    Reason.BAD_SIZE: "size",
    Reason.BELOW_MINIMUM: "size",
    Reason.INSUFFICIENT_CASH: "size",
    Reason.INSUFFICIENT_TOKENS: "size",
    Reason.NO_LIQUIDITY: "size",
    Reason.NOT_FILLABLE: "time_in_force",
    Reason.BAD_TERMS: "time_in_force",
}
"""Where a refusal is about something that was typed; others are about the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for. ``expires_at`` is market time."""

    tape_id: UUID
    token: str
    side: Side
    type: OrderType = OrderType.LIMIT
    price: Decimal | None = None
    size: Decimal | None = None
    amount: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: datetime | None = None

    def named(self, name: str) -> OrderRequest:
        return OrderRequest(
            client_order_id=name,
            token=self.token,
            side=self.side,
            type=self.type,
            price=self.price,
            size=self.size,
            amount=self.amount,
            time_in_force=self.time_in_force,
            expires_at=None if self.expires_at is None else milliseconds(self.expires_at),
        )


@transaction.atomic
def place_order(user: User, portfolio_id: UUID, asked: Asked, *, client_order_id: str) -> tuple[Order, bool]:
    """Answers with the order, and whether it is new: one name is one order, however often it is sent.

    A refusal leaves nothing behind. Raises NotFound, NotAllowed, WrongState, InvalidInput with the field that
    the refusal is about.
    """
    portfolio = find_portfolio(user, portfolio_id, lock=True)
    require_desk(user, portfolio)
    name = name_of(portfolio, client_order_id)
    known = Order.objects.filter(client_order_id=name).first()
    if known is not None:
        return known, False
    if busy_with(portfolio) is not None:
        raise WrongState(BUSY)
    if hold_gate() is not None:
        raise WrongState(SENTENCE)
    trading = at_desk(user, portfolio, asked.tape_id, asked.token)
    told = trading.broker.place(asked.named(name), trading.broker.at)
    refuse(told, asked)
    order = _row(portfolio, trading, asked, name)
    trading.events += told
    keep_desk(portfolio, trading)
    record_audit(user, "order.placed", order, after={"token": asked.token, "side": asked.side.value})
    order.refresh_from_db()
    return order, True


@transaction.atomic
def cancel_order(user: User, order_id: UUID) -> Order:
    """End an order that stands. Raises NotFound, NotAllowed, WrongState."""
    order = find_order(user, order_id)
    portfolio = find_portfolio(user, order.portfolio_id, lock=True)
    require_desk(user, portfolio)
    if order.run is not None:
        raise WrongState("A strategy placed this order. It ends with its run.")
    desk = Desk.objects.select_related("tape").filter(portfolio=portfolio).first()
    order.refresh_from_db()
    if desk is None or order.status not in STANDING:
        raise WrongState(f"The order is {order.status.replace('_', ' ')} already.")
    trading = caught_up(portfolio, desk)
    told = trading.broker.cancel(order.client_order_id, trading.broker.at)
    is_done = told[0].kind is not EventKind.CANCEL_REFUSED
    trading.events += told if is_done else []
    keep_desk(portfolio, trading)
    order.refresh_from_db()
    if is_done:
        record_audit(user, "order.cancelled", order)
    return order


def find_order(user: User, order_id: UUID) -> Order:
    """An order of a portfolio that the person sees. Raises NotFound."""
    rows = Order.objects.filter(portfolio__in=Portfolio.objects.visible_to(user))
    order = rows.filter(pk=order_id).select_related("portfolio", "run").first()
    if order is None:
        raise NotFound("There is no such order, or none that you may see.")
    return order


def require_desk(user: User, portfolio: Portfolio) -> None:
    """Raises NotAllowed, WrongState."""
    if portfolio.owner_id != user.pk or not user.may_build:
        raise NotAllowed("Only the owner of a portfolio trades with it.")
    if portfolio.mode != Mode.PAPER:
        raise WrongState("Orders are placed by hand in paper portfolios only.")


def name_of(portfolio: Portfolio, client_order_id: str) -> str:
    """Raises InvalidInput."""
    if not 0 < len(client_order_id) <= _LONGEST_NAME or not client_order_id.isprintable():
        message = f"Between 1 and {_LONGEST_NAME} printable characters."
        raise InvalidInput(f"client_order_id: {message}", fields={"client_order_id": [message]})
    return f"{portfolio.pk}/{client_order_id}"


def at_desk(user: User, portfolio: Portfolio, tape_id: UUID, token: str) -> Trading:
    """The portfolio's broker at the end of this tape, with the token's book; nothing is stored.

    Raises NotFound, InvalidInput, and WrongState where orders stand on another tape.
    """
    tape = find_tape(user, tape_id)
    if token not in tape.tokens or not tape.message_count:
        message = "This tape tells nothing of that outcome."
        raise InvalidInput(message, fields={"token": [message]})
    desk = Desk.objects.select_related("tape").filter(portfolio=portfolio).first()
    if desk is not None and desk.tape_id != tape.pk:
        if Order.objects.filter(portfolio=portfolio, run__isnull=True, status__in=STANDING).exists():
            raise WrongState(f"Open orders stand on the tape “{desk.tape.name}”. Cancel those first.")
        desk.broker, desk.books, desk.position, desk.tape = {}, [], 0, tape
    trading = caught_up(portfolio, desk or Desk(portfolio=portfolio, tape=tape))
    trading.market = Market.objects.filter(outcomes__contains=[{"token": token}]).first()
    if trading.market is not None:
        _admit(trading, trading.market, token)
    return trading


def refuse(told: list[Event], asked: Asked) -> None:
    """Raises InvalidInput for an order that was refused, beside the field that it is about."""
    for event in told:
        if event.kind is EventKind.REFUSED and event.reason is not None:
            name = _FIELDS.get(event.reason, "token")
            name = "amount" if name == "size" and asked.amount is not None else name
            is_about_its_end = event.reason is Reason.BAD_TERMS and asked.time_in_force is TimeInForce.GTD
            name = "expires_at" if is_about_its_end and asked.type is OrderType.LIMIT else name
            raise InvalidInput(event.sentence, fields={name: [event.sentence]}, reason=event.reason.value)


def _admit(trading: Trading, market: Market, token: str) -> None:
    tape, broker = trading.desk.tape, trading.broker
    if token not in broker.books.by_token:
        found = last_book(tape.pk, token, market.condition_id)
        if found is not None:
            broker.books.by_token[token] = found.book
            if found.winner:
                broker.resolved[market.condition_id] = found.winner
    if market.winner:  # also where the tape ended before
        broker.resolved.setdefault(market.condition_id, market.winner)
    book, known = broker.books.by_token.get(token), broker.instruments.get(token)
    is_live = tape.status == TapeStatus.RECORDING
    broker.admit(
        Instrument(
            token=token,
            market=market.condition_id,
            tick=(book.tick if book else None) or (known.tick if known else market.tick_size),
            minimum_size=market.minimum_size,
            fees=market.fees,
            closed=is_live and (market.is_closed or not market.accepts_orders),
        )
    )


def _row(portfolio: Portfolio, trading: Trading, asked: Asked, name: str) -> Order:
    return Order.objects.create(
        portfolio=portfolio,
        client_order_id=name,
        token=asked.token,
        market=trading.broker.orders[name].market,
        side=asked.side.value,
        type=asked.type.value,
        time_in_force=asked.time_in_force.value,
        expires_at=asked.expires_at,
        price=asked.price,
        size=asked.size,
        amount=asked.amount,
        placed_at=moment_of(trading.broker.at),
    )
