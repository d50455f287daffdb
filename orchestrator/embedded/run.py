"""`python -m orchestrator.embedded run -- COMMAND`: a command with PostgreSQL and Redis under it."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.embedded import locations
from orchestrator.embedded.console import Console, Stopwatch, explained
from orchestrator.embedded.errors import StopRequested
from orchestrator.embedded.folders import make_data_dir
from orchestrator.embedded.lock import FolderLock
from orchestrator.embedded.services import environment_for, start_services
from orchestrator.embedded.spawn import spawn
from orchestrator.embedded.supervisor import Supervisor

_GRACE_SECONDS = 10.0
_POLL_SECONDS = 1.0
_KILLED_BY_SIGNAL = 128  # the shell's convention


def run(command: Sequence[str], data_dir: Path | None = None, *, durable: bool = True) -> int:
    """Run `command` on local services with our own input and output; its exit status.

    Steps and problems go to stderr, so that stdout is the command's alone. Raises SystemExit(1) when
    the services cannot be started.
    """
    console = Console(sys.stderr)
    data = locations.resolve(data_dir or locations.default_data_dir())
    with explained(console), FolderLock(make_data_dir(data) / "lock"), Supervisor(console) as supervisor:
        try:
            urls = start_services(supervisor, data, durable=durable)
        except StopRequested:
            return _KILLED_BY_SIGNAL + supervisor.inbox.received[0]
        return _run_in_foreground(supervisor, command, _environment(data, urls))


def _environment(data_dir: Path, urls: Mapping[str, str]) -> dict[str, str]:
    env = {**environment_for(urls, data_dir), **urls, "ORCHESTRATOR_DATA_DIR": str(data_dir)}
    env.setdefault("ORCHESTRATOR_LOOPBACK", "1")  # nothing that is started here listens to the network
    return env


def _run_in_foreground(supervisor: Supervisor, command: Sequence[str], env: dict[str, str]) -> int:
    """The command stays in the terminal's process group: Ctrl-C reaches it, and it may read input."""
    popen = spawn(
        command,
        env=env,
        cwd=Path.cwd(),
        stdout=None,
        orphan_signal=signal.SIGTERM,
        own_session=False,
    )
    supervisor.guard.add(popen.pid, signal.SIGKILL, whole_group=False)
    _wait(supervisor, popen)
    supervisor.guard.remove(popen.pid)
    status = popen.returncode
    return status if status >= 0 else _KILLED_BY_SIGNAL - status


def _wait(supervisor: Supervisor, popen: subprocess.Popen[bytes]) -> None:
    """Wait for its end, passing on every request to stop but Ctrl-C, which it has had from the terminal."""
    seen = 0
    asked: Stopwatch | None = None
    while popen.poll() is None:
        supervisor.pump(_POLL_SECONDS)
        for number in supervisor.inbox.received[seen:]:
            seen += 1
            if number is not signal.SIGINT:
                popen.send_signal(number)
                asked = asked or Stopwatch()
        if asked is not None and asked.seconds > _GRACE_SECONDS:
            popen.kill()
