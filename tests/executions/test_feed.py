"""The live feed over a WebSocket: nothing missed, nothing repeated, nothing shown to strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.asgi import application
from orchestrator.core import json
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.engine import Engine
from orchestrator.executions.services.steering import signal_execution
from orchestrator.workflows.models import WorkflowPermission
from tests.factories import chain, make_user, make_workflow, node, start, step
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)
NEVER = {"any_of": [{"signal": "go", "port": "out"}]}
Talk = Callable[[Socket], Awaitable[Any]]


def socket_of(user: User | None, *, origin: str = "http://127.0.0.1") -> Socket:
    headers = [(b"origin", origin.encode()), (b"host", b"127.0.0.1")]
    if user is not None:
        client = Client()
        client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
        headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
    return Socket(application, "/ws/feed/", headers)


def talk(socket: Socket, conversation: Talk) -> Any:
    async def run() -> Any:
        assert await socket.connect()
        try:
            return await conversation(socket)
        finally:
            await socket.disconnect()

    return async_to_sync(run)()


async def say(socket: Socket, message: Any) -> None:
    await socket.say(json.dumps(message).decode())


async def hear(socket: Socket) -> Any:
    return json.loads(await socket.hear())


def waiting_run() -> Execution:
    nodes = [step("a"), node("wait", "wait", NEVER), step("b")]
    return start(make_workflow(nodes=nodes, edges=chain("a", "wait", "b")))


def go_on(execution: Execution) -> None:
    assert execution.started_by is not None
    signal_execution(execution.started_by, execution.pk, "go")


def test_a_subscriber_gets_what_happened_and_then_what_happens(engine: Engine) -> None:
    execution = waiting_run()
    engine.run_until_idle()

    async def conversation(socket: Socket) -> list[Any]:
        await say(socket, {"subscribe": {"execution": str(execution.pk), "after": 0}})
        first = await hear(socket)
        await asyncio.to_thread(_in_thread, partial(go_on, execution), engine.run_until_idle)
        return [first, await hear(socket)]

    first, second = talk(socket_of(execution.started_by), conversation)
    assert [event["type"] for event in first["events"]] == [
        "execution_started",
        "step_succeeded",
        "step_waiting",
    ]
    seqs = [event["seq"] for event in first["events"] + second["events"]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert second["events"][-1]["type"] == "execution_ended"


def test_a_client_that_comes_back_with_its_cursor_misses_and_repeats_nothing(engine: Engine) -> None:
    execution = waiting_run()
    engine.run_until_idle()

    async def first_visit(socket: Socket) -> Any:
        await say(socket, {"subscribe": {"execution": str(execution.pk)}})
        return await hear(socket)

    seen = talk(socket_of(execution.started_by), first_visit)
    go_on(execution)
    engine.run_until_idle()

    async def second_visit(socket: Socket) -> Any:
        await say(socket, {"subscribe": {"execution": str(execution.pk), "after": seen["seq"]}})
        return await hear(socket)

    news = talk(socket_of(execution.started_by), second_visit)
    assert news["events"][0]["seq"] == seen["seq"] + 1


def test_mine_tells_of_every_run_one_may_see(engine: Engine) -> None:
    execution = waiting_run()
    foreign = waiting_run()
    engine.run_until_idle()

    async def conversation(socket: Socket) -> Any:
        await say(socket, {"subscribe": {"mine": True}})
        await asyncio.sleep(0.2)
        await asyncio.to_thread(
            _in_thread, partial(go_on, foreign), partial(go_on, execution), engine.run_until_idle
        )
        rows: list[Any] = []
        while not rows or rows[-1]["status"] != "completed":
            rows += (await hear(socket))["changed"]
        return rows

    rows = talk(socket_of(execution.started_by), conversation)
    assert {row["id"] for row in rows} == {str(execution.pk)}


def test_a_stranger_gets_an_error_and_no_event(engine: Engine) -> None:
    execution = waiting_run()

    async def conversation(socket: Socket) -> Any:
        await say(socket, {"subscribe": {"execution": str(execution.pk)}})
        return await hear(socket)

    answer = talk(socket_of(make_user()), conversation)
    assert answer["error"]["code"] == "not_found"


def test_a_person_who_lost_access_hears_no_more(engine: Engine) -> None:
    execution = waiting_run()
    engine.run_until_idle()
    viewer = make_user()
    permission = WorkflowPermission.objects.create(workflow=execution.workflow, user=viewer, access="viewer")

    async def conversation(socket: Socket) -> Any:
        await say(socket, {"subscribe": {"execution": str(execution.pk)}})
        await hear(socket)
        await asyncio.to_thread(
            _in_thread, permission.delete, partial(go_on, execution), engine.run_until_idle
        )
        return await hear(socket)

    answer = talk(socket_of(viewer), conversation)
    assert answer["error"]["code"] == "not_found"


def test_nobody_unknown_is_let_in() -> None:
    async def run() -> Any:
        socket = socket_of(None)
        await socket.connect()
        return await socket.receive_output(timeout=2)

    assert async_to_sync(run)()["code"] == 4401


def test_a_page_of_another_site_cannot_use_one_s_session() -> None:
    socket = socket_of(make_user(), origin="https://evil.example")
    assert async_to_sync(socket.connect)() is False


def test_a_program_comes_in_with_its_key(engine: Engine) -> None:
    execution = waiting_run()
    assert execution.started_by is not None
    engine.run_until_idle()
    _, secret = create_api_key(execution.started_by, name="k", scopes=["read"])
    headers = [(b"authorization", f"Api-Key {secret}".encode()), (b"host", b"testserver")]

    async def conversation(socket: Socket) -> Any:
        await say(socket, {"subscribe": {"execution": str(execution.pk)}})
        return await hear(socket)

    news = talk(Socket(application, "/ws/feed/", headers), conversation)
    assert news["seq"] == 3


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        "{}",
        '{"subscribe": {}}',
        '{"subscribe": {"execution": "x"}}',
        '{"subscribe": {"execution": "01a1fbc4-46d7-700e-a285-b61392bb089c", "after": -1}}',
        '{"subscribe": 5}',
        "x" * 5000,
    ],
)
def test_what_cannot_be_understood_is_answered_and_the_socket_stays(message: str) -> None:
    async def conversation(socket: Socket) -> list[Any]:
        await socket.say(message)
        first = await hear(socket)
        await say(socket, {"subscribe": {}})
        return [first, await hear(socket)]

    answers = talk(socket_of(make_user()), conversation)
    assert all(answer["error"]["code"] in ("bad_message", "not_found") for answer in answers)


def _in_thread(*work: Callable[[], object]) -> None:
    """What the event loop must not do itself, with database connections of its own."""
    try:
        for each in work:
            each()
    finally:
        connections.close_all()
