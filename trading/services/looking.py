"""One market as a strategy's run sees it now: what is known of it, and its books."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from orchestrator.core.errors import NotFound
from orchestrator.core.json import Json, JsonObject
from trading.domain.vocabulary import Side
from trading.models import Market
from trading.services.sessions import Work, begun_run, working_on


def look_at_market(execution_id: UUID, asked: str, *, levels: int) -> JsonObject:
    """A market by its condition id, its slug or one of its tokens, with the books of its outcomes.

    Books are those of the run's tape up to its window; without a run there are none. Raises NotFound.
    """
    by_token = Q(outcomes__contains=[{"token": asked}])
    market = Market.objects.filter(Q(condition_id=asked) | Q(slug=asked) | by_token).first()
    if market is None:
        raise NotFound(f"There is no market “{asked[:100]}”.")
    begun = begun_run(execution_id)
    if begun is None:
        return _told(market, [_outcome(each, None, levels) for each in market.outcomes])
    with working_on(begun[0]) as work:
        return _told(market, [_outcome(each, work, levels) for each in market.outcomes])


def _told(market: Market, outcomes: list[Json]) -> JsonObject:
    return {
        "market": market.condition_id,
        "question": market.question,
        "category": market.category,
        "tick_size": format(market.tick_size.normalize(), "f"),
        "minimum_size": format(market.minimum_size.normalize(), "f"),
        "closed": market.is_closed or not market.accepts_orders,
        "is_generated": market.is_generated,
        "items": outcomes,
    }


def _outcome(outcome: dict[str, Any], work: Work | None, levels: int) -> Json:
    told: JsonObject = {"token": outcome["token"], "outcome": outcome["name"], "book": None}
    book = work.replay.books.by_token.get(outcome["token"]) if work is not None else None
    if book is None:
        return told
    numbers = {"bid": book.best_bid, "ask": book.best_ask, "mid": book.mid, "last": book.last}
    told |= {name: None if value is None else float(value) for name, value in numbers.items()}
    told["exact"] = {name: format(value, "f") for name, value in numbers.items() if value is not None}
    told["valid"], told["reason"] = book.valid, book.void
    sides = (("bids", Side.BUY), ("asks", Side.SELL))
    depth: JsonObject = {
        name: [[format(each.price, "f"), format(each.size, "f")] for each in list(book.levels(side))[:levels]]
        for name, side in sides
    }
    told["book"] = depth
    return told
