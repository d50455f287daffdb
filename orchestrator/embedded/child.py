"""A process while it runs: its output line by line, its end, and when to start it again."""

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from typing import IO

from orchestrator.embedded.console import Stopwatch
from orchestrator.embedded.process import Process
from orchestrator.embedded.spawn import spawn

_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 10.0
_STABLE_AFTER_SECONDS = 30.0
_LONGEST_LINE = 64 * 1024
_LINES_KEPT = 40


def next_delay(previous_seconds: float, uptime_seconds: float) -> float:
    """Seconds to wait before starting it again: doubling, unless it had been up long enough to be healthy."""
    if previous_seconds == 0 or uptime_seconds >= _STABLE_AFTER_SECONDS:
        return _FIRST_DELAY_SECONDS
    return min(previous_seconds * 2, _LONGEST_DELAY_SECONDS)


def describe_exit(status: int) -> str:
    """A Popen return code in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


class Child:
    """One process through its starts and ends."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.is_ready = False
        self.was_ready = False
        """Whether it was ready once: from then on its end means a restart."""
        self.watch = Stopwatch()
        self.restart_at: float | None = None
        self.last_lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self.pid = 0
        self._popen: subprocess.Popen[bytes] | None = None
        self._unfinished = b""
        self._delay = 0.0

    @property
    def name(self) -> str:
        return self.process.name

    @property
    def alive(self) -> bool:
        return self._popen is not None

    @property
    def stdout(self) -> IO[bytes]:
        assert self._popen is not None
        assert self._popen.stdout is not None
        return self._popen.stdout

    def spawn(self) -> None:
        """Start it, for the first time or again. Raises EmbeddedError where that is impossible."""
        self.watch = Stopwatch()
        self.is_ready = False
        self.restart_at = None
        self.process.prepare()
        self._popen = spawn(
            self.process.argv(),
            env=self.process.environment(),
            cwd=self.process.cwd(),
            stdout=subprocess.PIPE,
            orphan_signal=self.process.orphan_signal,
            user=self.process.run_as,
        )
        self.pid = self._popen.pid
        os.set_blocking(self.stdout.fileno(), False)

    def read_lines(self, emit: Callable[[str], None]) -> bool:
        """Pass on what it has written by now. False at the end of its output."""
        while True:
            try:
                chunk = os.read(self.stdout.fileno(), _LONGEST_LINE)
            except BlockingIOError:
                return True
            if not chunk:
                self._flush(emit)
                return False
            *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
            for line in lines:
                self._emit(line, emit)
            if len(self._unfinished) > _LONGEST_LINE:
                self._flush(emit)

    def poll(self) -> int | None:
        """Its exit status if it has ended, else None."""
        return None if self._popen is None else self._popen.poll()

    def reap(self, emit: Callable[[str], None]) -> None:
        """Tidy up after its end: read what it last wrote, and end what it left behind in its group."""
        self.signal_group(signal.SIGKILL)
        self.read_lines(emit)
        self._flush(emit)
        self.stdout.close()
        self._popen = None

    def plan_restart(self) -> float:
        """Set `restart_at` and return the seconds until then."""
        self._delay = next_delay(self._delay, self.watch.seconds)
        self.restart_at = time.monotonic() + self._delay
        return self._delay

    def send(self, number: signal.Signals) -> None:
        if self._popen is not None:
            self._popen.send_signal(number)

    def signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _flush(self, emit: Callable[[str], None]) -> None:
        if self._unfinished:
            line, self._unfinished = self._unfinished, b""
            self._emit(line, emit)

    def _emit(self, raw: bytes, emit: Callable[[str], None]) -> None:
        line = raw.decode("utf-8", "replace").rstrip("\r")
        self.last_lines.append(line)
        emit(line)
