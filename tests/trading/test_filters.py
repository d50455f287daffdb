"""Filters of the API's lists: nonsense is a 400 that names the filter, on pages it narrows nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import make_user

pytestmark = pytest.mark.django_db
API = "/api/v1/trading/"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_user("ann"))
    return client


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("markets/", "state", "zebra"),
        ("markets/", "closing", "never"),
        ("markets/", "ordering", "drop"),
        ("markets/", "min_volume", "abc"),
        ("markets/", "min_volume", "NaN"),
        ("markets/", "min_volume", "1e400"),
        ("markets/", "search", "a" * 400),
        ("markets/exchange/", "state", "generated"),
        ("orders/", "status", "x"),
        ("orders/", "side", "hold"),
        ("orders/", "by", "z"),
        ("orders/", "portfolio", "abc"),
        ("tapes/", "origin", "x"),
        ("tapes/", "mine", "maybe"),
        ("portfolios/", "mode", "x"),
    ],
)
def test_a_filter_that_is_none_is_named(client: Client, path: str, name: str, value: str) -> None:
    answer = client.get(API + path, {name: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize(
    "address",
    [
        f"{API}markets/?search=%00rain",
        f"{API}markets/?category=%00",
        f"{API}orders/?token=%00",
        f"{API}tapes/?search=%00",
        f"{API}portfolios/?search=%00",
        "/trading/markets/?search=%00&state=zebra&min_volume=abc&closing=never&ordering=drop",
        "/trading/markets/exchange/?search=%00",
        "/trading/tapes/?search=%00&origin=x",
        "/trading/portfolios/?search=%00&mode=x",
    ],
)
def test_a_nul_in_an_address_breaks_nothing(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200
