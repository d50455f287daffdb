"""Each provider by its real protocol against a local stand-in: good answers and every way to fail."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from orchestrator.ai import providers
from orchestrator.ai.domain.calls import CallFailed, ModelAnswer, ModelRequest, Turn
from orchestrator.ai.domain.catalog import PROVIDERS
from tests.ai.wire import KEY, PROTOCOLS, error, speaking, sse
from tests.stand_in import Answer

ALL = pytest.mark.parametrize("name", sorted(PROTOCOLS))
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"mood": {"type": "string"}},
    "required": ["mood"],
}


def ask(
    settings: Settings, name: str, *, url: str = "", said: list[str] | None = None, **given: Any
) -> ModelAnswer:
    fields: dict[str, Any] = {
        "model": PROVIDERS[name].default_model,
        "system": "Be brief.",
        "turns": (Turn("user", "How are you?"),),
        "schema": None,
        "temperature": 0.2,
        "max_tokens": 100,
        "timeout_seconds": 5.0,
    }

    async def call() -> ModelAnswer:
        provider = await providers.load(name)
        return await provider.answer(
            ModelRequest(**{**fields, **given}),
            key=KEY,
            base_url=url or settings.AI_PROVIDERS[name]["base_url"],
            on_text=lambda text, tokens: None if said is None else said.append(text),
        )

    return asyncio.run(call())


@ALL
def test_an_answer_comes_with_its_tokens_and_streams_in(settings: Settings, name: str) -> None:
    said: list[str] = []
    with speaking(settings, name, "All is well today.") as server:
        answer = ask(settings, name, said=said)

    assert answer.text == "All is well today."
    assert (answer.tokens.input, answer.tokens.output, answer.tokens.is_estimate) == (12, 7, False)
    assert answer.finish == "stop"
    assert said[-1] == answer.text
    assert len(said) >= 2
    [request] = server.received
    assert request.path.partition("?")[0] == PROTOCOLS[name].path
    assert PROTOCOLS[name].key_sent(request) == KEY
    assert KEY not in request.path
    body = request.body.decode()
    assert "How are you?" in body
    assert "Be brief." in body


@ALL
def test_a_schema_is_told_to_the_provider(settings: Settings, name: str) -> None:
    with speaking(settings, name, '{"mood": "good"}') as server:
        assert json.loads(ask(settings, name, schema=SCHEMA).text) == {"mood": "good"}
    assert "mood" in server.received[0].body.decode()


@ALL
@pytest.mark.parametrize("status", [429, 500, 503])
def test_overload_may_be_tried_again_after_the_pause_that_was_asked_for(
    settings: Settings, name: str, status: int
) -> None:
    with (
        speaking(settings, name, error(status, "slow down", **{"retry-after": "17"})) as server,
        pytest.raises(CallFailed) as failure,
    ):
        ask(settings, name)
    assert failure.value.retryable
    assert failure.value.retry_after == 17
    assert failure.value.details["status"] == status
    assert len(server.received) == 1  # the engine retries, not the client


@ALL
def test_a_retry_after_may_be_a_date(settings: Settings, name: str) -> None:
    late = {"retry-after": "Fri, 01 Jan 2100 00:00:00 GMT"}
    with speaking(settings, name, error(429, **late)), pytest.raises(CallFailed) as failure:
        ask(settings, name)
    assert failure.value.retry_after is not None
    assert failure.value.retry_after > 86_400


@ALL
@pytest.mark.parametrize(("status", "code"), [(401, "bad_key"), (404, "unknown_model"), (400, "rejected")])
def test_what_will_not_get_better_is_not_tried_again(
    settings: Settings, name: str, status: int, code: str
) -> None:
    said = f"You sent {KEY}, which is wrong"
    with speaking(settings, name, error(status, said)), pytest.raises(CallFailed) as failure:
        ask(settings, name)
    assert (failure.value.code, failure.value.retryable) == (code, False)
    assert KEY not in failure.value.message
    assert KEY[-8:] not in failure.value.message


@ALL
def test_a_stream_that_ends_early_is_told_so(settings: Settings, name: str) -> None:
    cut = sse(PROTOCOLS[name].speak("All is well today.", finish=None))
    with speaking(settings, name, cut), pytest.raises(CallFailed) as failure:
        ask(settings, name)
    assert (failure.value.code, failure.value.retryable) == ("cut_off", True)
    assert failure.value.tokens is not None
    assert failure.value.tokens.total > 0


@ALL
def test_a_connection_that_breaks_is_told_so(settings: Settings, name: str) -> None:
    whole = PROTOCOLS[name].speak("All is well today.", finish=None)
    broken = Answer(body=whole, headers={"content-type": "text/event-stream"}, promised=len(whole) + 500)
    with speaking(settings, name, broken), pytest.raises(CallFailed) as failure:
        ask(settings, name)
    assert (failure.value.code, failure.value.retryable) == ("cut_off", True)
    assert "broke off" in failure.value.message


@ALL
def test_a_slow_answer_is_given_up(settings: Settings, name: str) -> None:
    slow = sse(PROTOCOLS[name].speak("late"))
    slow.delay_seconds = 20
    with speaking(settings, name, slow), pytest.raises(CallFailed) as failure:
        ask(settings, name, timeout_seconds=0.4)
    assert (failure.value.code, failure.value.retryable) == ("ai_timeout", True)
    assert "0.4 s" in failure.value.message


@ALL
def test_nobody_there_is_told_so(settings: Settings, name: str) -> None:
    with pytest.raises(CallFailed) as failure:
        ask(settings, name, url="http://127.0.0.1:9")
    assert (failure.value.code, failure.value.retryable) == ("unreachable", True)


@ALL
def test_what_is_no_answer_at_all_is_told_so(settings: Settings, name: str) -> None:
    nonsense = Answer(body=b"<html>hello</html>", headers={"content-type": "text/html"})
    with speaking(settings, name, nonsense), pytest.raises(CallFailed) as failure:
        ask(settings, name)
    assert failure.value.retryable


@ALL
def test_an_answer_cut_by_its_length_says_so(settings: Settings, name: str) -> None:
    ends = {"gemini": "MAX_TOKENS", "claude": "max_tokens"}
    with speaking(settings, name, sse(PROTOCOLS[name].speak("All is", finish=ends.get(name, "length")))):
        assert ask(settings, name).finish == "length"


def test_perplexity_gives_its_sources_and_its_own_cost(settings: Settings) -> None:
    with speaking(settings, "perplexity", "It is so [1]."):
        answer = ask(settings, "perplexity")
    assert (answer.citations[0].url, answer.citations[0].title) == ("https://example.test/a", "A & <b>")
    assert answer.cost == Decimal("0.00512")


@ALL
def test_an_earlier_answer_is_sent_along_when_asked_again(settings: Settings, name: str) -> None:
    turns = (Turn("user", "Q1"), Turn("assistant", "wrong one"), Turn("user", "Once more"))
    with speaking(settings, name, "right") as server:
        assert ask(settings, name, turns=turns).text == "right"
    body = server.received[0].body.decode()
    assert body.index("Q1") < body.index("wrong one") < body.index("Once more")
