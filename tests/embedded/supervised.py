"""A supervisor under test, in a process of its own so that it can be sent signals."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import psutil

from orchestrator.embedded.locations import project_dir

PATIENCE_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def clean_environment(**changes: str) -> dict[str, str]:
    """Ours without what tells a supervisor to use other services or another address."""
    dropped = {"DATABASE_URL", "REDIS_URL", "HOST", "PORT", "WORKERS", "NO_COLOR"}
    return {**{name: value for name, value in os.environ.items() if name not in dropped}, **changes}


def still_there(processes: list[psutil.Process], seconds: float = 2.0) -> list[psutil.Process]:
    """Those that have not ended after so many seconds. The dead whom init has yet to bury do not count."""
    deadline = time.monotonic() + seconds
    while (living := [process for process in processes if _lives(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return living


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Supervised:
    """Ends what it started, and all that descends from it, at the end of the block."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.popen: subprocess.Popen[bytes] | None = None
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._log = data_dir.parent / f"output-{self.port}.txt"
        self._seen: list[psutil.Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self._seen, *self.family()]:
            with contextlib.suppress(psutil.NoSuchProcess):  # it may have ended by itself
                process.kill()
        if self.popen is not None:
            self.popen.kill()
            self.popen.wait()

    def start(self, *, before: str = "succeed", worker: str = "worker", **environ: str) -> Self:
        argv = [sys.executable, "-m", "tests.embedded.stand_in_up", str(self.data_dir), before, worker]
        with self._log.open("wb") as log:
            self.popen = subprocess.Popen(
                argv,
                cwd=project_dir(),
                env=clean_environment(**{"PORT": str(self.port), **environ}),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        return self

    def start_and_wait(self, *, worker: str = "worker") -> Self:
        self.start(worker=worker)
        self.wait_for("Orchestrator is running")
        return self

    @property
    def output(self) -> str:
        return self._log.read_text()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self.popen is not None
        return self.popen

    def family(self) -> list[psutil.Process]:
        """Everything that descends from it at this moment."""
        if self.popen is None or self.popen.poll() is not None:
            return []
        self._seen += psutil.Process(self.popen.pid).children(recursive=True)
        return list(dict.fromkeys(self._seen))

    def member(self, text: str) -> psutil.Process:
        """The descendant whose command line contains `text`."""
        found = [process for process in self.family() if text in " ".join(_command_line(process))]
        assert found, f"{text} is not running:\n{self.output}"
        return found[-1]

    def wait_for(self, text: str, *, times: int = 1) -> None:
        """Wait until `text` was printed so many times. Fails with the whole output if it is not."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.output.count(text) < times:
            ended = self.process.poll() is not None and self.output.count(text) < times
            assert not ended, f"It ended before it said {text!r}:\n{self.output}"
            assert time.monotonic() < deadline, f"It never said {text!r}:\n{self.output}"
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal; its exit status."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        return self.process.wait(timeout=PATIENCE_SECONDS)


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
