"""What can go wrong between a strategy and an exchange, in words of the domain."""

from __future__ import annotations

from orchestrator.core.errors import DomainError, NotFound, WrongState


class MarketUnknown(NotFound):
    """The exchange knows no such market, event or token."""

    code = "market_unknown"


class MarketClosed(WrongState):
    """The market takes no orders: it is over, resolved, archived or paused."""

    code = "market_closed"


class ExchangeAway(DomainError):
    """No answer, or none that can be used, after all attempts. Later may go better."""

    code = "exchange_away"
    status = 503


class ExchangeRefused(DomainError):
    """The exchange understood and refuses; the same question gets the same answer."""

    code = "exchange_refused"
    status = 502


class RateLimited(DomainError):
    """The exchange wants fewer calls; ``retry_after_seconds`` is how long it asked to wait, where it did."""

    code = "rate_limited"
    status = 503

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class BadWire(DomainError):
    """What the exchange sent cannot be true or cannot be read; ``path`` says where: ``bids[3].price``."""

    code = "bad_wire"
    status = 502

    def __init__(self, complaint: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {complaint}" if path else complaint, path=path)
        self.complaint = complaint
        self.path = path

    def under(self, outer: str) -> BadWire:
        """The same fault, seen from one level further out."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return BadWire(self.complaint, path=f"{outer}{joint}{self.path}")
