"""Making the folders of the data directory, with permissions that do not depend on the umask."""

import os
import pwd
import shutil
import stat
from pathlib import Path

from orchestrator.embedded.errors import EmbeddedError

_ROOM_NEEDED = 256 * 1024 * 1024


def make_data_dir(data_dir: Path | str) -> Path:
    """Make the data folder where it is missing. Others may pass through it: PostgreSQL runs as one of them.

    Raises EmbeddedError where it cannot be made or written to.
    """
    path = Path(data_dir)
    if not path.is_dir():
        _make(path, 0o755)
    if not os.access(path, os.W_OK | os.X_OK):
        if path.lstat().st_uid == os.geteuid():
            raise EmbeddedError(f'Cannot write to {path}, which is yours: chmod u+rwx "{path}"')
        raise EmbeddedError(
            f"Cannot write to {path}: it belongs to {owner_name(path)}. "
            f"Run this as {owner_name(path)}, or use another checkout."
        )
    return path


def make_private_dir(path: Path, *, mode: int = 0o700) -> Path:
    """Make a folder that is ours alone. Raises EmbeddedError where somebody else's stands in its place."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        _make(path, mode)
        return path
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedError(f"{path} is in the way: it should be a folder. Remove it and try again.")
    anybody_could_make_it = path.parent == Path("/tmp")  # noqa: S108
    if found.st_uid != os.geteuid() and (os.geteuid() != 0 or anybody_could_make_it):
        raise EmbeddedError(f"{path} belongs to {owner_name(path)}. Remove it and try again.")
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)
    return path


def check_room(path: Path) -> None:
    """Raise EmbeddedError where the disk is too full for a database to start."""
    free = shutil.disk_usage(path).free
    if free < _ROOM_NEEDED:
        raise EmbeddedError(
            f"Only {free // 2**20} MB are free at {path}: the database needs {_ROOM_NEEDED // 2**20} MB."
        )


def owner_name(path: Path) -> str:
    owner = path.lstat().st_uid
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"user {owner}"


def _make(path: Path, mode: int) -> None:
    try:
        for parent in reversed(path.parents):
            if not parent.exists():
                _make_one(parent, 0o755)
        _make_one(path, mode)
    except OSError as error:
        raise EmbeddedError(f"Cannot make the folder {path}: {error.strerror}.") from error


def _make_one(path: Path, mode: int) -> None:
    """The mode is set afterwards because mkdir subtracts the umask; an existing folder is left as it is."""
    try:
        path.mkdir(mode)
    except FileExistsError:
        return
    path.chmod(mode)
