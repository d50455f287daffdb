"""The supervisor's end of the pipe to its guard (see guard.py)."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from orchestrator.embedded import guard


class GuardPipe:
    """While entered, a guard process knows what was started and ends it should this process be killed.

    A guard that died itself is not replaced: on Linux the kernel's parent-death signal remains.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable, "-I", "-S", str(Path(guard.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                bufsize=0,
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=guard.PATIENCE_SECONDS + 2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def add(self, pid: int, number: signal.Signals, *, whole_group: bool) -> None:
        self._tell(f"+ {pid} {int(number)} {int(whole_group)}\n")

    def remove(self, pid: int) -> None:
        self._tell(f"- {pid}\n")

    def _tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(line.encode())
