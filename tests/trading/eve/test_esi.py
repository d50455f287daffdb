"""The ESI client against a local stand-in: caches, limits, pages, faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import redis
import time_machine

from orchestrator.core.clock import utc_now
from orchestrator.core.redis import redis_client
from tests.stand_in import Answer, Received
from tests.trading.eve import stand_in as fake
from tests.trading.eve.stand_in import CORPORATION, answer, fault
from trading.eve import limits
from trading.eve.errors import (
    BadEsi,
    EsiAway,
    EsiForbidden,
    EsiLimited,
    EsiRefused,
    EsiUnknown,
    TokenRevoked,
)
from trading.eve.esi import Esi
from trading.eve.http import COMPATIBILITY_DATE, Consent, EsiHttp, EsiOptions

INFO = f"/corporations/{CORPORATION}"
OPTIONS = EsiOptions(first_pause=0.01, longest_pause=0.5, timeout_seconds=1)
CONSENT = Consent(90_000_001, "a-secret-token")


@pytest.fixture
def server() -> Iterator[fake.Esi]:
    with fake.esi_stand_in() as server:
        yield server


@pytest.fixture
def esi(server: fake.Esi) -> Iterator[Esi]:
    for key in redis_client().scan_iter("orchestrator:esi:*"):
        redis_client().delete(key)
    limits.forget_groups()
    http = EsiHttp(server.url, "ops@example.org", OPTIONS)
    yield Esi(http)
    http.close()


def test_it_says_who_asks_and_for_which_day_it_was_written(esi: Esi, server: fake.Esi) -> None:
    made = utc_now() - timedelta(minutes=20)
    server.replies[INFO] = answer(fake.corporation(), at=made)

    told = esi.corporation(CORPORATION)

    assert (told.data.name, told.data.tax_rate) == ("Generated Industries", Decimal("0.1"))
    assert told.at == made.replace(microsecond=0), "its age counts from when ESI made it"
    assert server.headers()["x-compatibility-date"] == COMPATIBILITY_DATE
    assert "ops@example.org" in server.headers()["user-agent"]


def test_an_answer_is_asked_for_once_while_it_holds(esi: Esi, server: fake.Esi) -> None:
    server.replies[INFO] = answer(fake.corporation(), seconds=60)

    esi.corporation(CORPORATION)
    esi.corporation(CORPORATION)

    assert server.asked == [INFO]


def test_an_answer_that_ran_out_is_asked_for_by_its_etag(esi: Esi, server: fake.Esi) -> None:
    made = utc_now() - timedelta(hours=2)

    def reply(query: dict[str, str], request: Received) -> Answer:
        if request.headers.get("if-none-match") == '"one"':
            later = {"expires": fake.http_date(utc_now() + timedelta(minutes=5)), "etag": '"one"'}
            return Answer(304, b"", later)
        return answer(fake.corporation(), etag='"one"', seconds=-1, at=made)

    server.replies[INFO] = reply
    first = esi.corporation(CORPORATION)
    second = esi.corporation(CORPORATION)
    third = esi.corporation(CORPORATION)

    assert first.data == second.data == third.data
    assert second.at == made.replace(microsecond=0), "304 is no newer data"
    assert second.until > utc_now()
    assert len(server.asked) == 2, "the third was within the new time"


def test_what_one_character_may_see_another_is_not_shown(esi: Esi, server: fake.Esi) -> None:
    path = f"{INFO}/wallets"
    server.replies[path] = lambda query, request: (
        answer([{"division": 1, "balance": 1234567890123.45}])
        if request.headers.get("authorization") == f"Bearer {CONSENT.token}"
        else fault(403, "Character does not have required role(s)")
    )

    assert esi.wallets(CORPORATION, CONSENT).data[0].balance == Decimal("1234567890123.45")
    with pytest.raises(EsiForbidden, match="required role"):
        esi.wallets(CORPORATION, Consent(90_000_002, "another-token"))
    assert "token" not in repr(CONSENT)


def test_all_pages_of_a_list_are_read(esi: Esi, server: fake.Esi) -> None:
    at = utc_now()
    server.replies[f"{INFO}/assets"] = lambda query, request: answer(
        [_asset(int(query["page"]))], at=at, pages=3
    )

    told = esi.assets(CORPORATION, CONSENT)

    assert [each.item_id for each in told.data] == [1, 2, 3]
    assert told.at == at.replace(microsecond=0)


def test_pages_of_two_generations_are_read_again_until_they_belong_together(
    esi: Esi, server: fake.Esi
) -> None:
    old, new = utc_now() - timedelta(minutes=10), utc_now()
    asked: list[int] = []

    def reply(query: dict[str, str], request: Received) -> Answer:
        page = int(query["page"])
        asked.append(page)
        is_old = page == 1 and asked.count(1) == 1
        return answer([_asset(100 * is_old + page)], at=old if is_old else new, pages=2)

    server.replies[f"{INFO}/assets"] = reply

    told = esi.assets(CORPORATION, CONSENT)

    assert [each.item_id for each in told.data] == [1, 2], "none of the old generation"
    assert asked == [1, 2, 1]


def test_pages_that_never_belong_together_are_no_answer(esi: Esi, server: fake.Esi) -> None:
    moments = iter(range(1_000))

    def reply(query: dict[str, str], request: Received) -> Answer:
        at = utc_now() - timedelta(hours=1) + timedelta(seconds=next(moments))
        return answer([_asset(1)], at=at, seconds=0, pages=2)

    server.replies[f"{INFO}/assets"] = reply

    with pytest.raises(BadEsi, match="changed while they were read"):
        esi.assets(CORPORATION, CONSENT)
    assert len(server.asked) <= 2 * OPTIONS.page_rounds


def _asset(number: int) -> dict[str, Any]:
    return {
        "item_id": number,
        "type_id": 34,
        "location_id": 60_003_760,
        "location_type": "station",
        "location_flag": "Hangar",
        "quantity": 5,
        "is_singleton": False,
    }


def test_a_problem_of_esi_is_tried_again_and_then_told(esi: Esi, server: fake.Esi) -> None:
    answers = [fault(502), fault(503), answer(fake.corporation())]
    server.replies[INFO] = lambda query, request: answers.pop(0)
    assert esi.corporation(CORPORATION).data.ticker == "GNRTD"

    server.replies["/markets/prices"] = fault(504, "Timeout contacting tranquility")
    with pytest.raises(EsiAway, match="Timeout contacting tranquility"):
        esi.prices()
    assert server.asked.count("/markets/prices") == OPTIONS.attempts


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 11, 22, 11, 5, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 11, 31, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 10, 59, tzinfo=UTC), False),
    ],
)
def test_in_the_hour_of_maintenance_it_is_told_so(
    esi: Esi, server: fake.Esi, at: datetime, told: bool
) -> None:
    server.replies[INFO] = fault(503)
    with time_machine.travel(at, tick=True), pytest.raises(EsiAway) as caught:
        esi.corporation(CORPORATION)
    assert ("restarts every day at 11:00 UTC" in caught.value.message) is told


def test_what_says_420_is_not_asked_again_before_its_time_on_any_route(esi: Esi, server: fake.Esi) -> None:
    server.replies[INFO] = fault(420, "Error limited", x_esi_error_limit_reset="42")

    with pytest.raises(EsiLimited) as caught:
        esi.corporation(CORPORATION)
    assert 40 < caught.value.retry_after_seconds <= 42
    with pytest.raises(EsiLimited, match="rest of"):
        esi.prices()
    assert server.asked == [INFO], "one call, and then none of any kind"


def test_the_last_errors_of_a_minute_are_left_to_others(esi: Esi, server: fake.Esi) -> None:
    few = {"x-esi-error-limit-remain": "9", "x-esi-error-limit-reset": "30"}
    server.replies[INFO] = answer(fake.corporation(), more=few)

    assert esi.corporation(CORPORATION).data.ticker == "GNRTD", "what came is good"
    with pytest.raises(EsiLimited):
        esi.prices()


def test_a_short_rest_is_waited_for_and_a_long_one_told(esi: Esi, server: fake.Esi) -> None:
    answers = [fault(429, retry_after="0.2", x_ratelimit_group="corp"), answer(fake.corporation())]
    server.replies[INFO] = lambda query, request: answers.pop(0)
    assert esi.corporation(CORPORATION).data.ticker == "GNRTD"

    server.replies["/markets/prices"] = fault(429, retry_after="600", x_ratelimit_group="market")
    with pytest.raises(EsiLimited) as caught:
        esi.prices()
    assert 590 < caught.value.retry_after_seconds <= 600
    server.replies["/status"] = answer(
        {"players": 1, "server_version": "2", "start_time": fake.FOUNDED, "vip": True}
    )
    assert esi.status().data.vip, "another group is not held up by it"


def test_a_budget_that_is_nearly_spent_is_given_time_to_fill(esi: Esi, server: fake.Esi) -> None:
    spent = {"x-ratelimit-group": "corp", "x-ratelimit-limit": "150/15m", "x-ratelimit-remaining": "3"}
    server.replies[INFO] = answer(fake.corporation(), seconds=0, more=spent)

    esi.corporation(CORPORATION)
    with pytest.raises(EsiLimited) as caught:
        esi.corporation(CORPORATION)
    assert 80 < caught.value.retry_after_seconds <= 90, "15 of 150 tokens come back in a tenth of 15 minutes"


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (fault(401, "token is expired"), TokenRevoked, "Connect it again"),
        (fault(404, "Corporation not found"), EsiUnknown, "Corporation not found"),
        (fault(400, "bad id"), EsiRefused, "bad id"),
        (Answer(200, b"<html>", {}), BadEsi, "not JSON"),
        (Answer(200, b'{"name": NaN}', {}), BadEsi, "not JSON"),
        (Answer(200, b"[" * 100_000, {}), BadEsi, "not JSON"),
        (answer({"name": "x"}), BadEsi, "another shape than agreed: ticker"),
        (answer([1]), BadEsi, "another shape"),
        (answer(fake.corporation(member_count=-1)), BadEsi, "member_count"),
    ],
)
def test_what_cannot_be_used_is_told_and_not_asked_again(
    esi: Esi, server: fake.Esi, reply: Answer, error: type[Exception], words: str
) -> None:
    server.replies[INFO] = reply
    with pytest.raises(error, match=words):
        esi.corporation(CORPORATION)
    assert len(server.asked) == 1


def test_a_connection_that_breaks_or_hangs_is_a_server_that_is_away(esi: Esi, server: fake.Esi) -> None:
    server.replies[INFO] = Answer(200, b"{", promised=100)
    with pytest.raises(EsiAway):
        esi.corporation(CORPORATION)
    server.replies["/markets/prices"] = Answer(200, b"[]", delay_seconds=30)
    with pytest.raises(EsiAway, match="ReadTimeout"):
        esi.prices()


def test_names_are_asked_for_a_thousand_at_a_time(esi: Esi, server: fake.Esi) -> None:
    def reply(query: dict[str, str], request: Received) -> Answer:
        asked = json.loads(request.body)
        assert len(asked) <= 1_000
        return answer([{"id": each, "name": f"N{each}", "category": "character"} for each in asked])

    server.replies["/universe/names"] = reply

    found = esi.names([*range(1, 1_502), 7])

    assert (len(found), found[7]) == (1_501, "N7")
    assert len(server.asked) == 2


def test_without_redis_it_asks_each_time(esi: Esi, server: fake.Esi, monkeypatch: pytest.MonkeyPatch) -> None:
    away = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.1)
    monkeypatch.setattr("trading.eve.cache.redis_client", lambda: away)
    monkeypatch.setattr("trading.eve.limits.redis_client", lambda: away)
    server.replies[INFO] = answer(fake.corporation())

    esi.corporation(CORPORATION)
    esi.corporation(CORPORATION)

    assert server.asked == [INFO, INFO]
