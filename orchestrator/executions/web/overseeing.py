"""Those who follow all runs that they may see: told a few times a second, all of them together.

What changed is read once for everybody, and written once for all who see the same runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from django.db import DatabaseError

from orchestrator.core.json import JsonObject
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.audience import audience_of, with_approvals
from orchestrator.executions.queries.visible import as_rows
from orchestrator.executions.web.frames import ChangedFrames
from orchestrator.executions.web.summary import execution_summary

CALM_SECONDS: Final = 0.25
"""The least pause between two tellings."""
RETRY_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


class Overview(Protocol):
    """Somebody who follows all runs they may see. What it is called with must not block."""

    @property
    def person(self) -> UUID: ...

    def take(self, runs: frozenset[UUID], text: str) -> None:
        """These have changed, and the person may see them: the message that says so."""


class ApprovalsWatch(Protocol):
    """Somebody who wants to hear of runs that have approvals, also where they may only see these."""

    def nudge(self, runs: Iterable[UUID]) -> None:
        """These have changed."""


class Overseers:
    """``query`` asks the database something, beside the event loop."""

    def __init__(self, query: Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]]) -> None:
        self._query = query
        self.overviews: set[Overview] = set()
        self.inboxes: set[ApprovalsWatch] = set()
        self._changed: dict[UUID, UUID] = {}
        self._awake = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self.overviews or self.inboxes)

    def tell(self, changed: Mapping[UUID, UUID]) -> None:
        """Runs, and the workflow of each."""
        if self:
            self._changed |= changed
            self._awake.set()

    async def work(self) -> None:
        """At most four times a second, for all who follow everything together."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            changed, self._changed = self._changed, {}
            try:
                await self._tell_inboxes(set(changed))
                await self._tell_overviews(changed)
            except DatabaseError as error:
                log.warning("feed_not_read", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                self._changed = changed | self._changed
                self._awake.set()
            await asyncio.sleep(CALM_SECONDS)

    async def _tell_overviews(self, changed: dict[UUID, UUID]) -> None:
        told = set(self.overviews)
        if not told:
            return
        people, workflows = {overview.person for overview in told}, set(changed.values())
        audiences = await self._query(lambda: audience_of(workflows, people))
        seen = {
            person: frozenset(run for run, workflow in changed.items() if person in audiences[workflow])
            for person in people
        }
        wanted = frozenset[UUID]().union(*seen.values())
        if not wanted:
            return
        frames = ChangedFrames(await self._query(lambda: _summaries(wanted)))
        for overview in told & self.overviews:
            if runs := seen[overview.person]:
                overview.take(runs, frames.of(runs))

    async def _tell_inboxes(self, changed: set[UUID]) -> None:
        asking = await self._query(lambda: with_approvals(changed)) if self.inboxes else None
        for inbox in list(self.inboxes) if asking else ():
            inbox.nudge(asking or ())


def _summaries(runs: Collection[UUID]) -> dict[UUID, JsonObject]:
    return {row.pk: execution_summary(row) for row in as_rows(Execution.objects.filter(pk__in=runs))}
