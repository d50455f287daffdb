"""The orders that still stand, by token and in the order of their placement."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trading.domain.money import ZERO
from trading.domain.resting import WorkingOrder
from trading.domain.vocabulary import Side


class OpenOrders:
    """Mutable; ``settle`` a token after any of its orders ended."""

    __slots__ = ("_by_token", "next_expiry")

    def __init__(self) -> None:
        self._by_token: dict[str, list[WorkingOrder]] = {}
        self.next_expiry: int | None = None  # the first moment at which any of them expires

    def add(self, order: WorkingOrder) -> None:
        self._by_token.setdefault(order.request.token, []).append(order)
        self.settle(order.request.token)

    def of(self, token: str) -> Sequence[WorkingOrder]:
        return self._by_token.get(token, ())

    def all(self) -> list[WorkingOrder]:
        found = (order for orders in self._by_token.values() for order in orders)
        return sorted(found, key=lambda order: order.number)

    def settle(self, token: str) -> None:
        """Let go of the token's orders that are over."""
        still = [order for order in self._by_token.get(token, ()) if not order.is_final]
        if still:
            self._by_token[token] = still
        else:
            self._by_token.pop(token, None)
        moments = (order.request.expires_at for order in self.all())
        self.next_expiry = min((moment for moment in moments if moment is not None), default=None)

    @property
    def reserved(self) -> Decimal:
        """USDC that purchases may still cost."""
        return sum((order.reserved for order in self.all()), ZERO)

    def offered(self, token: str) -> Decimal:
        """Tokens that open sales may still give away."""
        return sum((order.remaining for order in self.of(token) if order.side is Side.SELL), ZERO)
