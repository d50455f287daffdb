"""The HTTP clients against services that answer in the real shapes, and in every wrong way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from orchestrator.core.errors import DomainError
from tests.stand_in import Answer, Received, stand_in
from tests.trading.polymarket.payloads import (
    NO,
    YES,
    book,
    gamma_event,
    gamma_market,
    position,
    resolved_market,
    wallet_trade,
)
from trading.domain.errors import (
    BadWire,
    ExchangeAway,
    ExchangeRefused,
    MarketUnknown,
    RateLimited,
)
from trading.domain.vocabulary import Side
from trading.polymarket.client import Polymarket, open_polymarket
from trading.polymarket.gamma import MarketFilter
from trading.polymarket.http import HttpOptions

QUICK = HttpOptions(attempts=3, timeout_seconds=1.0, answer_seconds=2.0, first_pause=0.01, longest_pause=2.0)
Result = TypeVar("Result")
Work = Callable[[Polymarket], Awaitable[Result]]


def says(value: Any) -> Answer:
    return Answer(body=json.dumps(value).encode())


def asked(request: Received) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.path).query)


def ask(
    settings: Settings,
    behave: Callable[[Received], Answer],
    work: Work[Result],
    options: HttpOptions = QUICK,
) -> tuple[Result, list[Received]]:
    with stand_in(behave) as server:
        settings.POLYMARKET_URLS = dict.fromkeys(("gamma", "clob", "data"), server.url)

        async def run() -> Result:
            async with open_polymarket(options) as polymarket:
                return await work(polymarket)

        return asyncio.run(run()), server.received


def in_turn(*answers: Answer) -> Callable[[Received], Answer]:
    """The last of them again and again."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def test_markets_come_page_by_page_and_once_each(settings: Settings) -> None:
    def behave(request: Received) -> Answer:
        cursor = asked(request).get("after_cursor", [""])[0]
        numbers, after = {"": ([1, 2], "a"), "a": ([2, 3], "b"), "b": ([4], "")}[cursor]
        markets = [gamma_market(number) for number in numbers]
        return says({"markets": markets, **({"next_cursor": after} if after else {})})

    async def work(polymarket: Polymarket) -> list[str]:
        wanted = MarketFilter(tag_id="1", order="volume24hr", volume_min=Decimal("10.5"))
        return [market.gamma_id async for market in polymarket.gamma.every_market(wanted)]

    found, requests = ask(settings, behave, work)
    assert found == ["559001", "559002", "559003", "559004"]
    assert requests[0].path.startswith("/markets/keyset?")
    query = asked(requests[0])
    assert (query["closed"], query["tag_id"], query["volume_num_min"]) == (["false"], ["1"], ["10.5"])
    assert "after_cursor" not in query


def test_a_cursor_that_does_not_move_is_a_fault_and_no_endless_loop(settings: Settings) -> None:
    async def work(polymarket: Polymarket) -> list[str]:
        return [market.slug async for market in polymarket.gamma.every_market()]

    answer = says({"markets": [gamma_market()], "next_cursor": "same"})
    with pytest.raises(BadWire, match="circle"):
        ask(settings, in_turn(answer), work)


def test_a_market_that_cannot_be_read_does_not_hide_the_others(settings: Settings) -> None:
    markets = [gamma_market(1), gamma_market(2, outcomes="[broken"), gamma_market(3)]
    page, _ = ask(settings, in_turn(says({"markets": markets})), lambda each: each.gamma.markets())
    assert [market.gamma_id for market in page.items] == ["559001", "559003"]
    assert [fault.path for fault in page.faults] == ["markets[1].outcomes"]


def test_a_market_is_found_by_its_condition_also_when_it_is_closed(settings: Settings) -> None:
    closed = resolved_market(9)

    def behave(request: Received) -> Answer:
        return says({"markets": [closed] if asked(request)["closed"] == ["true"] else []})

    market, _ = ask(settings, behave, lambda each: each.gamma.market(closed["conditionId"]))
    assert market.resolution.winner == "9000000000000000002"
    with pytest.raises(MarketUnknown):
        ask(settings, behave, lambda each: each.gamma.market("0xabc"))


def test_search_gives_events_with_their_markets_and_the_next_page(settings: Settings) -> None:
    answer = {"events": [gamma_event(gamma_market(1))], "pagination": {"hasMore": True, "totalResults": 40}}
    page, requests = ask(settings, in_turn(says(answer)), lambda each: each.gamma.search("the cup & more"))
    assert page.items[0].markets[0].tags[0].label == "Sports"
    assert page.next == "2"
    assert asked(requests[0])["q"] == ["the cup & more"]


def test_tags_are_read_to_the_last_page_and_sorted(settings: Settings) -> None:
    def behave(request: Received) -> Answer:
        offset = int(asked(request)["offset"][0])
        count = 100 if offset == 0 else 20
        return says([{"id": str(offset + n), "label": f"tag {999 - offset - n}"} for n in range(count)])

    tags, _ = ask(settings, behave, lambda each: each.gamma.tags())
    assert len(tags) == 120
    assert tags[0].label == "tag 880"


