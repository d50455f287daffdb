"""How often the API may be called, and that nothing stands still where Redis is away."""

from __future__ import annotations

import pytest
import redis
from django.core.cache import cache
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from orchestrator.accounts.models import User
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.core import rates
from orchestrator.core.cache import ForgivingRedisCache
from orchestrator.core.rates import seconds_to_wait
from orchestrator.rate import Rate, parse_rate
from tests.accounts.conftest import log_in_api
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Settings) -> None:
    settings.API_RATES = dict.fromkeys(("user", "key", "anonymous", "login"), Rate(3, 60))


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def test_the_fourth_request_is_told_when_to_come_back() -> None:
    client = client_of(make_user())
    assert [client.get(ME).status_code for _ in range(3)] == [200] * 3
    answer = client.get(ME)
    assert (answer.status_code, answer["content-type"]) == (429, "application/problem+json")
    assert answer.json()["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 60


def test_people_and_keys_are_counted_apart() -> None:
    user = make_user()
    client = client_of(user)
    for _ in range(4):
        client.get(ME)
    assert client_of(make_user()).get(ME).status_code == 200
    for name in ("one", "two"):
        _, secret = create_api_key(user, name=name, scopes=["read"])
        key = APIClient()
        key.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}")
        assert [key.get(ME).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_who_is_not_known_is_counted_by_address(settings: Settings) -> None:
    settings.API_RATES = {**settings.API_RATES, "anonymous": Rate(1, 60)}
    assert [APIClient().get("/api/schema/").status_code for _ in range(2)] == [200, 429]
    assert APIClient(REMOTE_ADDR="10.1.1.1").get("/api/schema/").status_code == 200


def test_guessing_passwords_of_many_accounts_is_slow() -> None:
    statuses = [log_in_api(f"name{number}", "x").status_code for number in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_a_rate_may_be_off(settings: Settings) -> None:
    settings.API_RATES = dict.fromkeys(("user", "key", "anonymous", "login"))
    client = client_of(make_user())
    assert {client.get(ME).status_code for _ in range(6)} == {200}


def test_without_redis_nothing_is_counted_and_the_cache_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(rates, "redis_client", lambda: gone)
    assert [seconds_to_wait("x", "y", Rate(1, 60)) for _ in range(3)] == [0, 0, 0]

    def away(*_: object, **__: object) -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get", away)
    monkeypatch.setattr(ForgivingRedisCache, "_rests_until", 0.0)
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", 1)
    assert cache.get_many(["a"]) == {}
    monkeypatch.setattr(ForgivingRedisCache, "_rests_until", 0.0)


def test_the_cache_keeps_what_it_is_given() -> None:
    cache.set("a", {"b": [1, None]}, 30)
    assert cache.get("a") == {"b": [1, None]}
    assert not cache.add("a", 2)
    cache.delete("a")
    assert cache.get("a") is None


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("600/min", Rate(600, 60)), ("5 / s", Rate(5, 1)), ("10/HOUR", Rate(10, 3600)),
        ("1/day", Rate(1, 86_400)), ("off", None), ("0", None),
    ],
)  # fmt: skip
def test_rates_are_written_as_people_say_them(text: str, rate: Rate | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "many", "0/min", "-1/s", "5/fortnight", "5"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="600/min"):
        parse_rate(text)
