"""The files of an algorithm: as a tree in memory, and as the folder that a coding run works in.

A folder of a run has no ``.git``, so nothing in it can tell git what to do; what is taken from it are plain
text files of bounded number and size, and no links.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

Tree: TypeAlias = Mapping[str, str]
"""Path, with slashes → text."""

PARAMETERS: Final = "parameters.json"
_PATH: Final = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}/){0,5}[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_MOST_FILES: Final = 200
_MOST_BYTES: Final = 1024 * 1024
_SKIPPED: Final = frozenset({"__pycache__"})


class BadTree(Exception):
    """A run left what no algorithm consists of. The message says where."""


def check_tree(tree: Tree) -> None:
    """Raises BadTree."""
    if len(tree) > _MOST_FILES:
        raise BadTree(f"An algorithm has at most {_MOST_FILES} files.")
    if sum(len(text.encode()) for text in tree.values()) > _MOST_BYTES:
        raise BadTree("The files of an algorithm are at most 1 MiB together.")
    for path in tree:
        if not _PATH.fullmatch(path):
            raise BadTree(f"“{path[:100]}” is no name for a file of an algorithm.")


def write_tree(folder: Path, tree: Tree) -> None:
    """Make the folder hold these files and no others; not for others' eyes."""
    check_tree(tree)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    for path, text in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def read_tree(folder: Path) -> dict[str, str]:
    """Raises BadTree for links, devices, files that are no text, and too much of anything."""
    tree: dict[str, str] = {}
    size = 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(set(folders) - _SKIPPED)
        for name in sorted([*names, *(each for each in folders if (Path(parent) / each).is_symlink())]):
            path = (Path(parent) / name).relative_to(folder).as_posix()
            text = _read(Path(parent) / name, path)
            size += len(text)
            if len(tree) >= _MOST_FILES or size > _MOST_BYTES:
                raise BadTree("The run left more than 200 files or 1 MiB.")
            tree[path] = text.decode()
    check_tree(tree)
    return tree


def _read(file: Path, path: str) -> bytes:
    try:
        opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadTree(f"“{path}” is a link or cannot be read.") from error
    with os.fdopen(opened, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise BadTree(f"“{path}” is no plain file.")
        content = stream.read(_MOST_BYTES + 1)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise BadTree(f"“{path}” is no text.") from error
    return content
