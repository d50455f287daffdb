"""Starts processes in order, keeps them running, and stops them in reverse: one thread, one loop.

A single thread is a decision, not a shortcut: the kernel's parent-death signal follows the thread that
forked, and forking is only safe without others.
"""

import contextlib
import selectors
import time
from collections.abc import Callable, Iterable
from typing import Self

from orchestrator.embedded.child import Child, describe_exit
from orchestrator.embedded.console import Console
from orchestrator.embedded.errors import EmbeddedError, StopRequested
from orchestrator.embedded.guard_pipe import GuardPipe
from orchestrator.embedded.process import Process
from orchestrator.embedded.signals import SignalInbox
from orchestrator.embedded.stopping import stop_together

_PROBE_SECONDS = 0.02
_IDLE_SECONDS = 30.0


class Supervisor:
    """Use as a context manager, in the main thread: leaving the block stops all that was started in it."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.inbox = SignalInbox()
        self.guard = GuardPipe()
        self._children: list[Child] = []
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._exits = contextlib.ExitStack()

    @property
    def stop_requests(self) -> int:
        """How often it was asked to stop. A reader of our output that went away counts as one."""
        return len(self.inbox.received) + int(self.console.reader_gone)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._selector)
            stack.enter_context(self.inbox)
            stack.enter_context(self.guard)
            stack.callback(self._stop_all)
            self._selector.register(self.inbox.reader, selectors.EVENT_READ, self.inbox.drain)
            self._exits = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def start(self, process: Process) -> Child:
        """Start one process without waiting until it is ready."""
        child = Child(process)
        self._children.append(child)
        self._spawn(child)
        return child

    def wait_ready(self, children: Iterable[Child]) -> None:
        """Wait until all are ready, reporting each. Raises EmbeddedError if one ends or takes too long.

        Raises StopRequested if the supervisor was told to stop meanwhile.
        """
        waiting = list(children)
        while waiting:
            self.console.waiting(" · ".join(child.process.doing for child in waiting))
            self.pump(_PROBE_SECONDS)
            if self.stop_requests:
                raise StopRequested
            for child in waiting:
                if not child.is_ready and child.watch.seconds > child.process.ready_within_seconds:
                    self._show_last_lines(child)
                    raise EmbeddedError(f"{child.name} was not ready within {child.watch.seconds:.0f} s.")
            waiting = [child for child in waiting if not child.is_ready]

    def watch(self) -> None:
        """Keep everything running until a signal asks to stop."""
        while not self.stop_requests:
            self.pump(self._seconds_until_due())

    def pump(self, seconds: float) -> None:
        """Let at most `seconds` pass, and deal with what happens in them."""
        for key, _ in self._selector.select(seconds):
            key.data()
        for child in self._children:
            self._attend(child)

    def _attend(self, child: Child) -> None:
        status = child.poll()
        if status is not None:
            self._reap(child)
            self._after_end(child, status)
        elif self._stopping:
            return
        elif child.alive and child.process.keeps_running and not child.is_ready:
            self._probe(child)
        elif child.restart_at is not None and time.monotonic() >= child.restart_at:
            self._restart(child)

    def _after_end(self, child: Child, status: int) -> None:
        process = child.process
        if self._stopping or self.stop_requests:
            return
        if not process.keeps_running and status == 0:
            child.is_ready = True
            self.console.step(process.title, child.watch.seconds)
        elif process.keeps_running and child.was_ready:
            delay = child.plan_restart()
            self.console.say(
                f"{child.name} ended ({describe_exit(status)}): starting it again in {delay:g} s."
            )
        else:
            self._show_last_lines(child)
            raise EmbeddedError(f"{child.name} failed ({describe_exit(status)}). Its last lines are above.")

    def _probe(self, child: Child) -> None:
        report = child.process.ready()
        if report is None:
            return
        if child.was_ready:
            self.console.say(f"{child.name} is running again.")
        else:
            self.console.step(report, child.watch.seconds)
        child.is_ready = child.was_ready = True

    def _restart(self, child: Child) -> None:
        try:
            self._spawn(child)
        except EmbeddedError as error:
            delay = child.plan_restart()
            self.console.say(f"{error} Trying again in {delay:g} s.")

    def _spawn(self, child: Child) -> None:
        child.spawn()
        process = child.process
        self.guard.add(child.pid, process.orphan_signal, whole_group=process.orphan_group)
        self._selector.register(child.stdout, selectors.EVENT_READ, lambda: self._read(child))

    def _read(self, child: Child) -> None:
        if not child.read_lines(self._emitter(child)):
            self._selector.unregister(child.stdout)

    def _reap(self, child: Child) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(child.stdout)
        child.reap(self._emitter(child))
        self.guard.remove(child.pid)

    def _emitter(self, child: Child) -> Callable[[str], None]:
        def emit(line: str) -> None:
            if child.process.shows(line):
                self.console.output(child.name, line)

        return emit

    def _show_last_lines(self, child: Child) -> None:
        """What it said before it failed, as far as that was not shown already."""
        for line in child.last_lines:
            if not child.process.shows(line):
                self.console.output(child.name, line)

    def _seconds_until_due(self) -> float:
        if any(child.alive and not child.is_ready for child in self._children):
            return _PROBE_SECONDS
        due = [child.restart_at for child in self._children if child.restart_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else _IDLE_SECONDS

    def _stop_all(self) -> None:
        """First what uses the services, all at once from the last started; then the services one by one."""
        self._stopping = True
        running = [child for child in reversed(self._children) if child.alive]
        self.console.waiting("")
        users = [child for child in running if not child.process.stops_last]
        for group in [users, *([child] for child in running if child.process.stops_last)]:
            stop_together(group, self.console, pump=self.pump, requests=lambda: self.stop_requests)
        for child in self._children:
            child.process.stopped()
