"""Finding markets by words, by category and by what is traded most."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import Settings

from orchestrator.core.errors import InvalidInput
from tests.stand_in import Answer, Received
from tests.trading.polymarket.payloads import gamma_event, gamma_market, resolved_market
from tests.trading.polymarket.test_http import ask, asked, says
from trading.domain.errors import MarketUnknown
from trading.polymarket.discovery import categories, discover
from trading.polymarket.gamma import MarketFilter


def behave(request: Received) -> Answer:
    if request.path.startswith("/tags/slug/sports"):
        return says({"id": "1", "label": "Sports", "slug": "sports"})
    if request.path.startswith("/markets/keyset"):
        return says({"markets": [gamma_market(1)], "next_cursor": "more"})
    if request.path.startswith("/public-search"):
        last = asked(request)["page"] == ["2"]
        event = gamma_event(gamma_market(3 if last else 2), resolved_market(9))
        return says({"events": [event], "pagination": {"hasMore": not last}})
    if request.path.startswith("/events/keyset"):
        quiet = gamma_event(gamma_market(4, volume24hr=1), number=2)
        quiet["tags"] = [{"id": "2", "label": "Weather", "slug": "weather"}]
        return says({"events": [quiet, gamma_event(gamma_market(5), gamma_market(6))]})
    return Answer(404)


def test_without_words_the_most_traded_come_first(settings: Settings) -> None:
    page, requests = ask(settings, behave, lambda each: discover(each.gamma))
    assert (page.items[0].gamma_id, page.next) == ("559001", "more")
    assert asked(requests[0])["order"] == ["volume24hr"]
    assert asked(requests[0])["ascending"] == ["false"]


def test_a_category_is_named_by_its_slug(settings: Settings) -> None:
    _, requests = ask(settings, behave, lambda each: discover(each.gamma, category="sports", after="more"))
    query = asked(requests[1])
    assert (query["tag_id"], query["after_cursor"]) == (["1"], ["more"])
    with pytest.raises(MarketUnknown):
        ask(settings, behave, lambda each: discover(each.gamma, category="../markets"))


def test_words_find_the_markets_of_events_that_pass_the_filter(settings: Settings) -> None:
    page, _ = ask(settings, behave, lambda each: discover(each.gamma, words=" cup "))
    assert [market.gamma_id for market in page.items] == ["559002"]
    page, _ = ask(settings, behave, lambda each: discover(each.gamma, words="cup", after=page.next))
    assert ([market.gamma_id for market in page.items], page.next) == (["559003"], "")
    either = MarketFilter(closed=None)
    page, _ = ask(settings, behave, lambda each: discover(each.gamma, words="cup", wanted=either))
    assert [market.gamma_id for market in page.items] == ["559002", "559009"]


def test_words_within_a_category(settings: Settings) -> None:
    page, _ = ask(settings, behave, lambda each: discover(each.gamma, words="cup", category="weather"))
    assert page.items == ()


def test_a_page_of_another_list_is_no_page_of_a_search(settings: Settings) -> None:
    with pytest.raises(InvalidInput):
        ask(settings, behave, lambda each: discover(each.gamma, words="cup", after="more"))


def test_categories_are_those_of_the_busiest_events(settings: Settings) -> None:
    found, _ = ask(settings, behave, lambda each: categories(each.gamma))
    assert [(each.tag.label, each.events, each.volume_24h) for each in found] == [
        ("Sports", 1, Decimal("259285.57035")),
        ("Weather", 1, Decimal(1)),
    ]
