"""Looking for markets at the exchange, by page and API: found, marked, added; failures said plainly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from orchestrator.accounts.models import Role
from tests.factories import make_user
from tests.stand_in import Answer
from tests.trading.polymarket.exchange import Exchange, exchange
from tests.trading.polymarket.payloads import gamma_market, resolved_market
from trading.domain.addresses import Kind, read_typed
from trading.models import Market
from trading.services import exploring
from trading.services.refreshing import fetch_market

pytestmark = pytest.mark.django_db
HERE = "/trading/markets/exchange/"
API = "/api/v1/trading/markets/exchange/"


@pytest.fixture
def made(settings: Settings) -> Iterator[Exchange]:
    with exchange(
        settings, markets=[*(gamma_market(number) for number in range(1, 6)), resolved_market()]
    ) as it:
        yield it


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_user("ann"))
    return client


def results(client: Client, **query: Any) -> str:
    answer = client.get(HERE, {**query, "results": "1"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("", Kind.NOTHING, ""),
        ("  rain in May ", Kind.WORDS, "rain in May"),
        ("0x" + "aB" * 32, Kind.CONDITION, "0x" + "ab" * 32),
        ("0x1234", Kind.WORDS, "0x1234"),
        ("2028", Kind.WORDS, "2028"),
        ("7132104567925221259462638553270691275", Kind.TOKEN, "7132104567925221259462638553270691275"),
        ("https://polymarket.com/event/who-wins", Kind.EVENT, "who-wins"),
        ("polymarket.com/event/who-wins?tid=17#x", Kind.EVENT, "who-wins"),
        ("https://www.polymarket.com/de/event/who-wins/will-a-win/", Kind.MARKET, "will-a-win"),
        ("HTTPS://POLYMARKET.COM/market/will-a-win", Kind.MARKET, "will-a-win"),
        ("polymarket.com/sports/epl/games/epl-a-b-2026", Kind.EVENT, "epl-a-b-2026"),
        ("https://polymarket.com/", Kind.NOWHERE, "/"),
        ("https://polymarket.com/event/", Kind.NOWHERE, "/event/"),
        ("https://polymarket.com/event/../../x y", Kind.NOWHERE, "/event/../../x y"),
        (
            "https://polymarket.com.evil.example/event/a",
            Kind.WORDS,
            "https://polymarket.com.evil.example/event/a",
        ),
    ],
)
def test_what_is_typed_is_read_as_what_it_is(text: str, kind: Kind, value: str) -> None:
    typed = read_typed(text)
    assert (typed.kind, typed.value) == (kind, value)


def test_the_page_comes_before_the_exchange_is_asked(client: Client, made: Exchange) -> None:
    page = client.get(HERE, {"search": "team"}).content.decode()
    assert "Asking the exchange" in page
    assert "results=1" in page
    assert made.received == []


def test_what_is_known_is_marked_and_the_rest_is_added_with_a_click(client: Client, made: Exchange) -> None:
    known = fetch_market(f"0x{1:064x}")
    page = results(client, search="team")
    assert page.count("Add<span") == 5
    assert f"/trading/markets/{known.pk}/" in page
    assert Market.objects.count() == 1  # looking keeps nothing
    answer = client.post("/trading/markets/add/", {"market": f"0x{2:064x}"}, headers={"HX-Request": "true"})
    assert "Known, open" in answer.content.decode()
    plain = client.post("/trading/markets/add/", {"market": f"0x{2:064x}"})
    added = Market.objects.get(condition_id=f"0x{2:064x}")
    assert plain.headers["Location"] == f"/trading/markets/{added.pk}/"
    assert results(client, search="team").count("Add<span") == 4


@pytest.mark.parametrize(
    "address",
    [
        "https://polymarket.com/market/will-team-3-win-the-cup",
        "https://polymarket.com/event/no-such-event/will-team-3-win-the-cup",
        f"0x{3:064x}",
        "3000000000000000002",
    ],
)
def test_an_address_names_one_market(client: Client, made: Exchange, address: str) -> None:
    page = results(client, search=address)
    assert "Will team 3 win the cup?" in page
    assert "team 4" not in page
    there = client.get("/trading/markets/", {"search": address})
    assert there.headers["Location"].startswith(HERE)


def test_an_address_of_an_event_gives_all_its_markets(client: Client, made: Exchange) -> None:
    event = made.markets[0]["events"][0]["slug"]
    page = results(client, search=f"https://polymarket.com/event/{event}")
    assert page.count("Add<span") >= 5


def test_what_leads_nowhere_is_said(client: Client, made: Exchange) -> None:
    assert "leads to no market" in results(client, search="https://polymarket.com/leaderboard")
    assert "knows no such market" in results(client, search="https://polymarket.com/market/gone")
    assert "Nothing at the exchange fits" in results(client, search="zebra")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Answer(429, b"{}", {"retry-after": "30"}), "Ask again in 30 seconds."),
        (Answer(200, b"<html>"), "cannot be read"),
        (Answer(400, b'{"error": "no"}'), "refused the question"),
        (Answer(503, b"{}"), "did not answer"),
    ],
)
def test_an_exchange_that_fails_is_said_plainly_and_breaks_no_page(
    client: Client, made: Exchange, fault: Answer, words: str
) -> None:
    made.faults = [fault] * 4
    page = results(client, search="team")
    assert words in page
    assert "work meanwhile" in page
    made.faults = [fault] * 4
    told = client.get(API, {"search": "team"})
    assert (told.status_code, told["content-type"]) in [
        (502, "application/problem+json"),
        (503, "application/problem+json"),
    ]


def test_one_that_is_slow_is_given_up(
    client: Client, made: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exploring, "_SECONDS", 0.2)
    made.faults = [Answer(delay_seconds=3)] * 2
    assert "did not answer within 0.2 seconds" in results(client, search="team")


def test_filters_reach_the_exchange_and_pages_follow_each_other(
    client: Client, made: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exploring, "PAGE", 2)
    page = results(client, closing="soon", min_volume="1000", ordering="ends_at")
    asked = made.received[-1].path
    for part in ("end_date_max=", "volume_num_min=1000", "order=endDate", "ascending=true", "closed=false"):
        assert part in asked
    assert "after=2" in page
    assert "team 3" in results(client, after="2")


def test_the_api_finds_and_adds(client: Client, made: Exchange) -> None:
    found = client.get(API, {"search": "team 3"}).json()
    assert [(each["question"], each["id"]) for each in found["results"]] == [
        ("Will team 3 win the cup?", None)
    ]
    assert (found["next"], found["faulty"]) == ("", 0)
    added = client.post(API, {"market": found["results"][0]["condition_id"]}, content_type="application/json")
    assert added.status_code == 201
    assert client.get(API, {"search": "team 3"}).json()["results"][0]["id"] == added.json()["id"]


@pytest.mark.parametrize(
    ("market", "status"),
    [("", 400), ("x" * 400, 400), ("https://polymarket.com/event/a", 400), ("no-such", 404), ("a\x00b", 400)],
)
def test_the_api_adds_no_nonsense(client: Client, made: Exchange, market: str, status: int) -> None:
    answer = client.post(API, {"market": market}, content_type="application/json")
    assert answer.status_code == status
    assert not Market.objects.exists()


def test_a_viewer_looks_and_adds_nothing(made: Exchange) -> None:
    client = Client()
    client.force_login(make_user("vic", role=Role.VIEWER))
    assert "not known here" in results(client, search="team")
    assert client.post("/trading/markets/add/", {"market": f"0x{2:064x}"}).status_code == 403


def test_known_markets_are_narrowed_by_end_and_volume(client: Client, made: Exchange) -> None:
    fetch_market(f"0x{1:064x}")
    for query, shown in (
        ("min_volume=1000", True),
        ("min_volume=100000000000", False),
        ("min_volume=NaN", True),
        ("min_volume=-1", True),
        ("closing=never", True),
    ):
        assert ("team 1" in client.get(f"/trading/markets/?{query}").content.decode()) is shown, query
