"""How far steps at work have come, for open pages: the text of a model as it is written.

It is told through Redis a few times a second and stored nowhere. What counts is the step's outcome, an
event like any other; a page that hears nothing of this misses nothing but the sight.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

from orchestrator.core.json import JsonObject
from orchestrator.executions.runtime.publishing import Publisher
from orchestrator.graphs.steps import Progress, StepContext

CHANNEL: Final = "orchestrator:progress"
EVERY_SECONDS: Final = 0.25
TAIL: Final = 2_000
"""Characters shown of a text: its end."""


class ProgressTeller:
    """Collects the latest word of each step, on the handlers' loop, and passes it on a few times a second."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._latest: dict[tuple[UUID, str, str, int], JsonObject] = {}
        self._task: asyncio.Task[None] | None = None
        self._publisher = Publisher()

    def tell(self, step: StepContext, progress: Progress) -> None:
        """From any thread, as often as one likes."""
        if asyncio._get_running_loop() is self._loop:
            self._take(step, progress)
        else:
            self._loop.call_soon_threadsafe(self._take, step, progress)

    def forget(self, step: StepContext) -> None:
        """The step is over: nothing more is to be said of it. On the loop."""
        self._latest.pop(_key(step), None)

    async def close(self) -> None:
        await self._publisher.close()

    def _take(self, step: StepContext, progress: Progress) -> None:
        self._latest[_key(step)] = {
            "node": step.node_id,
            "scope": step.scope,
            "iteration": step.iteration,
            "attempt": step.attempt,
            "text": progress.text[-TAIL:],
            "tokens": progress.tokens,
        }
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._pass_on())

    async def _pass_on(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            latest, self._latest = self._latest, {}
            if not latest:
                return
            message: dict[str, list[JsonObject]] = {}
            for (run, *_), each in latest.items():
                message.setdefault(str(run), []).append(each)
            await self._publisher.publish(CHANNEL, message)


def _key(step: StepContext) -> tuple[UUID, str, str, int]:
    return step.execution_id, step.scope, step.node_id, step.iteration
