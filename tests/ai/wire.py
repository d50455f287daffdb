"""Answers of the four providers in the form of their wire protocols, for local stand-ins."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from pytest_django import Settings

from tests.stand_in import Answer, Received, StandIn, stand_in

KEY: Final = "sk-test-0123456789abcdefSECRET"
SSE: Final = {"content-type": "text/event-stream"}


def _sse(*events: dict[str, Any], done: bool = False, named: bool = False) -> bytes:
    lines = []
    for event in events:
        if named:
            lines.append(f"event: {event['type']}")
        lines += [f"data: {json.dumps(event)}", ""]
    return ("\n".join([*lines, *(["data: [DONE]", ""] if done else [])]) + "\n").encode()


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def gemini(text: str, *, finish: str | None = "STOP", tokens: tuple[int, int] = (12, 7)) -> bytes:
    first, second = _halves(text)

    def chunk(part: str, end: str | None) -> dict[str, Any]:
        candidate: dict[str, Any] = {"content": {"parts": [{"text": part}], "role": "model"}, "index": 0}
        return {
            "candidates": [{**candidate, "finishReason": end} if end else candidate],
            "usageMetadata": {
                "promptTokenCount": tokens[0],
                "candidatesTokenCount": tokens[1],
                "totalTokenCount": sum(tokens),
            },
            "modelVersion": "gemini-3.8-flash",
            "responseId": "r1",
        }

    return _sse(chunk(first, None), chunk(second, finish))


def _chat(
    text: str, model: str, finish: str | None, usage: dict[str, Any], extra: dict[str, Any]
) -> list[dict[str, Any]]:
    first, second = _halves(text)
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1763719200, "model": model, **extra}

    def chunk(delta: dict[str, Any], end: str | None = None) -> dict[str, Any]:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": end}]}

    chunks = [chunk({"role": "assistant", "content": first}), chunk({"content": second})]
    return [*chunks, {**chunk({}, finish), **usage}] if finish else chunks


def groq(text: str, *, finish: str | None = "stop", tokens: tuple[int, int] = (12, 7)) -> bytes:
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    model = "openai/gpt-oss-120b"
    return _sse(
        *_chat(text, model, finish, {"x_groq": {"id": "q1", "usage": usage}}, {}), done=finish is not None
    )


def perplexity(text: str, *, finish: str | None = "stop", tokens: tuple[int, int] = (12, 7)) -> bytes:
    usage = {
        "prompt_tokens": tokens[0],
        "completion_tokens": tokens[1],
        "total_tokens": sum(tokens),
        "search_context_size": "low",
        "cost": {"input_tokens_cost": 0.00001, "request_cost": 0.005, "total_cost": 0.00512},
    }
    sources = {
        "citations": ["https://example.test/a", "javascript:alert(1)"],
        "search_results": [
            {"title": "A & <b>", "url": "https://example.test/a", "date": "2026-11-01"},
            {"title": "Bad", "url": "javascript:alert(1)"},
        ],
    }
    return _sse(*_chat(text, "sonar", finish, {"usage": usage}, sources), done=finish is not None)


def claude(text: str, *, finish: str | None = "end_turn", tokens: tuple[int, int] = (12, 7)) -> bytes:
    first, second = _halves(text)
    message: dict[str, Any] = {
        "id": "m1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": tokens[0], "output_tokens": 1},
    }  # fmt: skip
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": first}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": second}},
    ]
    if finish:
        events += [
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": finish, "stop_sequence": None},
                "usage": {"output_tokens": tokens[1]},
            },
            {"type": "message_stop"},
        ]
    return _sse(*events, named=True)


@dataclass(frozen=True)
class Protocol:
    """One provider: the path it is called at, how it sends its key, how it answers."""

    name: str
    path: str
    key_header: str
    speak: Callable[..., bytes]

    def key_sent(self, request: Received) -> str:
        return request.headers[self.key_header].removeprefix("Bearer ")


PROTOCOLS: Final = {
    "gemini": Protocol(
        "gemini", "/v1beta/models/gemini-3.8-flash:streamGenerateContent", "x-goog-api-key", gemini
    ),
    "groq": Protocol("groq", "/openai/v1/chat/completions", "authorization", groq),
    "perplexity": Protocol("perplexity", "/chat/completions", "authorization", perplexity),
    "claude": Protocol("claude", "/v1/messages", "authorization", claude),
}


def sse(body: bytes) -> Answer:
    return Answer(body=body, headers=dict(SSE))


def error(status: int, message: str = "no", **headers: str) -> Answer:
    body = json.dumps({"error": {"message": message, "type": "some_error", "code": status}}).encode()
    return Answer(status=status, body=body, headers={"content-type": "application/json", **headers})


@contextmanager
def speaking(settings: Settings, name: str, *answers: Answer | str, key: str = KEY) -> Iterator[StandIn]:
    """A stand-in for one provider that gives these answers in turn, the last one again and again."""
    queue = [sse(PROTOCOLS[name].speak(each)) if isinstance(each, str) else each for each in answers]

    def behave(request: Received) -> Answer:
        return queue.pop(0) if len(queue) > 1 else queue[0]

    with stand_in(behave) as server:
        settings.AI_PROVIDERS = {
            **settings.AI_PROVIDERS,
            name: {"key": key, "base_url": server.url},
        }
        yield server
