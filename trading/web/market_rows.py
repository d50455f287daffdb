"""Rows of the list of markets: drawn once, and kept by all that a row says.

So nothing has to be made void: a market that was read anew and says something else is another row. What
depends on the reader, the time at which it ends, is put beside it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from orchestrator.core import json
from trading.models import Market
from trading.queries.market_pages import outcomes_of

_KEPT: Final = 2_000
_OUTCOMES: Final = 3


class Said(NamedTuple):
    """All that a row is drawn from. ``outcomes`` is JSON text."""

    pk: UUID
    question: str
    category: str
    outcomes: bytes
    winner: str
    volume: Decimal
    is_generated: bool
    is_active: bool
    is_closed: bool
    accepts_orders: bool


def rows_of(markets: list[Market]) -> list[tuple[SafeString, datetime | None]]:
    """The cells of each, and when it ends."""
    return [(_drawn(_said(market)), market.ends_at) for market in markets]


def _said(market: Market) -> Said:
    return Said(
        market.pk,
        market.question,
        market.category,
        json.dumps(market.outcomes),
        market.winner,
        market.volume,
        market.is_generated,
        market.is_active,
        market.is_closed,
        market.accepts_orders,
    )


@lru_cache(maxsize=_KEPT)
def _drawn(said: Said) -> SafeString:
    market = Market(**{**said._asdict(), "outcomes": json.loads(said.outcomes)})
    context: dict[str, Any] = {"market": market, "outcomes": outcomes_of(market)[:_OUTCOMES]}
    return _template().render(Context(context))


@cache
def _template() -> Template:
    found: Any = get_template("trading/_market_cells.html")
    template: Template = found.template
    return template
