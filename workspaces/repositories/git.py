"""Calling git, with nothing of what whoever wrote the files could have configured."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_SECONDS: Final = 60
_OPTIONS: Final = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.autocrlf=false", "gc.auto=0",
    "protocol.allow=never", "safe.directory=*", "diff.external=",
)  # fmt: skip


class RepositoryError(Exception):
    """git is not there, or could not do what it was asked to."""


def git(folder: Path, *arguments: str, given: bytes = b"", allowed: Sequence[int] = (0,)) -> bytes:
    """What git answers in the bare repository ``folder``. Raises RepositoryError."""
    program = shutil.which("git")
    if program is None:
        raise RepositoryError("git is not installed; algorithms are kept in git repositories.")
    options = [part for option in _OPTIONS for part in ("-c", option)]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "GIT_DIR": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }
    try:
        done = subprocess.run(  # noqa: S603 - ids and our own words, without a shell
            [program, *options, *arguments],
            input=given, capture_output=True, env=environment, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RepositoryError(f"git {arguments[0]} could not be run: {error}") from error
    if done.returncode not in allowed:
        detail = done.stderr.decode(errors="replace").strip()[-500:]
        raise RepositoryError(f"git {arguments[0]} failed: {detail}")
    return done.stdout
