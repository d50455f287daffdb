"""What may be wrong with a message: each a sentence that can be shown, and a code to count by."""

from __future__ import annotations

from typing import ClassVar


class MarketDataError(ValueError):
    """A message that cannot be taken: it was not applied, and the message says why."""

    code: ClassVar[str] = "market_data"


class ClockBack(MarketDataError):
    """A token's message is older than what is known of the token."""

    code = "clock_back"


class MalformedBook(MarketDataError):
    """Prices or sizes that no book can have; the token's book is void until the next whole one."""

    code = "malformed_book"


class CrossedBook(MalformedBook):
    """A whole book whose best bid is not below its best ask."""

    code = "crossed_book"
