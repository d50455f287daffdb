"""A working order: what became of it so far, and where it stands in the queue at its price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from trading.domain.fees import FREE, FeeSchedule
from trading.domain.money import ZERO, usdc_up
from trading.domain.orders import Event, EventKind, OrderRequest, Reason
from trading.domain.vocabulary import FINAL_ORDERS, OrderStatus, Side


@dataclass(slots=True)
class WorkingOrder:
    """Mutable; the broker's own.

    ``number`` is its place in time. ``ahead`` are the tokens that stand before it at its price. ``vanished``
    is what went from before it without a trade having been told: the next trades at its price may be the
    ones that took it, so they pay for that first.
    """

    request: OrderRequest
    number: int
    placed_at: int
    market: str = ""
    schedule: FeeSchedule = FREE  # of the moment at which it was placed, as what is reserved goes by it
    status: OrderStatus = OrderStatus.OPEN
    filled: Decimal = ZERO
    notional: Decimal = ZERO  # exact; ``booked`` is what was booked of it
    booked: Decimal = ZERO
    fees: Decimal = ZERO
    fills: int = 0
    ahead: Decimal = ZERO
    vanished: Decimal = ZERO
    reserved: Decimal = ZERO
    answer: list[Event] = field(default_factory=list)

    @property
    def side(self) -> Side:
        return self.request.side

    @property
    def price(self) -> Decimal:
        """The limit, of an order that rests; a market order never does."""
        return self.request.price if self.request.price is not None else ZERO

    @property
    def size(self) -> Decimal:
        """What was asked for in tokens; of an amount, what it bought."""
        return self.filled if self.request.size is None else self.request.size

    @property
    def remaining(self) -> Decimal:
        return self.size - self.filled

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_ORDERS

    @property
    def average_price(self) -> Decimal | None:
        return self.notional / self.filled if self.filled else None

    def still_needed(self) -> Decimal:
        """The most USDC that what remains of a resting purchase can cost, so that it is never short.

        A booked sum is at most half a millionth above the exact one, and all of them are whole millionths:
        the exact sum rounded up is enough.
        """
        if self.side is Side.SELL or not self.remaining:
            return ZERO
        each = self.price + self.schedule.per_token(self.price, taker=False)
        return usdc_up(self.notional + self.remaining * each) - self.booked

    def outranks(self, price: Decimal) -> bool:
        """Whether a trade at that price went through this order's."""
        return self.price > price if self.side is Side.BUY else self.price < price

    def lower_ahead(self, shown: Decimal) -> None:
        """No more can stand before it than is shown at its price."""
        if shown < self.ahead:
            self.vanished += self.ahead - shown
            self.ahead = shown

    def reached_by(self, volume: Decimal) -> Decimal:
        """What a trade of ``volume`` at its price leaves for it, the queue before it served."""
        explained = min(self.vanished, volume)
        self.vanished -= explained
        served = min(self.ahead, volume - explained)
        self.ahead -= served
        return volume - explained - served

    def told(self, kind: EventKind, at: int, reason: Reason | None = None, sentence: str = "") -> Event:
        return Event(
            kind=kind,
            at=at,
            order=self.request.client_order_id,
            token=self.request.token,
            market=self.market,
            side=self.request.side,
            price=self.request.price,
            reason=reason,
            sentence=sentence,
        )

    def snapshot(self) -> dict[str, Any]:
        return {
            "request": self.request.snapshot(),
            "market": self.market,
            "number": self.number,
            "placed_at": self.placed_at,
            "schedule": self.schedule.snapshot(),
            "status": self.status.value,
            "fills": self.fills,
            **{name: str(getattr(self, name)) for name in _NUMBERS},
            "answer": [event.snapshot() for event in self.answer],
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any]) -> WorkingOrder:
        return cls(
            request=OrderRequest.restore(data["request"]),
            market=data["market"],
            number=data["number"],
            placed_at=data["placed_at"],
            schedule=FeeSchedule.restore(data["schedule"]),
            status=OrderStatus(data["status"]),
            fills=data["fills"],
            **{name: Decimal(data[name]) for name in _NUMBERS},
            answer=[Event.restore(event) for event in data["answer"]],
        )


def by_price_and_time(orders: Iterable[WorkingOrder], side: Side) -> list[WorkingOrder]:
    """Those of one side, best price first and of a price the earliest; ``orders`` come in time order."""
    return sorted(
        (order for order in orders if order.side is side),
        key=lambda order: order.price,
        reverse=side is Side.BUY,
    )


_NUMBERS = ("filled", "notional", "booked", "fees", "ahead", "vanished", "reserved")
