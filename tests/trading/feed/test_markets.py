"""Markets as they are read from the exchange: kept, refreshed, resolved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from tests.factories import make_user
from tests.stand_in import Answer
from tests.trading.polymarket.exchange import Exchange, exchange
from tests.trading.polymarket.payloads import gamma_market, resolved_market
from trading.domain.errors import MarketUnknown
from trading.models import Market, Portfolio, Position
from trading.services import refreshing
from trading.services.markets import learn_markets, market_resolved, note_winner
from trading.services.tapes import begin_recording
from trading.tasks import refresh_markets

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings: Settings) -> Iterator[Exchange]:
    with exchange(
        settings, markets=[*(gamma_market(number) for number in range(1, 6)), resolved_market()]
    ) as it:
        yield it


@pytest.fixture
def resolutions() -> Iterator[list[tuple[str, str]]]:
    heard: list[tuple[str, str]] = []

    def hear(condition_id: str, winner: str, **_: Any) -> None:
        heard.append((condition_id, winner))

    market_resolved.connect(hear)
    yield heard
    market_resolved.disconnect(hear)


def token(number: int, outcome: int = 1) -> str:
    return f"{number}00000000000000000{outcome}"


def test_a_market_that_is_fetched_is_kept_with_its_terms(made: Exchange) -> None:
    market = refreshing.fetch_market(token(3))
    assert market == Market.objects.get()
    assert market.question == "Will team 3 win the cup?"
    assert (market.category, market.event_title) == ("Sports", "Who wins the cup?")
    assert market.outcomes[0] == {"name": "Yes", "token": token(3), "price": "0.505"}
    assert (market.tick_size, market.minimum_size) == (Decimal("0.001"), Decimal(5))
    assert market.fees.fee(Decimal("0.5"), Decimal(100), taker=True) == Decimal("1.8")
    assert market.accepts_orders


@pytest.mark.parametrize("name", [f"0x{9:064x}", "will-team-9-win-the-cup", token(9, 2)])
def test_one_market_is_fetched_by_any_of_its_names(made: Exchange, name: str) -> None:
    market = refreshing.fetch_market(name)
    assert (market.winner, market.is_closed, market.accepts_orders) == (token(9, 2), True, False)


def test_a_market_that_nobody_knows_is_an_error_in_words(made: Exchange) -> None:
    with pytest.raises(MarketUnknown):
        refreshing.fetch_market("no-such-market")
    with pytest.raises(InvalidInput):
        refreshing.fetch_market("  ")


def test_reading_again_brings_known_markets_up_to_date(made: Exchange) -> None:
    refreshing.fetch_market(token(1))
    made.markets[0] |= {"outcomePrices": '["0.6", "0.4"]', "acceptingOrders": False}
    again = refreshing.fetch_market(token(1))
    assert Market.objects.get() == again
    assert [each["price"] for each in again.outcomes] == ["0.6", "0.4"]
    assert not again.accepts_orders


def test_a_generated_market_is_never_taken_for_a_real_one(made: Exchange) -> None:
    fake = {"condition_id": f"0x{1:064x}", "tick_size": "0.01", "minimum_size": "5", "is_generated": True}
    learn_markets([fake | {"outcomes": [{"name": "Yes", "token": "made-up"}]}])
    assert refreshing.fetch_market(token(1)).is_generated


def test_what_is_recorded_or_held_is_refreshed_and_a_winner_is_told_once(
    made: Exchange,
    resolutions: list[tuple[str, str]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ann = make_user("ann")
    begin_recording(ann, name="Live", tokens=[token(1)])
    portfolio = Portfolio.objects.create(owner=ann, name="Paper", mode="paper")
    Position.objects.create(portfolio=portfolio, token=token(2), market="m", size=5)
    Position.objects.create(portfolio=portfolio, token=token(3), market="m", size=0)
    with django_capture_on_commit_callbacks(execute=True):
        refresh_markets()
    assert set(Market.objects.values_list("condition_id", flat=True)) == {f"0x{1:064x}", f"0x{2:064x}"}
    assert resolutions == []
    made.markets[1] = resolved_market(2)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            refresh_markets()
    assert resolutions == [(f"0x{2:064x}", token(2, 2))]
    assert refreshing.followed_tokens() == [token(1)]


def test_nobody_is_asked_where_nothing_is_followed_or_the_feed_is_off(
    made: Exchange, settings: Settings
) -> None:
    refresh_markets()
    begin_recording(make_user("ann"), name="Live", tokens=[token(1)])
    settings.MARKET_FEED = False
    refresh_markets()
    assert made.received == []


def test_an_exchange_that_is_away_changes_nothing(made: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_recording(make_user("ann"), name="Live", tokens=[token(1)])
    made.faults = [Answer(400, b'{"error": "bad"}')] * 8
    assert refreshing.refresh_followed() == 0
    assert not Market.objects.exists()


def test_a_winner_that_the_stream_tells_is_noted_and_told(
    made: Exchange,
    resolutions: list[tuple[str, str]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    market = refreshing.fetch_market(token(1))
    with django_capture_on_commit_callbacks(execute=True):
        note_winner(market.condition_id, "somebody else's")
        note_winner(market.condition_id, token(1))
        note_winner(market.condition_id, token(1, 2))
    market.refresh_from_db()
    assert (market.winner, market.is_closed, market.accepts_orders) == (token(1), True, False)
    assert resolutions == [(market.condition_id, token(1))]
    assert refreshing.fetch_market(token(1)).winner == token(1)


def _figures() -> dict[str, float]:
    cache.delete("metrics:market-feed")
    lines = Client().get("/metrics").content.decode().splitlines()
    pairs = [line.split() for line in lines if line.startswith("orchestrator_market_feed_")]
    return {name.removeprefix("orchestrator_market_feed_"): float(value) for name, value in pairs}


def test_metrics_tell_how_the_feed_does() -> None:
    assert _figures() == {
        "up": 0, "tapes": 0, "lag_seconds": 0, "messages_per_second": 0, "silent_seconds": 0,
    }  # fmt: skip
    tape = begin_recording(make_user("ann"), name="Live", tokens=[token(1)])
    tape.lag_ms, tape.message_rate, tape.heard_at = 1_500, 20.5, _ago(60)
    tape.save()
    told = _figures()
    assert (told["tapes"], told["lag_seconds"], told["messages_per_second"]) == (1, 1.5, 20.5)
    assert 59 < told["silent_seconds"] < 120


def _ago(seconds: float) -> datetime:
    return utc_now() - timedelta(seconds=seconds)