def test_the_book_of_a_token_and_of_many(settings: Settings) -> None:
    def behave(request: Received) -> Answer:
        if request.method == "POST":
            tokens = [each["token_id"] for each in json.loads(request.body)]
            return says([book(token) for token in tokens if token in (YES, NO)])
        return says(book(asked(request)["token_id"][0]))

    one, _ = ask(settings, behave, lambda each: each.clob.book(YES))
    assert one.token == YES
    many, requests = ask(settings, behave, lambda each: each.clob.books([NO, "77", YES, NO]))
    assert list(many) == [NO, YES]
    assert len(requests) == 1


def test_figures_of_a_token(settings: Settings) -> None:
    figures = {
        "/price": {"price": "0.51"},
        "/midpoint": {"mid": "0.505"},
        "/spread": {"spread": "0.01"},
        "/tick-size": {"minimum_tick_size": 0.001},
        "/prices-history": {"history": [{"t": 1774008060, "p": 0.5}, {"t": 1774008000, "p": 0.49}]},
    }

    async def work(polymarket: Polymarket) -> list[Any]:
        clob = polymarket.clob
        history = await clob.price_history(YES, interval="1d", fidelity_minutes=1)
        return [
            await clob.price(YES, Side.SELL),
            await clob.midpoint(YES),
            await clob.spread(YES),
            await clob.tick_size(YES),
            [(point.at, str(point.price)) for point in history],
        ]

    found, requests = ask(settings, lambda request: says(figures[urlsplit(request.path).path]), work)
    assert found[:4] == [Decimal("0.51"), Decimal("0.505"), Decimal("0.01"), Decimal("0.001")]
    assert found[4] == [(1774008000000, "0.49"), (1774008060000, "0.5")]
    assert asked(requests[1])["side"] == ["SELL"]


def test_positions_and_trades_of_a_wallet_over_several_pages(settings: Settings) -> None:
    def behave(request: Received) -> Answer:
        offset = int(asked(request)["offset"][0])
        make = position if request.path.startswith("/positions") else wallet_trade
        numbers = range(500) if offset == 0 else range(490, 510)  # ten have moved on to the second page
        return says([make(number) for number in numbers])

    positions, _ = ask(settings, behave, lambda each: each.data.positions("0x56"))
    trades, _ = ask(settings, behave, lambda each: each.data.trades(wallet="0x56"))
    assert (len(positions), len(trades)) == (510, 510)
    assert positions[1].realized_pnl == Decimal("-0.1")


@pytest.mark.parametrize(
    "fault",
    [
        Answer(500),
        Answer(503, b"<html>"),
        Answer(425),
        Answer(promised=1000),
        Answer(429, headers={"retry-after": "0"}),
        Answer(delay_seconds=1.5),
    ],
)
def test_what_may_go_better_is_asked_again(settings: Settings, fault: Answer) -> None:
    good = says({"mid": "0.5"})
    found, requests = ask(settings, in_turn(fault, good), lambda each: each.clob.midpoint(YES))
    assert found == Decimal("0.5")
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("answer", "error", "times"),
    [
        (Answer(500), ExchangeAway, 3),
        (Answer(promised=1000), ExchangeAway, 3),
        (Answer(429), RateLimited, 3),
        (Answer(429, headers={"retry-after": "3600"}), RateLimited, 1),
        (Answer(404, b'{"error": "No orderbook exists"}'), MarketUnknown, 1),
        (Answer(400, b'{"error": "Invalid token id"}'), ExchangeRefused, 1),
        (Answer(302, headers={"location": "/elsewhere"}), ExchangeRefused, 1),
        (Answer(body=b"<html>"), BadWire, 1),
        (Answer(body=b'{"mid": "1.5"}'), BadWire, 1),
        (Answer(body=b"[]"), BadWire, 1),
        (Answer(body=b" " * 2_000_000), BadWire, 1),
    ],
)
def test_what_does_not_go_better_is_a_clear_error(
    settings: Settings, answer: Answer, error: type[DomainError], times: int
) -> None:
    requests: list[Received] = []

    def behave(request: Received) -> Answer:
        requests.append(request)
        return answer

    options = HttpOptions(attempts=3, first_pause=0.01, longest_pause=2.0, max_body_bytes=1_000_000)
    with pytest.raises(error):
        ask(settings, behave, lambda each: each.clob.midpoint(YES), options)
    assert len(requests) == times


def test_a_pause_that_is_asked_for_is_kept(settings: Settings) -> None:
    busy = Answer(429, headers={"retry-after": "1"})
    began = time.monotonic()
    ask(settings, in_turn(busy, says({"mid": "0.5"})), lambda each: each.clob.midpoint(YES))
    assert time.monotonic() - began >= 1.0


def test_nobody_there_is_a_clear_error(settings: Settings) -> None:
    settings.POLYMARKET_URLS = dict.fromkeys(("gamma", "clob", "data"), "http://127.0.0.1:9")

    async def run() -> None:
        async with open_polymarket(QUICK) as polymarket:
            await polymarket.clob.book(YES)

    with pytest.raises(ExchangeAway, match=r"Polymarket \(clob\) did not answer"):
        asyncio.run(run())
