"""Rows of markets are kept as long as they say the same."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.trading.live.scene import make_market
from trading.models import Market
from trading.queries.market_pages import categories, last_fetched

pytestmark = pytest.mark.django_db


def page() -> str:
    client = Client()
    client.force_login(make_user())
    return str(client.get("/trading/markets/").content.decode())


def test_a_market_that_says_something_else_is_drawn_anew_for_everybody() -> None:
    market = make_market(question="Will <b>it</b> rain?", volume=Decimal(1_234))
    assert all(text in page() for text in ("Will &lt;b&gt;it&lt;/b&gt; rain?", "50 %", "1,234"))

    market.outcomes = [{"name": "Yes", "token": "71321", "price": "0.75"}]
    market.question, market.is_closed, market.volume = "Will it snow?", True, Decimal(2_345)
    market.save()

    told = page()
    assert all(text in told for text in ("Will it snow?", "75 %", "2,345"))
    assert not any(text in told for text in ("rain?", "50 %", "1,234"))


def test_categories_are_told_in_their_order_once_each_and_empty_ones_never() -> None:
    assert categories() == []
    for number, category in enumerate(["Weather", "", "Sports", "Weather"]):
        make_market(f"{number}", category=category)
    assert categories() == ["Sports", "Weather"]


def test_what_was_generated_says_nothing_of_when_the_exchange_was_last_asked() -> None:
    early, late = utc_now().replace(year=2025), utc_now()
    make_market("1", is_generated=True, fetched_at=late)
    assert last_fetched() is None
    make_market("2", fetched_at=early)
    assert last_fetched() == early
    assert Market.objects.count() == 2


@pytest.mark.parametrize("path", ["/api/v1/trading/markets/", "/trading/markets/"])
def test_all_of_very_many_markets_without_volume_are_reached_once_each(path: str) -> None:
    Market.objects.bulk_create(
        Market(condition_id=f"0x{number}", question=f"Question {number}?", tick_size="0.01", minimum_size=5)
        for number in range(1_250)
    )
    client = Client()
    client.force_login(make_user())
    seen: list[str] = []
    address: str | None = f"{path}?page_size=200"
    while address:
        answer = client.get(address)
        told = answer.content.decode()
        seen += [name.rstrip("?") for name in re.findall(r"Question \d+\?", told)]
        assert len(seen) <= 1_250, "a page came twice"
        address = answer.json()["next"] if path.startswith("/api") else next_of(answer, path)
    assert len(seen) == len(set(seen)) == 1_250


def next_of(answer: Any, path: str) -> str | None:
    query = answer.context["page"].next
    return path + query if query else None
