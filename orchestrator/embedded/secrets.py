"""Keys for local use, made once per data folder, so that `make up` needs no configuration."""

import contextlib
import os
import re
import secrets
from pathlib import Path

from orchestrator.embedded.errors import EmbeddedError
from orchestrator.embedded.folders import make_data_dir, make_private_dir

_NAME = re.compile(r"[a-z0-9_-]+")
_BYTES = 48  # 64 URL-safe characters


def local_secret(data_dir: Path | str, name: str) -> str:
    """The secret called `name`, made on first use: 64 characters of A-Z a-z 0-9 - _.

    Safe to call from several processes at once: all get the same value. Deleting the file loses what
    was encrypted or signed with it. Raises EmbeddedError where it can neither be read nor made.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a secret: use a-z, 0-9, _ and -.")
    path = Path(data_dir) / "secrets" / name
    try:
        return _read(path)
    except FileNotFoundError:
        make_private_dir(make_data_dir(data_dir) / "secrets")
        _make(path)
        return _read(path)


def _read(path: Path) -> str:
    try:
        value = path.read_text(encoding="ascii").strip()
    except PermissionError as error:
        raise EmbeddedError(f"Cannot read {path}: it belongs to another user.") from error
    if len(value) < _BYTES:
        raise EmbeddedError(f"{path} is damaged. Restore it, or delete it to have a new one made.")
    return value


def _make(path: Path) -> None:
    """Write aside and link into place: a reader never sees half a key, and the first writer wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
