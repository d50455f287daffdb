"""What PostgreSQL and Redis have in common: a data folder of which they are the only user."""

import abc
import os
import subprocess
import time
from pathlib import Path

from orchestrator.embedded import locations
from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.folders import check_room, make_data_dir, make_private_dir
from orchestrator.embedded.lock import FolderLock
from orchestrator.embedded.process import Process
from orchestrator.embedded.spawn import scrubbed, spawn

_POLL_SECONDS = 0.02


class Service(Process, abc.ABC):
    """A local server on `data_dir`. Give it to a supervisor, or use start() and stop() by themselves."""

    stops_last = True

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = locations.resolve(data_dir)
        self._lock = FolderLock(self.data_dir / f"{self.name}.lock")
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    @abc.abstractmethod
    def url(self) -> str:
        """Its address, for DATABASE_URL or REDIS_URL."""

    def prepare(self) -> None:
        """Take the lock and make the folders. Raises EmbeddedError if another process has the lock."""
        make_data_dir(self.data_dir)
        if not self._lock.held:
            self._lock.acquire()
        check_room(self.data_dir)
        make_run_dir(self.data_dir)

    def environment(self) -> dict[str, str]:
        return {**scrubbed(os.environ), "LC_ALL": "C"}

    def cwd(self) -> Path:
        return self.data_dir

    def stopped(self) -> None:
        self._lock.release()

    @property
    def log_path(self) -> Path:
        """Where start() sends the server's output; a supervisor shows it instead."""
        return self.data_dir / f"{self.name}.log"

    @property
    def is_running(self) -> bool:
        """Whether the server started with start() is alive."""
        return self._popen is not None and self._popen.poll() is None

    def start(self) -> None:
        """Start the server and return when it answers. Raises EmbeddedError if it does not.

        Called in the main thread, the server dies with this process (Linux).
        """
        if self.is_running:
            return
        self.prepare()
        with self.log_path.open("wb") as log:
            self._popen = spawn(
                self.argv(),
                env=self.environment(),
                cwd=self.cwd(),
                stdout=log,
                orphan_signal=self.orphan_signal,
                user=self.run_as,
            )
        try:
            self._wait_ready(self._popen)
        except EmbeddedError:
            self._popen.kill()
            self._popen.wait()
            self.stopped()
            raise

    def _wait_ready(self, popen: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.ready_within_seconds
        while self.ready() is None:
            if popen.poll() is not None or time.monotonic() > deadline:
                last = self.log_path.read_text(errors="replace").strip().rpartition("\n")[2]
                raise EmbeddedError(f"{self.name} did not start: {last}")
            time.sleep(_POLL_SECONDS)

    def _end(self) -> None:
        """Wait for the end of the server that stop() has signalled, and let go of its lock."""
        assert self._popen is not None
        try:
            self._popen.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self._popen = None
        self.stopped()


def make_run_dir(data_dir: Path) -> Path:
    """The folder of sockets. As root others may pass through it, to the PostgreSQL user's own one inside."""
    return make_private_dir(locations.run_dir(data_dir), mode=0o711 if os.geteuid() == 0 else 0o700)
