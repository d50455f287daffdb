"""Ends the supervisor's children when the supervisor itself was killed and could not.

The kernel's parent-death signal reaches only direct children, and only on Linux. This script waits for
the end of the pipe from the supervisor, then ends what is still listed, grandchildren included. It is
run by path with `python -I -S`, so it may import nothing but the standard library.

Lines on the pipe: `+ PID SIGNAL WHOLE_GROUP` for a process that was started, `- PID` for one that ended.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE_SECONDS = 10.0
_POLL_SECONDS = 0.02

Orphans = dict[int, tuple[int, bool]]


def read_orphans(lines: Iterable[str]) -> Orphans:
    """Follow the supervisor's notes to their end; what remains listed was not stopped by it."""
    listed: Orphans = {}
    for line in lines:
        match line.split():
            case ["+", pid, number, whole_group]:
                listed[int(pid)] = (int(number), whole_group == "1")
            case ["-", pid]:
                listed.pop(int(pid), None)
            case _:
                pass  # a line cut off by the supervisor's death
    return listed


def end_orphans(orphans: Orphans) -> None:
    """Send each its signal, and SIGKILL to those that are still there after ten seconds."""
    for pid, (number, whole_group) in orphans.items():
        _send(pid, number, whole_group=whole_group)
    deadline = time.monotonic() + PATIENCE_SECONDS
    remaining = set(orphans)
    while remaining and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        remaining = {pid for pid in remaining if _send(pid, 0, whole_group=orphans[pid][1])}
    for pid in remaining:
        _send(pid, signal.SIGKILL, whole_group=orphans[pid][1])


def _send(pid: int, number: int, *, whole_group: bool) -> bool:
    """False when there is nobody left to receive it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        (os.killpg if whole_group else os.kill)(pid, number)
        return True
    return False


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_orphans(read_orphans(sys.stdin))


if __name__ == "__main__":
    main()
