"""The live feed: ``/ws/feed/``.

The client sends ``{"subscribe": {"execution": id, "after": seq}}`` or ``{"subscribe": {"mine": true}}``.
For an execution the server answers with its stored events after that cursor and goes on with new ones as
they are committed: ``{"execution": id, "events": [...], "seq": n}``. For "mine" it sends the summaries of
runs that changed: ``{"changed": [...]}``. While a step streams an answer, its run's followers also get
``{"execution": id, "progress": [{node, scope, iteration, attempt, text, tokens}]}``: the end of the text so
far, a few times a second, for the eye only. For ``{"approvals": true}`` it says when approvals that the
person may see have come, were answered or closed, and how many wait: ``{"approvals": n}``. A client that
reconnects with its last ``seq`` misses nothing and is told nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from orchestrator.accounts.models import User
from orchestrator.accounts.sockets import log_in_of
from orchestrator.core import json
from orchestrator.core.errors import DomainError
from orchestrator.core.json import NotJson
from orchestrator.core.metrics import open_sockets
from orchestrator.executions.web.following import Inbox, Mine, OneExecution, Subscription
from orchestrator.executions.web.log_in_watch import NOT_LOGGED_IN, LogInWatch

MAX_SUBSCRIPTIONS: Final = 20
EVERYTHING: Final = "*"
APPROVALS: Final = "approvals"
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
        self.watch = LogInWatch(self, log_in_of(self.scope))
        self.watch.start()
        open_sockets.inc()
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
        if hasattr(self, "watch"):
            self.watch.stop()
            open_sockets.dec()

    async def send_error(self, error: Exception) -> None:
        code = getattr(error, "code", "bad_message")
        await self.send_json({"error": {"code": code, "message": str(error)}})

    async def send_json(self, content: Mapping[str, object]) -> None:
        await self.send_text(json.dumps(content).decode())

    async def send_text(self, text: str) -> None:
        await self.send(text_data=text)

    async def _subscribe(self, wish: Any) -> None:
        topic = _topic(wish)
        if len(self.subscriptions) >= MAX_SUBSCRIPTIONS and topic not in self.subscriptions:
            raise BadMessage(f"A socket follows at most {MAX_SUBSCRIPTIONS} things.")
        self._unsubscribe(topic)
        if topic == EVERYTHING:
            self.subscriptions[topic] = Mine(self)
        elif topic == APPROVALS:
            self.subscriptions[topic] = Inbox(self)
        else:
            self.subscriptions[topic] = OneExecution(self, UUID(topic), _cursor(wish))
        self.subscriptions[topic].start()

    def _unsubscribe(self, topic: str) -> None:
        subscription = self.subscriptions.pop(topic, None)
        if subscription is not None:
            subscription.stop()


class BadMessage(ValueError):
    """The client said something that cannot be understood."""


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
    if isinstance(wish, dict) and wish.get("approvals") is True:
        return APPROVALS
    try:
        return str(UUID(str(wish["execution"])))
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessage('Name {"execution": id}, {"mine": true} or {"approvals": true}.') from error


def _cursor(wish: Any) -> int:
    after = wish.get("after", 0)
    if not isinstance(after, int) or isinstance(after, bool) or after < 0:
        raise BadMessage('"after" is the number of the last event that you have, or 0.')
    return after
