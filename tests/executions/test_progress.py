"""Progress of steps at work: seen on open sockets while it happens, stored nowhere, needed for nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pytest_django import Settings

from orchestrator.core import json
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.runtime.engine import Engine
from orchestrator.graphs.steps import Outcome, Progress, StepContext, Succeeded
from tests.executions.test_feed import _in_thread, hear, say, socket_of, talk
from tests.factories import fresh, make_workflow, start
from tests.probes import behaviour, probe
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = 12


async def write(step: StepContext) -> Outcome:
    """Says one word more every 0.1 s, each four times."""
    text = ""
    for number in range(WORDS):
        text += f"word{number} "
        for _ in range(4):
            step.tell(Progress(text, number + 1))
        await asyncio.sleep(0.1)
    return Succeeded({"text": text})


def followed(engine: Engine, execution: Execution) -> list[Any]:
    """All messages that a follower hears from the start of a run to its end."""

    async def conversation(socket: Socket) -> list[Any]:
        await say(socket, {"subscribe": {"execution": str(execution.pk)}})
        await asyncio.sleep(0.2)
        running = asyncio.create_task(asyncio.to_thread(_in_thread, engine.run_until_idle))
        heard: list[Any] = []
        while not heard or not _ends(heard[-1]):
            heard.append(await hear(socket))
        await running
        await asyncio.sleep(0.5)  # for anything that comes late
        await socket.receive_nothing()
        return heard

    messages: list[Any] = talk(socket_of(execution.started_by), conversation)
    return messages


def _ends(message: Any) -> bool:
    return any(event["type"] == "execution_ended" for event in message.get("events", ()))


def test_a_follower_sees_the_text_grow_a_few_times_a_second(engine: Engine) -> None:
    execution = start(make_workflow(nodes=[probe("write")]))
    with behaviour("write", write):
        heard = followed(engine, execution)

    progress = [message["progress"] for message in heard if "progress" in message]
    assert 3 <= len(progress) <= 6, "1.2 s at four a second"
    [first], [last] = progress[0], progress[-1]
    assert first["node"] == "write"
    assert (first["scope"], first["iteration"], first["attempt"]) == ("", 1, 1)
    assert first["tokens"] < last["tokens"] <= WORDS
    assert last["text"].startswith(first["text"])
    assert _ends(heard[-1])


def test_progress_is_stored_nowhere(engine: Engine) -> None:
    def secret(step: StepContext) -> Any:
        step.tell(Progress("only for the eye", 4))
        return {"ok": True}

    execution = start(make_workflow(nodes=[probe("write")]))
    with behaviour("write", secret):
        engine.run_until_idle()
    kept = [*EventRow.objects.values_list("data"), *StepRun.objects.values_list("output")]
    assert "only for the eye" not in json.dumps(kept).decode()
    assert fresh(execution).status == "completed"


def test_a_run_needs_nobody_to_hear_of_its_progress(engine: Engine, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    execution = start(make_workflow(nodes=[probe("write")]))
    with behaviour("write", write):
        engine.run_until_idle()
    assert fresh(execution).status == "completed"
