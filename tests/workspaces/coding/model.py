"""A stand-in for Anthropic's Messages API that plays a script: what the model says, which tools it calls."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

import pytest
from pytest_django import Settings

from tests.ai.wire import KEY
from tests.stand_in import Answer, Received, StandIn, stand_in
from workspaces import agent

IS_WANTED: Final = "claude" in os.environ.get("EXTRAS", "").split()
needs_claude = pytest.mark.skipif(
    bool(agent.missing()) and not IS_WANTED, reason="The agent is not installed here: make claude"
)
"""CI wants it, so there a missing one is a failure and nothing that is passed over."""
MODEL: Final = "claude-sonnet-5-5"
USED: Final = {"input_tokens": 2_000, "output_tokens": 1, "cache_read_input_tokens": 500}

Tool: TypeAlias = tuple[str, dict[str, Any]]
Answered: TypeAlias = "Answer | Tool | str"
"""To a request: a tool to call, a last word, or an answer of HTTP as it is."""
Play: TypeAlias = Callable[[dict[str, Any]], Answered]


def root_in(request: dict[str, Any]) -> str:
    """The folder that the agent works in, as its program tells the model."""
    text = json.dumps(request["messages"] + [request["system"]])
    return text.partition("Primary working directory: ")[2].partition("\\n")[0]


def told_back(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of tools so far, the latest last."""
    blocks = [each for message in request["messages"] if isinstance(message["content"], list)
              for each in message["content"]]  # fmt: skip
    return [each for each in blocks if isinstance(each, dict) and each.get("type") == "tool_result"]


def said(*blocks: dict[str, Any], stop: str = "end_turn", used: int = 300) -> Answer:
    """An answer in the shape of the wire: streamed events, text and arguments of tools in pieces."""
    message: dict[str, Any] = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": USED,
    }  # fmt: skip
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    for index, block in enumerate(blocks):
        events += _block(index, block)
    delta: dict[str, Any] = {"stop_reason": stop, "stop_sequence": None}
    events += [
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": used}},
        {"type": "message_stop"},
    ]
    return streamed(events)


def _block(index: int, block: dict[str, Any]) -> list[dict[str, Any]]:
    if block["type"] == "text":
        begun: dict[str, Any] = {"type": "text", "text": ""}
        key, whole = ("text_delta", "text"), block["text"]
    else:
        begun = {**block, "input": {}}
        key, whole = ("input_json_delta", "partial_json"), json.dumps(block["input"])
    half = len(whole) // 2
    pieces = [
        {"type": "content_block_delta", "index": index, "delta": {"type": key[0], key[1]: part}}
        for part in (whole[:half], whole[half:])
    ]
    start = {"type": "content_block_start", "index": index, "content_block": begun}
    return [start, *pieces, {"type": "content_block_stop", "index": index}]


def streamed(events: list[dict[str, Any]]) -> Answer:
    lines = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events]
    return Answer(body="".join(lines).encode(), headers={"content-type": "text/event-stream"})


def fault(status: int, kind: str, message: str = "no", **headers: str) -> Answer:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return Answer(status, json.dumps(body).encode(), {"content-type": "application/json", **headers})


def script(*steps: Tool | str | Answer) -> Play:
    """Step after step, one a request; the last again and again."""
    left = list(steps)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def model(settings: Settings, play: Play) -> Iterator[StandIn]:
    """The server's key and address point to a stand-in that plays."""
    counted = iter(range(1_000_000))

    def behave(request: Received) -> Answer:
        if request.path.partition("?")[0] != "/v1/messages":
            return fault(404, "not_found_error")
        answer = play(json.loads(request.body))
        if isinstance(answer, Answer):
            return answer
        if isinstance(answer, str):
            return said({"type": "text", "text": answer})
        name, given = answer
        words = {"type": "text", "text": f"I call {name}."}
        call = {"type": "tool_use", "id": f"toolu_{next(counted)}", "name": name, "input": given}
        return said(words, call, stop="tool_use")

    with stand_in(behave) as server:
        settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "claude": {"key": KEY, "base_url": server.url}}
        yield server
