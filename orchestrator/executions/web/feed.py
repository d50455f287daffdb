"""The live feed: ``/ws/feed/``.

The client sends ``{"subscribe": {"execution": id, "after": seq}}`` or ``{"subscribe": {"mine": true}}``.
For an execution the server answers with its stored events after that cursor and goes on with new ones as
they are committed: ``{"execution": id, "events": [...], "seq": n}``. For "mine" it sends the summaries of
runs that changed: ``{"changed": [...]}``. A client that reconnects with its last ``seq`` misses nothing
and is told nothing twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.errors import DomainError
from orchestrator.core.json import JsonObject, NotJson
from orchestrator.executions.access import find_execution
from orchestrator.executions.models import EventRow
from orchestrator.executions.queries.visible import executions_for
from orchestrator.executions.web.hub import EVERYTHING, hub
from orchestrator.executions.web.summary import execution_summary

BATCH: Final = 200
MAX_SUBSCRIPTIONS: Final = 20
POLL_SECONDS: Final = 5.0
"""How often a subscription looks without being nudged."""
CALM_SECONDS: Final = 0.25
"""The least pause between two messages about "mine"."""
NOT_LOGGED_IN: Final = 4401
MAX_MESSAGE_BYTES: Final = 4096


class FeedConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # has no types
    """One open socket of a logged-in person."""

    async def connect(self) -> None:
        user = self.scope.get("user", AnonymousUser())
        if not isinstance(user, User) or not user.is_active:
            await self.accept()
            await self.close(code=NOT_LOGGED_IN)
            return
        self.user = user
        self.subscriptions: dict[str, Subscription] = {}
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            message = _parse(text_data)
            if "subscribe" in message:
                await self._subscribe(message["subscribe"])
            elif "unsubscribe" in message:
                self._unsubscribe(_topic(message["unsubscribe"]))
            else:
                raise BadMessage('Send {"subscribe": …} or {"unsubscribe": …}.')
        except (BadMessage, DomainError) as error:
            await self.send_error(error)

    async def disconnect(self, code: int) -> None:
        for topic in list(getattr(self, "subscriptions", ())):
            self._unsubscribe(topic)

    async def send_error(self, error: Exception) -> None:
        code = getattr(error, "code", "bad_message")
        await self.send_json({"error": {"code": code, "message": str(error)}})

    async def send_json(self, content: Mapping[str, object]) -> None:
        await self.send(text_data=json.dumps(content).decode())

    async def _subscribe(self, wish: Any) -> None:
        topic = _topic(wish)
        if len(self.subscriptions) >= MAX_SUBSCRIPTIONS and topic not in self.subscriptions:
            raise BadMessage(f"A socket follows at most {MAX_SUBSCRIPTIONS} things.")
        self._unsubscribe(topic)
        if topic == EVERYTHING:
            self.subscriptions[topic] = Mine(self)
        else:
            execution_id = UUID(topic)
            await database_sync_to_async(find_execution)(self.user, execution_id)
            self.subscriptions[topic] = OneExecution(self, execution_id, _cursor(wish))
        self.subscriptions[topic].start(topic)

    def _unsubscribe(self, topic: str) -> None:
        subscription = self.subscriptions.pop(topic, None)
        if subscription is not None:
            subscription.stop(topic)


class BadMessage(ValueError):
    """The client said something that cannot be understood."""


class Subscription:
    """Sends what is new whenever it is nudged, one send at a time."""

    def __init__(self, consumer: FeedConsumer) -> None:
        self.consumer = consumer
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, topic: str) -> None:
        hub().join(topic, self)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self, topic: str) -> None:
        hub().leave(topic, self)
        if self._task is not None:
            self._task.cancel()

    def nudge(self, execution_ids: set[str]) -> None:
        self._awake.set()

    async def _run(self) -> None:
        while True:
            try:
                await self.send_news()
            except DomainError as error:  # e.g. access was taken away meanwhile
                await self.consumer.send_error(error)
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
            self._awake.clear()

    async def send_news(self) -> None:
        raise NotImplementedError


class OneExecution(Subscription):
    """The events of one run from a cursor on."""

    def __init__(self, consumer: FeedConsumer, execution_id: UUID, after: int) -> None:
        super().__init__(consumer)
        self.execution_id, self.seq = execution_id, after

    async def send_news(self) -> None:
        while events := await self._fetch():
            self.seq = events[-1]["seq"]
            news = {"execution": str(self.execution_id), "events": events, "seq": self.seq}
            await self.consumer.send_json(news)
            if len(events) < BATCH:
                return

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _fetch(self) -> list[dict[str, Any]]:
        find_execution(self.consumer.user, self.execution_id)
        rows = EventRow.objects.filter(execution_id=self.execution_id, seq__gt=self.seq).order_by("seq")
        return [dict(row) for row in rows.values("seq", "type", "node_id", "data", "occurred_at")[:BATCH]]


class Mine(Subscription):
    """Summaries of runs that changed, of all that the person may see."""

    def __init__(self, consumer: FeedConsumer) -> None:
        super().__init__(consumer)
        self._changed: set[str] = set()

    def nudge(self, execution_ids: set[str]) -> None:
        self._changed |= execution_ids
        super().nudge(execution_ids)

    async def send_news(self) -> None:
        changed, self._changed = self._changed, set()
        if changed:
            rows = await self._fetch(changed)
            if rows:
                await self.consumer.send_json({"changed": rows})
            await asyncio.sleep(CALM_SECONDS)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _fetch(self, changed: set[str]) -> list[JsonObject]:
        rows = executions_for(self.consumer.user).filter(pk__in=changed).order_by("-id")[:BATCH]
        return [execution_summary(row) for row in rows]


def _parse(text: str | None) -> dict[str, Any]:
    if text is None or len(text) > MAX_MESSAGE_BYTES:
        raise BadMessage("A message is a short JSON object, as text.")
    try:
        message = json.loads(text)
    except NotJson as error:
        raise BadMessage(str(error)) from error
    if not isinstance(message, dict):
        raise BadMessage("A message is a JSON object.")
    return message


def _topic(wish: Any) -> str:
    if isinstance(wish, dict) and wish.get("mine") is True:
        return EVERYTHING
    try:
        return str(UUID(str(wish["execution"])))
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessage('Name {"execution": id} or {"mine": true}.') from error


def _cursor(wish: Any) -> int:
    after = wish.get("after", 0)
    if not isinstance(after, int) or isinstance(after, bool) or after < 0:
        raise BadMessage('"after" is the number of the last event that you have, or 0.')
    return after
