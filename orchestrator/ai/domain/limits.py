"""Budget arithmetic: whether a call that may cost so much fits within every limit that applies to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orchestrator.ai.domain.prices import dollars


@dataclass(frozen=True, slots=True)
class Limit:
    """``name`` completes "the limit of …". ``used``: spent, or set aside for calls that are under way."""

    kind: str
    name: str
    amount: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.amount - self.used, Decimal(0))

    def excess(self, needed: Decimal) -> Decimal:
        """By how much a call would pass it; not above zero: it fits."""
        return self.used + needed - self.amount


@dataclass(frozen=True, slots=True)
class Refusal:
    """The limit that would be passed by most, and by how much."""

    limit: Limit
    needed: Decimal

    @property
    def excess(self) -> Decimal:
        return self.limit.excess(self.needed)

    @property
    def message(self) -> str:
        return (
            f"The call was not made: it may cost up to {dollars(self.needed)}, and of the limit of "
            f"{self.limit.name}, {dollars(self.limit.amount)}, {dollars(self.limit.used)} is used or set "
            f"aside. It could be passed by {dollars(self.excess)}."
        )


def refusal(limits: Iterable[Limit], needed: Decimal) -> Refusal | None:
    """None if the call fits within all of them."""
    passed = [Refusal(limit, needed) for limit in limits if limit.excess(needed) > 0]
    return max(passed, key=lambda each: each.excess, default=None)


def unpriced_message(model: str, limits: Iterable[Limit]) -> str | None:
    """Why a call whose price nobody knows is refused; None if no limit applies to it."""
    first = next(iter(limits), None)
    if first is None:
        return None
    return (
        f"The call was not made: the price of {model} is not known, so the limit of {first.name}, "
        f"{dollars(first.amount)}, could not be kept. Choose a model with a known price, or lift the limit."
    )


def month_of(moment: datetime) -> str:
    """Budgets run by calendar months in UTC: ``2026-11``."""
    return f"{moment:%Y-%m}"
