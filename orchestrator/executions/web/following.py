"""What one socket may follow: a run from a cursor on, all runs that its person may see, or approvals."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from orchestrator.accounts.models import User
from orchestrator.core.errors import DomainError, NotFound
from orchestrator.core.json import JsonObject
from orchestrator.executions.access import find_execution
from orchestrator.executions.models import Approval
from orchestrator.executions.queries.audience import BATCH, News, events_after
from orchestrator.executions.queries.inbox import count_waiting
from orchestrator.executions.queries.visible import executions_for
from orchestrator.executions.web.frames import Frame, RunFrames
from orchestrator.executions.web.hub import hub
from orchestrator.executions.web.summary import execution_summary

CALM_SECONDS: Final = 0.25
"""The least pause between two counts of the approvals that wait."""
MOST_WAITING: Final = 20
"""Messages about "mine" that wait for a slow client."""
RETRY_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


class Client(Protocol):
    """The socket at the other end."""

    user: User

    async def send_text(self, text: str) -> None: ...

    async def send_json(self, content: Mapping[str, object]) -> None: ...

    async def send_error(self, error: Exception) -> None: ...


class Subscription(ABC):
    """Sends what is new in a task of its own, so that a slow client keeps nobody else waiting."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        self.detach()
        if self._task is not None:
            self._task.cancel()

    @abstractmethod
    def detach(self) -> None:
        """Hear no more from the hub."""

    async def _run(self) -> None:
        while True:
            try:
                await self.send_news()
            except DomainError as error:  # e.g. access was taken away meanwhile
                self.detach()
                await self.client.send_error(error)
                return
            except DatabaseError as error:
                log.warning("feed_not_read", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._awake.wait()
            self._awake.clear()

    @abstractmethod
    async def send_news(self) -> None: ...


class OneExecution(Subscription):
    """The events of one run from a cursor on.

    It catches up by itself, with reads of its own. Then the hub hands it what is new, which it may not
    take as fast as it comes: it forgets the rest and catches up again.
    """

    def __init__(self, client: Client, execution_id: UUID, after: int) -> None:
        super().__init__(client)
        self.execution_id, self.heard = execution_id, after
        self._told = after
        self._workflow_id: UUID | None = None
        self._behind = True
        self._frames: deque[Frame] = deque()
        self._progress: dict[str, JsonObject] = {}
        self._barred = False

    def detach(self) -> None:
        hub().unfollow(self.execution_id, self)

    @property
    def person(self) -> UUID:
        return self.client.user.pk

    @property
    def workflow_id(self) -> UUID:
        assert self._workflow_id is not None, "it follows once it has found the run"
        return self._workflow_id

    def take(self, news: RunFrames) -> None:
        if self.person not in news.audience:
            self._barred = True
        elif sum(frame.count for frame in self._frames) >= BATCH:
            self._behind = True
            self._frames.clear()
        elif frame := news.after(self.heard):
            self._frames.append(frame)
            self.heard = frame.seq
        else:
            return
        self._awake.set()

    def show(self, progress: Iterable[JsonObject]) -> None:
        """Kept by step, so that a slow client gets the latest and not all."""
        for each in progress:
            self._progress[f"{each['scope']}>{each['node']}#{each['iteration']}"] = each
        self._awake.set()

    async def send_news(self) -> None:
        if self._barred:
            raise NotFound("You may no longer see this run.")
        while self._behind:
            await self._catch_up()
        while self._frames:
            await self._send(self._frames.popleft())
        if self._progress:
            progress, self._progress = list(self._progress.values()), {}
            await self.client.send_json({"execution": str(self.execution_id), "progress": progress})

    async def _catch_up(self) -> None:
        """Read on from the cursor; with nothing left to read, leave it to the hub."""
        self._workflow_id, events = await self._fetch()
        frame = RunFrames(self.execution_id, News(events, frozenset())).after(self._told)
        if frame is not None:
            await self._send(frame)
        self.heard = self._told
        if len(events) < BATCH:
            self._behind = False
            hub().follow(self.execution_id, self)
            hub().nudge([self.execution_id])  # for what came between the read and this moment

    async def _send(self, frame: Frame) -> None:
        self._told = frame.seq
        await self.client.send_text(frame.text)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _fetch(self) -> tuple[UUID, list[dict[str, Any]]]:
        found = find_execution(self.client.user, self.execution_id)
        return found.workflow_id, events_after(self.execution_id, self._told)


class Mine(Subscription):
    """Summaries of runs that changed, of all that the person may see.

    The hub writes them for all who see the same; a slow client reads what it missed by itself.
    """

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._texts: deque[str] = deque()
        self._missed: set[UUID] = set()

    @property
    def person(self) -> UUID:
        return self.client.user.pk

    def start(self) -> None:
        hub().oversee(self)
        super().start()

    def detach(self) -> None:
        hub().leave(self)

    def take(self, runs: frozenset[UUID], text: str) -> None:
        if len(self._texts) >= MOST_WAITING:
            self._missed |= runs
        else:
            self._texts.append(text)
        self._awake.set()

    async def send_news(self) -> None:
        while self._texts:
            await self.client.send_text(self._texts.popleft())
        missed, self._missed = self._missed, set()
        if missed and (rows := await self._fetch(missed)):
            await self.client.send_json({"changed": rows})

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _fetch(self, missed: set[UUID]) -> list[JsonObject]:
        rows = executions_for(self.client.user).filter(pk__in=missed).order_by("-id")[:BATCH]
        return [execution_summary(row) for row in rows]


class Inbox(Subscription):
    """Says that approvals have changed. Votes count, too, though they are no events of their run."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._changed: set[UUID] = set()

    def start(self) -> None:
        hub().await_approvals(self)
        super().start()

    def detach(self) -> None:
        hub().await_no_approvals(self)

    def nudge(self, runs: Iterable[UUID]) -> None:
        self._changed.update(runs)
        self._awake.set()

    async def send_news(self) -> None:
        changed, self._changed = self._changed, set()
        if changed:
            waiting = await self._count(changed)
            if waiting is not None:
                await self.client.send_json({"approvals": waiting})
            await asyncio.sleep(CALM_SECONDS)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _count(self, changed: set[UUID]) -> int | None:
        """How many wait for the person; None if none of these runs has approvals that they may see."""
        user = self.client.user
        seen = Approval.objects.visible_to(user).filter(execution__in=changed)
        return count_waiting(user) if seen.exists() else None
