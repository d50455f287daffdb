"""One user at a time for a data folder: a lock that the kernel drops when its holder dies."""

import errno
import fcntl
import os
from pathlib import Path
from typing import Self

from orchestrator.embedded.errors import EmbeddedError


class FolderLock:
    """An exclusive lock on a file. The file holds its holder's pid, for the message to the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.was_left_behind = False
        """Set by acquire(): the last holder died without letting go."""
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock or raise EmbeddedError. A dead holder's lock is simply free."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise EmbeddedError(f"Cannot open {self.path}: it belongs to another user.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise EmbeddedError(f"Cannot lock {self.path}: {error.strerror}.") from error
            raise EmbeddedError(_taken(self.path, holder)) from error
        self.was_left_behind = bool(os.pread(descriptor, 32, 0).strip())
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go. The file stays, empty: unlinking it would let two processes hold two locks of one name."""
        if self._descriptor is None:
            return
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        self._descriptor = None


def _taken(path: Path, holder: str) -> str:
    if not holder.isdigit():
        return f"Already running in {path.parent}."
    return f"Already running in {path.parent} as pid {holder}. Stop it first: Ctrl-C there, or kill {holder}."
