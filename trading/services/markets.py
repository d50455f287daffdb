"""What is known of markets, kept for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.dispatch import Signal

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.core.rls import as_server
from trading.domain.fees import FeeSchedule
from trading.domain.markets import Market as Found
from trading.domain.money import ONE, ZERO, exact
from trading.models import Market

_MOST: Final = 1_000
_USUAL_TICK: Final = Decimal("0.01")
_REFRESHED: Final = (
    "gamma_id", "slug", "question", "category", "event_title", "outcomes", "tick_size", "minimum_size",
    "fee_bps", "fee_schedule", "is_negative_risk", "is_active", "is_closed", "accepts_orders", "winner",
    "ends_at", "volume", "liquidity", "fetched_at",
)  # fmt: skip

market_resolved: Final = Signal()
"""Sent with ``condition_id`` and ``winner`` when that is first known, after it is stored."""


def learn_markets(found: list[dict[str, Any]]) -> None:
    """Take up the markets that a tape brings along, as far as they are not known.

    What is known stays as it is: a file that somebody uploads changes no market. Raises InvalidInput.
    """
    if len(found) > _MOST:
        raise InvalidInput(f"A tape brings at most {_MOST:,} markets along.")
    rows = [_market(each) for each in found]
    with as_server("markets are everybody's, and nobody's to write"):
        Market.objects.bulk_create(rows, ignore_conflicts=True)


def keep_markets(found: Iterable[Found]) -> list[Market]:
    """Take up what the exchange tells of markets, new ones and known ones; answers with the rows, in order.

    Markets without an order book are left out, and a generated one is never taken for a real one. A winner
    that is known stays known.
    """
    told = {each.condition_id: each for each in found if each.tokens and len(each.condition_id) <= 100}
    with as_server("markets are everybody's, and nobody's to write"), transaction.atomic():
        rows = Market.objects.filter(condition_id__in=told)
        known = {each.condition_id: each for each in rows.select_for_update().order_by("pk")}
        wanted = [
            _row(each, known.get(name))
            for name, each in told.items()
            if name not in known or not known[name].is_generated
        ]
        Market.objects.bulk_create(
            sorted(wanted, key=lambda row: row.condition_id),
            update_conflicts=True,
            unique_fields=["condition_id"],
            update_fields=list(_REFRESHED),
        )
        kept = {each.condition_id: each for each in Market.objects.filter(condition_id__in=told)}
        for row in wanted:
            if row.winner and (row.condition_id not in known or not known[row.condition_id].winner):
                _tell_resolved(row.condition_id, row.winner)
    return [kept[name] for name in told if name in kept]


@transaction.atomic
def note_winner(condition_id: str, winner: str) -> None:
    """A market was resolved, as its stream told. For a market that is known, and once."""
    with as_server("markets are everybody's, and nobody's to write"):
        rows = Market.objects.filter(condition_id=condition_id, winner="", is_generated=False)
        changed = rows.filter(outcomes__contains=[{"token": winner}]).update(
            winner=winner, is_closed=True, accepts_orders=False
        )
    if changed:
        _tell_resolved(condition_id, winner)


def _tell_resolved(condition_id: str, winner: str) -> None:
    transaction.on_commit(
        lambda: market_resolved.send_robust(sender=Market, condition_id=condition_id, winner=winner)
    )


def _row(told: Found, known: Market | None) -> Market:
    schedule = FeeSchedule.of(told.fees)
    tick = told.tick_size if told.tick_size is not None and ZERO < told.tick_size < ONE else _USUAL_TICK
    return Market(
        condition_id=told.condition_id,
        gamma_id=told.gamma_id[:50],
        slug=told.slug[:300],
        question=told.question,
        category=(told.category or (told.tags[0].label if told.tags else ""))[:100],
        event_title=told.event.title if told.event is not None else "",
        outcomes=[
            {
                "name": each.name[:100],
                "token": each.token,
                "price": None if each.price is None else str(each.price),
            }
            for each in told.outcomes
        ],
        tick_size=tick,
        minimum_size=told.minimum_size or ZERO,
        fee_bps=schedule.rate * 10_000,
        fee_schedule=schedule.snapshot() if schedule.rate else None,
        is_negative_risk=told.neg_risk,
        is_active=told.active and not told.archived,
        is_closed=told.closed,
        accepts_orders=told.is_tradable,
        winner=told.resolution.winner or (known.winner if known is not None else ""),
        ends_at=told.end_at,
        volume=told.volume,
        liquidity=told.liquidity,
        fetched_at=utc_now(),
    )


def _market(given: dict[str, Any]) -> Market:
    try:
        tick, least = exact(given.get("tick_size")), exact(given.get("minimum_size"))
        outcomes = [
            {"name": str(each["name"])[:100], "token": str(each["token"])[:100]}
            for each in given["outcomes"][:100]
        ]
        condition = str(given["condition_id"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"A market of the tape cannot be read: {error}.") from error
    if not (ZERO < tick < ONE and least >= 0 and 0 < len(condition) <= 100):
        raise InvalidInput("A market of the tape has a tick size, a minimum size or an id that cannot be.")
    return Market(
        condition_id=condition,
        question=str(given.get("question", condition))[:1_000],
        category=str(given.get("category", ""))[:100],
        outcomes=outcomes,
        tick_size=tick,
        minimum_size=least,
        is_generated=given.get("is_generated") is True,
    )
