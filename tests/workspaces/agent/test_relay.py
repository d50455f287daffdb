"""The door to the model: who passes, what is passed on, and what is booked."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.stand_in import Answer, Received, stand_in
from tests.workspaces.coding.model import MODEL, fault, said
from workspaces.agent import relay
from workspaces.agent.relay import Counted, Door, NotAdmitted

ASKED = {"model": MODEL, "max_tokens": 100, "messages": []}
TOLD = said({"type": "text", "text": "Yes."})


@dataclass
class Meter:
    refusal: str = ""
    booked: list[tuple[Counted, str]] = field(default_factory=list)

    def admit(self, request: Mapping[str, Any], size: int) -> str:
        if self.refusal:
            raise NotAdmitted(self.refusal)
        return "ticket"

    def book(self, ticket: Any, counted: Counted, *, fault: str) -> None:
        assert ticket == "ticket"
        self.booked.append((counted, fault))


def call(door: Door, path: str = "/v1/messages?beta=true", word: str = "", **changes: Any) -> httpx.Response:
    return httpx.post(
        f"{door.url}{path}", json={**ASKED, **changes}, timeout=60,
        headers={"x-api-key": word or door.word, "cookie": "a=b"},
    )  # fmt: skip


def test_a_call_passes_with_the_key_and_is_counted() -> None:
    meter = Meter()
    with (
        stand_in(lambda _: TOLD) as server,
        relay.opened(base_url=server.url, key="secret", model=MODEL, meter=meter) as door,
    ):
        answer = call(door)
        assert (answer.status_code, answer.content) == (200, TOLD.body)
    [request] = server.received
    assert request.path == "/v1/messages?beta=true"
    assert (request.headers["x-api-key"], request.headers["anthropic-version"]) == ("secret", "2023-06-01")
    assert "cookie" not in request.headers
    assert json.loads(request.body) == ASKED
    [(counted, fault)] = meter.booked
    assert (counted.input, counted.cached, counted.output, fault) == (2_000, 500, 300, "")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"word": "guessed"}, 401),
        ({"path": "/v1/files"}, 404),
        ({"path": "/v1/messages/../organizations"}, 404),
        ({"model": "another"}, 400),
    ],
)
def test_whatever_is_no_call_of_the_agreed_model_stays_inside(given: dict[str, Any], status: int) -> None:
    meter = Meter()
    with (
        stand_in(lambda _: TOLD) as server,
        relay.opened(base_url=server.url, key="secret", model=MODEL, meter=meter) as door,
    ):
        assert call(door, **given).status_code == status
    assert (server.received, meter.booked) == ([], [])


def test_what_the_meter_refuses_is_not_called_and_told() -> None:
    with (
        stand_in(lambda _: TOLD) as server,
        relay.opened(
            base_url=server.url, key="secret", model=MODEL, meter=Meter("Enough was spent.")
        ) as door,
    ):
        answer = call(door)
        assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Enough was spent.")
        assert door.refused == "Enough was spent."
    assert server.received == []


@pytest.mark.parametrize(
    ("answer", "booked", "status"),
    [
        (fault(429, "rate_limit_error", **{"retry-after": "7"}), "http_429", 429),
        (Answer(200, TOLD.body[:200], TOLD.headers), "cut_off", 0),
        (Answer(200, TOLD.body[:200], TOLD.headers, promised=9_999), "unreachable", 0),
    ],
)
def test_faults_are_passed_back_and_booked_as_what_they_are(answer: Answer, booked: str, status: int) -> None:
    meter = Meter()
    with (
        stand_in(lambda _: answer) as server,
        relay.opened(base_url=server.url, key="secret", model=MODEL, meter=meter) as door,
    ):
        got = call(door)
        assert got.status_code == answer.status
        assert got.headers.get("retry-after") == answer.headers.get("retry-after")
        assert door.status == status
    assert [each[1] for each in meter.booked] == [booked]


def test_nobody_at_home_is_an_answer_too() -> None:
    meter = Meter()
    with relay.opened(base_url="http://127.0.0.1:9", key="secret", model=MODEL, meter=meter) as door:
        assert call(door).status_code == 503
    assert [each[1] for each in meter.booked] == ["unreachable"]


def suppressed(door: Door) -> None:
    with suppress(httpx.HTTPError):
        call(door)


def test_closing_the_door_wakes_whoever_waits_and_books_it() -> None:
    meter, waiting = Meter(), threading.Event()

    def slow(_: Received) -> Answer:
        waiting.set()
        return Answer(delay_seconds=60)

    with (
        stand_in(slow) as server,
        relay.opened(base_url=server.url, key="secret", model=MODEL, meter=meter) as door,
    ):
        threading.Thread(target=suppressed, args=[door], daemon=True).start()
        assert waiting.wait(10)
    assert [each[1] for each in meter.booked] == ["stopped"]
