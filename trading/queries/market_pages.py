"""What the pages and the API say of markets: lists by filters, and which tapes know of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db import connections, router
from django.db.models import Q, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotFound
from orchestrator.workflows.models.words import search_query
from trading.domain.book import OrderBook
from trading.models import Market, Tape
from trading.queries.books import last_book

CLOSING: Final = {"day": 1, "soon": 7, "month": 30}
"""How many days ahead, by the word in the address."""
_CATEGORIES: Final = """
WITH RECURSIVE found (name) AS (
    (SELECT category FROM trading_market WHERE category > '' ORDER BY category LIMIT 1)
    UNION ALL
    SELECT (SELECT category FROM trading_market WHERE category > name ORDER BY category LIMIT 1)
    FROM found WHERE name IS NOT NULL
)
SELECT name FROM found WHERE name IS NOT NULL LIMIT 100
"""
ORDERINGS: Final = {"-volume": "Volume", "ends_at": "Closing soon", "-id": "Newest"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """``price`` is None where none is known."""

    name: str
    token: str
    price: Decimal | None
    is_winner: bool = False

    @property
    def percent(self) -> Decimal | None:
        return None if self.price is None else self.price * 100


@dataclass(frozen=True, slots=True)
class Told:
    """What a tape has of an outcome at its end."""

    outcome: Outcome
    book: OrderBook | None
    winner: str


def markets_for(chosen: Mapping[str, str], *, now: datetime) -> QuerySet[Market]:
    """By ``search`` (full text), ``category``, ``state`` (open, closed, generated), ``closing`` (of CLOSING)
    and ``min_volume`` in USDC."""
    rows = Market.objects.all()
    if search := chosen.get("search", "").strip():
        words = SearchVector("question", "event_title", config="english")
        rows = rows.annotate(words=words).filter(words=search_query(search))
    if category := chosen.get("category", "").strip()[:100]:
        rows = rows.filter(category=category)
    state = chosen.get("state", "")
    if state == "open":
        rows = rows.filter(is_closed=False, is_active=True, winner="")
    elif state == "closed":
        rows = rows.filter(Q(is_closed=True) | Q(is_active=False) | ~Q(winner=""))
    elif state == "generated":
        rows = rows.filter(is_generated=True)
    if days := CLOSING.get(chosen.get("closing", "")):
        rows = rows.filter(ends_at__gt=now, ends_at__lte=now + timedelta(days=days))
    if (least := min_volume_of(chosen)) is not None:
        rows = rows.filter(volume__gte=least)
    return rows.filter(ends_at__isnull=False) if ordering_of(chosen) == "ends_at" else rows


def ordering_of(chosen: Mapping[str, str]) -> str:
    """The ``ordering`` that was asked for; by volume where it is none that there is."""
    ordering = chosen.get("ordering", "")
    return ordering if ordering in ORDERINGS else "-volume"


def min_volume_of(chosen: Mapping[str, str]) -> Decimal | None:
    """In USDC; None where nothing, or no amount, is asked for."""
    text = chosen.get("min_volume", "").strip()
    try:
        least = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return least if least is not None and least.is_finite() and 0 <= least < 10**15 else None


def categories() -> list[str]:
    """A look into the index for each, however many markets there are of it."""
    with connections[router.db_for_read(Market)].cursor() as cursor:
        cursor.execute(_CATEGORIES)
        return [name for (name,) in cursor.fetchall()]


def last_fetched() -> datetime | None:
    """When the exchange was last asked; None if it never was."""
    rows = Market.objects.filter(is_generated=False).order_by("-fetched_at")
    return rows.values_list("fetched_at", flat=True).first()


def market_of_token(token: str) -> Market | None:
    return Market.objects.filter(outcomes__contains=[{"token": token}]).first()


def find_market(market_id: UUID) -> Market:
    """Raises NotFound."""
    found = Market.objects.filter(pk=market_id).first()
    if found is None:
        raise NotFound("There is no such market here.")
    return found


def outcomes_of(market: Market) -> list[Outcome]:
    """Rows may come from files that people upload: a price that is none is left out."""
    return [
        Outcome(
            str(each.get("name", "")),
            str(each.get("token", "")),
            _price(each.get("price")),
            bool(market.winner) and market.winner == each.get("token"),
        )
        for each in market.outcomes
    ]


def tapes_about(user: User, market: Market) -> QuerySet[Tape]:
    """Tapes of the person that tell of any of its outcomes, the newest first."""
    tokens = [each.token for each in outcomes_of(market) if each.token]
    rows = Tape.objects.visible_to(user).filter(tokens__overlap=tokens, message_count__gt=0)
    return rows.select_related("owner").order_by("-id")


def told_by(tape: Tape, market: Market) -> list[Told]:
    """The books of its outcomes at the end of a tape."""
    found = []
    for outcome in outcomes_of(market):
        last = (
            last_book(tape.pk, outcome.token, market.condition_id) if outcome.token in tape.tokens else None
        )
        found.append(Told(outcome, last.book if last else None, last.winner if last else ""))
    return found


def questions_of(tokens: set[str]) -> dict[str, tuple[Market, Outcome]]:
    """The market and outcome of each of these tokens, in one query for all of them."""
    if not tokens:
        return {}
    wanted = Q()
    for token in sorted(tokens):
        wanted |= Q(outcomes__contains=[{"token": token}])
    return {
        outcome.token: (market, outcome)
        for market in Market.objects.filter(wanted)
        for outcome in outcomes_of(market)
        if outcome.token in tokens
    }


def _price(value: Any) -> Decimal | None:
    try:
        price = Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None
    return price if price is not None and price.is_finite() and 0 <= price <= 1 else None
