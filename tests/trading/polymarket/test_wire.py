"""The parsers: what they read exactly, what they tolerate, what they refuse and where they say it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orchestrator.core.errors import DomainError
from tests.trading.polymarket.payloads import (
    CONDITION,
    NO,
    NOON,
    YES,
    best_bid_ask,
    book,
    change,
    gamma_event,
    gamma_market,
    market_resolved,
    new_market,
    position,
    resolved_market,
    tick_size,
    trade,
    wallet_trade,
)
from trading.domain.errors import BadWire, MarketClosed
from trading.domain.markets import EventRef, Market, NewMarket
from trading.domain.messages import SPLIT, Book, PriceChange, Resolved, TickSize, Trade
from trading.domain.vocabulary import Side
from trading.polymarket.wire import clob, data, gamma
from trading.polymarket.wire import stream as wire
from trading.polymarket.wire.values import Unknown, moment, number, parse


def read_market(**other: Any) -> Market:
    return gamma.market(parse(json.dumps(gamma_market(**other))), Unknown())


def frame(*events: dict[str, Any]) -> list[wire.WireEvent]:
    return wire.frame(json.dumps(events[0] if len(events) == 1 else events), Unknown())


def test_a_market_of_gamma_is_read_exactly() -> None:
    market = read_market()
    assert market.condition_id == f"0x{1:064x}"
    assert [(each.name, each.token[-1], str(each.price)) for each in market.outcomes] == [
        ("Yes", "1", "0.505"),
        ("No", "2", "0.495"),
    ]
    assert (market.tick_size, market.minimum_size) == (Decimal("0.001"), Decimal(5))
    assert market.volume == Decimal("12232699.615479222")
    assert market.start_at == datetime(2025, 7, 11, 18, 36, 2, 893000, tzinfo=UTC)
    assert (market.fees.enabled, market.fees.rate, market.fees.exponent) == (
        True,
        Decimal("0.072"),
        Decimal(1),
    )
    assert market.event == EventRef("30829", "the-cup", "Who wins the cup?")
    assert market.is_tradable


def test_a_resolved_market_names_its_winner_and_is_not_traded() -> None:
    market = gamma.market(parse(json.dumps(resolved_market())), Unknown())
    assert market.resolution.winner == market.outcomes[1].token
    assert market.resolution.closed_at == datetime(2026, 3, 19, 23, 20, 15, tzinfo=UTC)
    with pytest.raises(MarketClosed, match="it is resolved"):
        market.require_tradable()


def test_a_market_that_is_resolved_at_a_half_each_is_shared() -> None:
    halves = resolved_market() | {"outcomePrices": '["0.5", "0.5"]'}
    assert gamma.market(halves, Unknown()).resolution.winner == SPLIT
    undecided = halves | {"umaResolutionStatus": "proposed"}
    assert gamma.market(undecided, Unknown()).resolution.winner == ""


@pytest.mark.parametrize("other", [{"umaResolutionStatus": "disputed"}, {"outcomePrices": '["0.6", "0.4"]'}])
def test_a_closed_market_without_a_final_verdict_has_no_winner(other: dict[str, str]) -> None:
    market = gamma.market(resolved_market() | other, Unknown())
    assert market.resolution.winner == ""
    with pytest.raises(MarketClosed, match="it is closed"):
        market.require_tradable()


def test_a_market_without_a_book_has_outcomes_without_tokens() -> None:
    market = read_market(clobTokenIds=None, outcomePrices=None)
    assert [(each.token, each.price) for each in market.outcomes] == [("", None), ("", None)]
    with pytest.raises(MarketClosed, match="order book"):
        market.require_tradable()


def test_an_events_markets_get_its_tags() -> None:
    event = gamma.event(gamma_event(gamma_market(1, tags=None, events=None)), Unknown())
    assert event.markets[0].tags == event.tags
    assert event.markets[0].event == EventRef("30829", "the-cup", "Who wins the cup?")
    assert event.end_at == datetime(2026, 11, 7, tzinfo=UTC)


def test_fields_and_values_that_are_news_are_counted_and_do_no_harm() -> None:
    unknown = Unknown()
    gamma.market(gamma_market(mood="bright", feeType="weather_fees", umaResolutionStatus="pondered"), unknown)
    assert unknown.counts == {
        "market.mood": 1,
        "feeType=weather_fees": 1,
        "umaResolutionStatus=pondered": 1,
    }


def test_what_is_counted_is_bounded() -> None:
    unknown = Unknown()
    for each in range(2_000):
        unknown.count(f"kind {each}")
    assert len(unknown.counts) == 501
    assert unknown.counts["…"] == 1_500


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ({"conditionId": None}, "conditionId"),
        ({"conditionId": "no id"}, "conditionId"),
        ({"question": 7}, "question"),
        ({"question": "a\x00b"}, "question"),
        ({"outcomes": "[]"}, "outcomes"),
        ({"outcomes": "{}"}, "outcomes"),
        ({"outcomes": '["Yes", 7]'}, "outcomes[1]"),
        ({"outcomePrices": '["0.5"]'}, "outcomePrices"),
        ({"outcomePrices": '["0.5", "1.5"]'}, "outcomePrices[1]"),
        ({"clobTokenIds": '["1", "1"]'}, "clobTokenIds"),
        ({"orderPriceMinTickSize": 0}, "orderPriceMinTickSize"),
        ({"volumeNum": -1}, "volumeNum"),
        ({"closed": "perhaps"}, "closed"),
        ({"endDate": "tomorrow"}, "endDate"),
        ({"tags": [{"id": "1"}]}, "tags[0].label"),
        ({"events": {}}, "events"),
        ({"feeSchedule": {"rate": "x"}}, "feeSchedule.rate"),
    ],
)
def test_a_malformed_market_says_where(other: dict[str, Any], path: str) -> None:
    with pytest.raises(BadWire) as fault:
        read_market(**other)
    assert fault.value.path == path
    assert isinstance(fault.value, DomainError)
    assert fault.value.message.startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("0.1", "0.1"),
        ('".48"', "0.48"),
        ("799823812.4870940001", "799823812.4870940001"),
        ("1e-7", "0.0000001"),
        ('"5"', "5"),
    ],
)
def test_a_number_is_what_is_written_and_not_the_float_beside_it(written: str, exact: str) -> None:
    assert number(parse(written)) == Decimal(exact)


@pytest.mark.parametrize(
    "value",
    [
        '"NaN"',
        '"Infinity"',
        '"1_000"',
        '" 1"',
        '"\uff11"',
        "true",
        "null",
        '""',
        "1e99999",
        '"1e300"',
        '"0x10"',
    ],
)
def test_what_only_looks_like_a_number_is_none(value: str) -> None:
    with pytest.raises(BadWire):
        number(parse(value))


@pytest.mark.parametrize("text", ["NaN", "[1,", "", "[" * 100_000, "1" * 10_000, "1e99999999999999999999999"])
def test_what_is_not_json_is_bad_wire(text: str) -> None:
    with pytest.raises(BadWire, match="not JSON"):
        parse(text)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-19T23:20:15Z",
        "2026-03-19 23:20:15+00",
        "2026-03-20T00:20:15.00000+01:00",
        "2026-03-19T23:20:15",
    ],
)
def test_dates_come_in_several_forms(written: str) -> None:
    assert moment(written) == datetime(2026, 3, 19, 23, 20, 15, tzinfo=UTC)


def test_a_book_is_sorted_whatever_order_it_comes_in() -> None:
    told = clob.book(book(bids=[("0.48", "1"), ("0.50", "2"), ("0.49", "0")]), Unknown())
    assert [(str(level.price), str(level.size)) for level in told.bids] == [("0.50", "2"), ("0.48", "1")]
    assert [str(level.price) for level in told.asks] == ["0.51", "0.52", "0.53"]


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ({"bids": [("0.51", "1")]}, ""),
        ({"bids": [("0.50", "1"), ("0.5", "2")]}, "bids"),
        ({"bids": [("0.50", "-1")]}, "bids[0].size"),
        ({"asks": [("0.51", "1"), ("1.01", "1")]}, "asks[1].price"),
        ({"asks": [("0.6", "1")] * 20_001}, "asks"),
        ({"at": -1}, "timestamp"),
        ({"market": ""}, "market"),
    ],
)
def test_a_book_that_no_market_can_have_is_refused(other: dict[str, Any], path: str) -> None:
    with pytest.raises(BadWire) as fault:
        clob.book(book(**other), Unknown())
    assert fault.value.path == path


def test_each_kind_of_event_is_read() -> None:
    events = frame(
        book(),
        change(("BUY", "0.505", "10"), ("SELL", "0.51", "0"), best=("0.505", "1")),
        trade(),
        tick_size(),
        best_bid_ask(bid="0"),
        new_market(),
        market_resolved(),
    )
    assert [type(event) for event in events] == [
        Book, wire.Changes, wire.Print, TickSize, wire.BestBidAsk, NewMarket, Resolved,
    ]  # fmt: skip
    changes, told, best = events[1], events[2], events[4]
    assert isinstance(changes, wire.Changes)
    assert changes.changes == (
        PriceChange(NOON + 1, YES, CONDITION, Side.BUY, Decimal("0.505"), Decimal(10)),
        PriceChange(NOON + 1, YES, CONDITION, Side.SELL, Decimal("0.51"), Decimal(0)),
    )
    assert changes.best == (wire.Best(YES, Decimal("0.505"), None),)
    assert isinstance(told, wire.Print)
    assert told.trade == Trade(NOON + 2, YES, CONDITION, Side.BUY, Decimal("0.51"), Decimal(25))
    assert isinstance(best, wire.BestBidAsk)
    assert best.best.bid is None
    assert isinstance(events[5], NewMarket)
    assert events[5].outcomes == ("Yes", "No")


def test_an_answer_to_ping_and_an_empty_frame_are_no_events() -> None:
    assert wire.frame("PONG", Unknown()) == wire.frame(b"PONG", Unknown()) == [wire.Pong()]
    assert wire.frame("[]", Unknown()) == []


@pytest.mark.parametrize(
    ("event", "tokens", "path"),
    [
        (change(("BUY", "2", "1")), {YES}, "[0].price_changes[0].price"),
        (change(("HOLD", "0.5", "1")), {YES}, "[0].price_changes[0].side"),
        ({**change(("BUY", "0.5", "1")), "price_changes": 7}, set(), "[0].price_changes"),
        ({**trade(), "timestamp": "soon"}, {YES}, "[0].timestamp"),
        (trade(size="0"), {YES}, "[0].size"),
        ({**market_resolved(), "winning_asset_id": None}, {YES, NO}, "[0].winning_asset_id"),
        ({"no": "kind"}, set(), "[0].event_type"),
    ],
)
def test_an_event_at_fault_names_its_tokens_and_spoils_no_other(
    event: dict[str, Any], tokens: set[str], path: str
) -> None:
    fault, good = frame(event, book())
    assert isinstance(good, Book)
    assert isinstance(fault, wire.Fault)
    assert (set(fault.tokens), fault.error.path, fault.harmless) == (tokens, path, False)


def test_positions_and_trades_are_read_exactly() -> None:
    held = data.position(parse(json.dumps(position(size=150.10))))
    assert (held.size, held.realized_pnl) == (Decimal("150.1"), Decimal("-0.1"))
    sold = data.trade(parse(json.dumps(wallet_trade())))
    assert (sold.at, sold.side, sold.price) == (1_774_008_001_000, Side.SELL, Decimal("0.53"))
