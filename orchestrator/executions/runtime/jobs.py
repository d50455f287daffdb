"""What handlers do for one run: jobs at work, and jobs that wait until all before them is stored."""

from __future__ import annotations

from orchestrator.executions.domain.state import StepKey
from orchestrator.executions.runtime.handlers import Handlers, Job
from orchestrator.graphs.nodetypes import Effect, NodeType


class Jobs:
    """At most one for each firing."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self.at_work: dict[StepKey, Job] = {}
        self._ready: list[Job] = []

    def __len__(self) -> int:
        return len(self.at_work) + len(self._ready)

    def __contains__(self, key: StepKey) -> bool:
        return key in self.at_work or any(job.attempt.key == key for job in self._ready)

    def admits(self, node_type: NodeType) -> bool:
        """Whether a job of this type may join: of serial ones there is one at a time."""
        if not node_type.serial:
            return True
        return not any(job.node.type.serial for job in [*self.at_work.values(), *self._ready])

    def add(self, job: Job) -> None:
        """To be started by the next ``start``."""
        self._ready.append(job)

    def start(self) -> None:
        """Start what was added. Only when nothing is left to store before it."""
        for job in self._ready:
            self.at_work[job.attempt.key] = job
            self._handlers.start(job)
        self._ready = []

    def end(self, job: Job) -> bool:
        """It is over; False if it was withdrawn meanwhile."""
        if self.at_work.get(job.attempt.key) is not job:
            return False
        del self.at_work[job.attempt.key]
        return True

    def stop(self, key: StepKey) -> bool:
        """Ask the firing's handler to stop, if it is at work."""
        job = self.at_work.get(key)
        if job is not None:
            self._handlers.stop(job)
        return job is not None

    def stop_all(self) -> None:
        for job in self.at_work.values():
            self._handlers.stop(job)

    def drop(self, key: StepKey) -> Job | None:
        """Nobody waits for this firing any more. The job, if it was at work."""
        self._ready = [job for job in self._ready if job.attempt.key != key]
        job = self.at_work.pop(key, None)
        if job is not None:
            self._handlers.stop(job)
        return job

    def forget(self) -> None:
        self.stop_all()
        self.at_work, self._ready = {}, []

    def leave(self) -> None:
        """Let go of what another worker may repeat. A ``once`` step is not left before its end."""
        self.stop_all()
        self.at_work = {key: job for key, job in self.at_work.items() if job.effect is Effect.ONCE}
