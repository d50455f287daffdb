"""Finding a market, reading its book and following it: the whole client against one exchange."""

from __future__ import annotations

import asyncio

from pytest_django import Settings

from tests.stand_in import Answer
from tests.trading.polymarket.exchange import exchange
from tests.trading.polymarket.payloads import gamma_market, resolved_market, trade
from tests.trading.polymarket.stand_in import Line, stay
from trading.domain.markets import Market
from trading.domain.messages import Book, Trade
from trading.polymarket.client import market_stream, open_polymarket
from trading.polymarket.discovery import categories, discover
from trading.polymarket.http import HttpOptions


def test_a_market_is_found_read_and_followed(settings: Settings) -> None:
    async def script(line: Line) -> None:
        for token in sorted(line.subscribed):
            await line.send(trade(token))
        await stay(line)

    async def run() -> tuple[Market, Book, list[str]]:
        async with open_polymarket(HttpOptions(first_pause=0.01)) as polymarket, asyncio.timeout(20):
            page = await discover(polymarket.gamma, words="team 2")
            market = page.items[0]
            book = await polymarket.clob.book(market.tokens[0])
            async with market_stream(market.tokens) as stream:
                traded: list[str] = []
                async for message in stream:
                    if isinstance(message, Trade):
                        traded.append(message.token)
                    if len(traded) == len(market.tokens):
                        break
            return market, book, traded

    markets = [*(gamma_market(number) for number in range(1, 4)), resolved_market()]
    with exchange(settings, script, markets=markets) as made:
        made.faults = [Answer(503), Answer(429, headers={"retry-after": "0"})]
        market, book, traded = asyncio.run(run())
    assert market.question == "Will team 2 win the cup?"
    assert book.token == market.tokens[0]
    assert traded == sorted(market.tokens)


def test_every_way_to_find_a_market_leads_to_the_same_one(settings: Settings) -> None:
    async def run() -> list[str]:
        async with open_polymarket() as polymarket:
            gamma = polymarket.gamma
            market = await gamma.market_by_slug("will-team-9-win-the-cup")
            event = await gamma.event_by_slug("the-cup")
            found = [
                market,
                await gamma.market(market.condition_id),
                await gamma.market_of_token(market.tokens[1]),
                (await gamma.markets_of_tokens([market.tokens[0], "404"]))[market.tokens[0]],
                next(each for each in event.markets if each.closed),
            ]
            assert (await categories(gamma))[0].tag in await gamma.tags()
            assert len([each async for each in gamma.every_market()]) == 250
            return [each.gamma_id for each in found]

    markets = [*(gamma_market(number) for number in range(10, 260)), resolved_market(9)]
    with exchange(settings, markets=markets):
        assert asyncio.run(run()) == ["559009"] * 5
