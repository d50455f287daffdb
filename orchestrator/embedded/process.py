"""What the supervisor has to know about one process; services and commands fill it in."""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.embedded.locations import project_dir
from orchestrator.embedded.spawn import OsUser

READY_FILE = "ORCHESTRATOR_READY_FILE"
"""Names, in a child's environment, the file it makes when it is ready. See worker_ready.py."""

StopSignals = tuple[tuple[signal.Signals, float], ...]


class Process:
    """A process to run. `stop_signals` are tried in turn, each for its seconds, before SIGKILL."""

    name: str
    """The prefix of its output."""
    title: str
    """What to report when it is ready."""
    doing: str
    """What to report while it is not."""
    keeps_running = True
    """False for a command that has done its work when it exits with status 0."""
    stop_signals: StopSignals = ((signal.SIGTERM, 10.0),)
    stops_last = False
    """True for services: they are stopped one by one after everything that uses them."""
    orphan_signal = signal.SIGKILL
    """What it is sent when the supervisor was killed. Runs survive that: their leases lapse."""
    orphan_group = True
    """Whether that signal goes to its whole process group."""
    ready_within_seconds = 60.0
    run_as: OsUser | None = None

    def prepare(self) -> None:
        """Called before each start, the first and every restart. May raise EmbeddedError."""

    def argv(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def cwd(self) -> Path:
        return project_dir()

    def ready(self) -> str | None:
        """What to report once it serves, or None while it does not yet. Asked every few milliseconds."""
        return self.title

    def shows(self, line: str) -> bool:
        """Whether a line of its output is worth a person's attention."""
        return True

    def stopped(self) -> None:
        """Called when it has ended and will not be started again."""


class Command(Process):
    """A process that is fully described by its command line and environment."""

    def __init__(
        self, name: str, argv: Sequence[str], env: Mapping[str, str], *, title: str, doing: str
    ) -> None:
        self.name = name
        self.title = title
        self.doing = doing
        self._argv = list(argv)
        self._env = dict(env)

    def argv(self) -> list[str]:
        return self._argv

    def environment(self) -> dict[str, str]:
        return self._env


class OneShot(Command):
    """A command that has to succeed before the start-up goes on. Its output is shown only if it fails."""

    keeps_running = False
    ready_within_seconds = 1800.0

    def shows(self, line: str) -> bool:
        return False
