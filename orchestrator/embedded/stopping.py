"""Ending processes politely first: each climbs its own ladder of signals up to SIGKILL."""

import signal
import time
from collections.abc import Callable, Sequence

from orchestrator.embedded.child import Child
from orchestrator.embedded.console import Console

_POLL_SECONDS = 0.1
_SECONDS_AFTER_KILL = 5.0


class _Ladder:
    def __init__(self, child: Child, console: Console) -> None:
        self.child = child
        self._console = console
        self._steps = list(child.process.stop_signals)
        self._patience = 0.0
        self._deadline = 0.0
        self.exhausted = False

    @property
    def overdue(self) -> bool:
        return time.monotonic() >= self._deadline

    def climb(self, *, hurried: bool = False) -> None:
        """Send the next harsher signal, and say so if it is not the first."""
        waited = "" if hurried else f" within {self._patience:.0f} s"
        name = self.child.name
        if self._steps:
            number, seconds = self._steps.pop(0)
            if self._patience:
                self._console.say(f"{name} did not stop{waited}: sending {number.name}.")
            self.child.send(number)
        elif not self.exhausted:
            self.exhausted = True
            seconds = _SECONDS_AFTER_KILL
            self._console.say(f"{name} did not stop{waited}: killed.")
            self.child.signal_group(signal.SIGKILL)
        else:
            return
        self._patience = seconds
        self._deadline = time.monotonic() + seconds


def stop_together(
    children: Sequence[Child],
    console: Console,
    *,
    pump: Callable[[float], None],
    requests: Callable[[], int],
) -> None:
    """Stop them side by side and wait for all. Each further request to stop skips to the next signal."""
    ladders = [_Ladder(child, console) for child in children if child.alive]
    for ladder in ladders:
        ladder.climb()
    seen = requests()
    while ladders := [ladder for ladder in ladders if ladder.child.alive]:
        pump(_POLL_SECONDS)
        hurried, seen = requests() > seen, requests()
        for ladder in ladders:
            if ladder.child.alive and (hurried or ladder.overdue):
                ladder.climb(hurried=hurried)
        if all(ladder.exhausted and ladder.overdue for ladder in ladders):
            for ladder in ladders:
                console.say(f"{ladder.child.name} (pid {ladder.child.pid}) cannot be killed.")
            return
