"""Handlers at work: coroutines on one event loop in a thread of its own, plain functions in a pool.

The engine starts them, goes on with other runs, and hears of their end through a queue.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import close_old_connections

from orchestrator.core.clock import utc_now
from orchestrator.core.json import Json
from orchestrator.executions.domain.record import Attempt
from orchestrator.executions.runtime import points
from orchestrator.executions.runtime.progress import ProgressTeller
from orchestrator.executions.runtime.stepping import checked, failure_of, log_context
from orchestrator.graphs.compiled import CompiledNode
from orchestrator.graphs.nodetypes import Effect
from orchestrator.graphs.steps import Failed, Outcome, StepContext

THREADS: Final = 32
CLOSE_SECONDS: Final = 5.0


@dataclass(slots=True)
class Job:
    """One attempt of a handler that works beside the engine's loop.

    ``reconcile``: ask the outside about an interrupted attempt instead of making one.
    """

    run_id: UUID
    fence: int
    node: CompiledNode
    context: StepContext
    attempt: Attempt
    effect: Effect
    input: Json
    reconcile: bool = False
    started_at: datetime = field(default_factory=utc_now)
    task: asyncio.Task[None] | None = None
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A job is over. ``outcome`` None: it was stopped on request, or nothing is known of it."""

    job: Job
    outcome: Outcome | None


class Handlers:
    """Runs jobs and hands each of them back, exactly once, through ``report``."""

    def __init__(self, report: Callable[[Done], None]) -> None:
        self._report = report
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="handler")
        self.loop = asyncio.new_event_loop()
        self._progress = ProgressTeller(self.loop)
        self._thread = threading.Thread(target=self.loop.run_forever, name="handlers", daemon=True)
        self._thread.start()

    def start(self, job: Job) -> None:
        job.started_at = utc_now()
        self.loop.call_soon_threadsafe(self._create, job)

    def stop(self, job: Job) -> None:
        """Ask a handler to stop. A ``once`` handler is let finish: its effect may be under way."""
        if job.effect is not Effect.ONCE and not job.stopping:
            job.stopping = True
            self.loop.call_soon_threadsafe(self._cancel, job)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something else on the same loop, not waiting for it."""
        asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self, last: Coroutine[Any, Any, None] | None = None) -> None:
        """Do one last thing on the loop, cut off whatever is still at work, and end the threads."""
        asyncio.run_coroutine_threadsafe(self._end(last), self.loop)
        self._thread.join(timeout=CLOSE_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)
        if not self._thread.is_alive():
            self.loop.close()

    async def _end(self, last: Coroutine[Any, Any, None] | None) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._progress.close()
        if last is not None:
            await last
        self.loop.stop()

    def _create(self, job: Job) -> None:
        job.task = self.loop.create_task(self._work(job))

    def _cancel(self, job: Job) -> None:
        if job.task is not None:
            job.task.cancel()

    async def _work(self, job: Job) -> None:
        try:
            with log_context(job.context):
                outcome = await self._outcome(job)
        except asyncio.CancelledError:
            outcome = None
        self._progress.forget(job.context)
        self._report(Done(job, outcome))

    async def _outcome(self, job: Job) -> Outcome | None:
        limit = job.node.node.data.timeout_seconds
        try:
            async with asyncio.timeout(limit):
                outcome = await self._call(job)
        except TimeoutError:
            message = f"The step {job.node.id} took longer than its {limit:g} s."
            return Failed("timeout", message, uncertain=True)
        except Exception as error:  # noqa: BLE001 - a handler is foreign code: whatever it raises fails its step
            return failure_of(error, job.node)
        return checked(outcome) if outcome is not None else None

    async def _call(self, job: Job) -> Outcome | None:
        if job.reconcile:
            reconcile = job.node.type.reconcile
            return await reconcile(job.context) if reconcile is not None else None
        node_type = job.node.type
        context = replace(job.context, tell=partial(self._progress.tell, job.context))
        if node_type.blocking:
            call = partial(copy_context().run, _in_thread, node_type.run, context)
            return await self.loop.run_in_executor(self._pool, call)
        points.reach("during_handler")
        answer = node_type.run(context)
        return await answer if isinstance(answer, Awaitable) else answer


def _in_thread(run: Callable[[StepContext], Outcome | Awaitable[Outcome]], context: StepContext) -> Outcome:
    close_old_connections()
    try:
        answer = run(context)
        assert not isinstance(answer, Awaitable), "a blocking handler answers when it returns"
        return answer
    finally:
        close_old_connections()
