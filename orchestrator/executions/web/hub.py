"""One reader of nudges per web process, for all of its open sockets.

A nudge says which executions have new events. It is only a reason to look: what is told to clients is read
from the event table from their cursors on, so a lost nudge delays and loses nothing. The reading is done
once for all sockets that follow a run, and for all runs that were nudged meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar
from uuid import UUID

import redis.asyncio
import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from orchestrator.accounts.services.telling import CHANNEL as LOGGED_OUT
from orchestrator.core import json
from orchestrator.core.json import JsonObject
from orchestrator.core.rls import as_server, bound
from orchestrator.executions.queries.audience import (
    BATCH,
    Watch,
    moved_on,
    news_of,
)
from orchestrator.executions.runtime.feed import CHANNEL
from orchestrator.executions.runtime.progress import CHANNEL as PROGRESS
from orchestrator.executions.web.frames import RunFrames
from orchestrator.executions.web.overseeing import ApprovalsWatch, Overseers, Overview

RETRY_SECONDS: Final = 1.0
HEED_SECONDS: Final = 1.0
"""How soon the reader notices that it was cancelled, should redis-py have swallowed it."""
POLL_SECONDS: Final = 5.0
"""How often it looks without being nudged."""

log = structlog.get_logger(__name__)

_T = TypeVar("_T")


class Follower(Protocol):
    """Somebody who follows one run. What it is called with happens on the event loop and must not block."""

    @property
    def person(self) -> UUID: ...

    @property
    def workflow_id(self) -> UUID: ...

    @property
    def heard(self) -> int:
        """The last event that it was given."""

    def take(self, news: RunFrames) -> None:
        """Events after the last one that the follower furthest behind was given."""

    def show(self, progress: Iterable[JsonObject]) -> None:
        """How far steps at work have come. Nothing depends on it: it may be lost, and is never stored."""


class Hub:
    """The followers of each run, those who follow all, and who waits for a log-in of theirs to end."""

    def __init__(self) -> None:
        self._followers: defaultdict[UUID, set[Follower]] = defaultdict(set)
        self._overseers = Overseers(self._query)
        self._holders: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._nudged: set[UUID] = set()
        self._awake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._thread: ThreadPoolExecutor | None = None

    def follow(self, execution_id: UUID, follower: Follower) -> None:
        self._followers[execution_id].add(follower)
        self._start()

    def unfollow(self, execution_id: UUID, follower: Follower) -> None:
        self._followers[execution_id].discard(follower)
        if not self._followers[execution_id]:
            del self._followers[execution_id]
        self._stop_if_alone()

    def oversee(self, overview: Overview) -> None:
        self._overseers.overviews.add(overview)
        self._start()

    def leave(self, overview: Overview) -> None:
        self._overseers.overviews.discard(overview)
        self._stop_if_alone()

    def await_approvals(self, inbox: ApprovalsWatch) -> None:
        self._overseers.inboxes.add(inbox)
        self._start()

    def await_no_approvals(self, inbox: ApprovalsWatch) -> None:
        self._overseers.inboxes.discard(inbox)
        self._stop_if_alone()

    def hold(self, person: UUID, ended: asyncio.Event) -> None:
        """Set the event whenever one of the person's log-ins may have ended.

        It is heard of while somebody follows something; a socket that follows nothing is told nothing either.
        """
        self._holders[person].add(ended)

    def release(self, person: UUID, ended: asyncio.Event) -> None:
        self._holders[person].discard(ended)
        if not self._holders[person]:
            del self._holders[person]

    def nudge(self, execution_ids: Iterable[UUID]) -> None:
        """Look for news of these as soon as the look in progress is over."""
        self._nudged.update(execution_ids)
        self._awake.set()

    def _start(self) -> None:
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks = [
                loop.create_task(work())
                for work in (self._read_nudges, self._look, self._overseers.work, self._poll)
            ]

    def _stop_if_alone(self) -> None:
        if not self._followers and not self._overseers:
            for task in self._tasks:
                task.cancel()
            self._tasks = []
            if self._thread is not None:
                self._thread.submit(connections.close_all)
                self._thread.shutdown(wait=False)
                self._thread = None

    async def _query(self, query: Callable[[], _T]) -> _T:
        """What a query finds, asked in a thread of the hub's own with a connection of its own."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "feed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, _fresh, query)

    async def _read_nudges(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "a coroutine that runs has a task"
        interrupted = False
        while not task.cancelling():  # redis-py may swallow it, or turn it into an error of its own
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL, health_check_interval=15)
            try:
                async with client.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL, PROGRESS, LOGGED_OUT)
                    self.nudge(self._followers)  # whatever happened while nobody listened
                    if interrupted:
                        self._tell_holders(list(self._holders))
                    while not task.cancelling():
                        message = await pubsub.get_message(
                            ignore_subscribe_messages=True, timeout=HEED_SECONDS
                        )
                        if message is not None:
                            self._hear(message["channel"].decode(), message["data"].decode())
            except (redis.RedisError, OSError) as error:
                interrupted = True
                log.warning("feed_reader_interrupted", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                with contextlib.suppress(redis.RedisError, OSError):
                    await client.aclose()

    def _tell(self, message: dict[str, str]) -> None:
        runs = {UUID(run): UUID(workflow) for run, workflow in message.items()}
        self.nudge(runs.keys() & self._followers.keys())
        self._overseers.tell(runs)

    def _hear(self, channel: str, data: str) -> None:
        if channel == LOGGED_OUT:
            self._tell_holders([UUID(data)])
        elif channel == PROGRESS:
            self._show(json.loads(data))
        else:
            self._tell(json.loads(data))

    def _show(self, message: dict[str, list[JsonObject]]) -> None:
        for run, progress in message.items():
            for follower in self._followers.get(UUID(run), ()):
                follower.show(progress)

    def _tell_holders(self, people: Iterable[UUID]) -> None:
        for person in people:
            for ended in self._holders.get(person, ()):
                ended.set()

    async def _look(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            nudged, self._nudged = self._nudged, set()
            try:
                await self._tell_followers(nudged)
            except DatabaseError as error:
                log.warning("feed_not_read", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                self.nudge(nudged)

    async def _tell_followers(self, execution_ids: Iterable[UUID]) -> None:
        """Those who join meanwhile are not told: their access was not looked at. They nudge by themselves."""
        asked = {each: set(self._followers[each]) for each in execution_ids if each in self._followers}
        watches = _watches(asked)
        found = await self._query(lambda: news_of(watches)) if watches else {}
        for execution_id, news in found.items():
            frames = RunFrames(execution_id, news)
            for follower in asked[execution_id] & self._followers.get(execution_id, set()):
                follower.take(frames)
        if any(len(news.events) >= BATCH for news in found.values()):
            self.nudge(watches)  # there may be more than one look reads

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if watches := _watches(self._followers):
                with contextlib.suppress(DatabaseError):
                    self.nudge(await self._query(lambda: moved_on(watches)))


def _watches(followers: Mapping[UUID, Iterable[Follower]]) -> dict[UUID, Watch]:
    """What all of them follow, from the one of each run that is furthest behind."""
    return {run: _watch(list(several)) for run, several in followers.items()}


def _watch(followers: Sequence[Follower]) -> Watch:
    people = frozenset(each.person for each in followers)
    return Watch(followers[0].workflow_id, min(each.heard for each in followers), people)


def _fresh(query: Callable[[], _T]) -> _T:
    close_old_connections()
    with bound(), as_server("read once for all sockets: the audience of each run says who hears of it"):
        return query()


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
