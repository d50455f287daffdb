"""Starting operating-system processes that cannot outlive the one that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from orchestrator.embedded.errors import EmbeddedError

_PR_SET_PDEATHSIG = 1  # from <sys/prctl.h>


@dataclass(frozen=True)
class OsUser:
    """The account a process runs as when it may not run as root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, entry: pwd.struct_passwd) -> "OsUser":
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)


def scrubbed(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without libpq's variables, which would override what our addresses leave open."""
    return {name: value for name, value in environ.items() if not name.startswith("PG")}


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdout: int | IO[bytes] | None,
    orphan_signal: signal.Signals,
    user: OsUser | None = None,
    own_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start `argv`; the kernel sends it `orphan_signal` when the calling thread dies (Linux only).

    With `own_session` it has neither the terminal's Ctrl-C nor its input. `stdout=None` passes the
    caller's own output and errors through. Raises EmbeddedError where it cannot be started.
    """
    try:
        return subprocess.Popen(  # noqa: S603 - argv comes from this package or the person's own command line
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL if own_session else None,
            stdout=stdout,
            stderr=None if stdout is None else subprocess.STDOUT,
            start_new_session=own_session,
            user=None if user is None else user.uid,
            group=None if user is None else user.gid,
            extra_groups=None if user is None else [],
            preexec_fn=_tie_to_parent(orphan_signal),
        )
    except FileNotFoundError as error:
        raise EmbeddedError(f"Cannot start {argv[0]}: there is no such command.") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"Cannot start {argv[0]}: {error}.") from error


def _tie_to_parent(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    """What the child runs before exec; subprocess calls it after the change of user, which would undo it.

    The kernel watches the *thread* that forked, so nothing is tied when that is not the main one.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above took effect
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
