"""The feed's messages: written once for all who get the same, and never without end for one who is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.audience import BATCH, News
from orchestrator.executions.web.following import MOST_WAITING, Mine, OneExecution
from orchestrator.executions.web.frames import ChangedFrames, RunFrames
from orchestrator.executions.web.overseeing import Overseers
from tests.factories import make_user, make_workflow, start

RUN, NOW = uuid4(), datetime(2026, 11, 21, tzinfo=UTC)


def news(first: int, last: int, *people: UUID) -> News:
    return News([{"seq": seq, "occurred_at": NOW} for seq in range(first, last + 1)], frozenset(people))


class Client:
    """A socket that takes nothing until it is told to."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.said: list[Any] = []
        self.open = asyncio.Event()

    async def send_text(self, text: str) -> None:
        await self.open.wait()
        self.said.append(json.loads(text))

    async def send_json(self, content: Any) -> None:
        await self.send_text(json.dumps(content).decode())

    async def send_error(self, error: Exception) -> None:
        self.said.append(error)


def test_followers_that_are_equally_far_get_the_very_same_message() -> None:
    frames = RunFrames(RUN, news(4, 6))
    one, other, late = frames.after(3), frames.after(3), frames.after(4)
    assert one is other
    assert one is not None
    assert late is not None
    assert [event["seq"] for event in json.loads(one.text)["events"]] == [4, 5, 6]
    assert [event["seq"] for event in json.loads(late.text)["events"]] == [5, 6]
    assert (one.count, one.seq, late.count, late.seq) == (3, 6, 2, 6)
    assert frames.after(6) is None
    assert json.loads(one.text)["execution"] == str(RUN)


def test_each_person_s_message_holds_the_newest_runs_that_they_see() -> None:
    runs = [UUID(int=number) for number in range(BATCH + 50)]
    frames = ChangedFrames({run: {"id": str(run)} for run in runs})
    every = json.loads(frames.of(frozenset(runs)))["changed"]
    assert [row["id"] for row in every] == [str(run) for run in runs[::-1][:BATCH]]
    assert json.loads(frames.of(frozenset(runs[:2])))["changed"] == [
        {"id": str(runs[1])},
        {"id": str(runs[0])},
    ]


def test_a_slow_follower_of_a_run_keeps_a_bounded_number_and_catches_up_by_itself() -> None:
    async def follow() -> bool:
        slow = OneExecution(Client(User(pk=uuid4())), RUN, 0)
        for number in range(100):
            slow.take(RunFrames(RUN, news(number * 20 + 1, number * 20 + 20, slow.person)))
            assert sum(frame.count for frame in slow._frames) <= BATCH + 20
        return slow._behind

    assert async_to_sync(follow)(), "it reads on from its cursor"


@pytest.mark.django_db(transaction=True)
def test_a_slow_follower_of_everything_reads_by_itself_what_it_could_not_take() -> None:
    execution = start(make_workflow())
    assert execution.started_by is not None

    async def follow() -> list[Any]:
        client = Client(execution.started_by)  # type: ignore[arg-type]  # it is somebody, as asserted
        slow = Mine(client)
        for _ in range(MOST_WAITING + 5):
            slow.take(frozenset({execution.pk}), '{"changed": []}')
        assert len(slow._texts) == MOST_WAITING
        client.open.set()
        await slow.send_news()
        return client.said

    said = async_to_sync(follow)()
    assert len(said) == MOST_WAITING + 1
    assert [row["id"] for row in said[-1]["changed"]] == [str(execution.pk)]


class Listener:
    def __init__(self, user: User) -> None:
        self.person, self.heard = user.pk, list[str]()

    def take(self, runs: frozenset[UUID], text: str) -> None:
        self.heard.append(text)


@pytest.mark.django_db(transaction=True)
def test_what_changed_is_read_once_however_many_follow_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, foreign = start(make_workflow()), start(make_workflow())
    assert mine.started_by is not None
    stranger = make_user()
    listeners = [Listener(mine.started_by) for _ in range(50)] + [Listener(stranger)]
    queries: list[object] = []

    async def run() -> None:
        async def query(ask: Callable[[], Any]) -> Any:
            queries.append(ask)
            return await database_sync_to_async(ask)()

        overseers = Overseers(query)
        overseers.overviews.update(listeners)
        overseers.tell({each.pk: each.workflow_id for each in (mine, foreign)})
        work = asyncio.create_task(overseers.work())
        while not listeners[0].heard:
            await asyncio.sleep(0.01)
        work.cancel()

    async_to_sync(run)()
    assert len(queries) == 2
    assert len({listener.heard[0] for listener in listeners[:50]}) == 1
    assert [row["id"] for row in json.loads(listeners[0].heard[0])["changed"]] == [str(mine.pk)]
    assert listeners[-1].heard == []
    assert Execution.objects.count() == 2
