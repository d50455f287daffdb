"""What a folder may be called, and how a path is read."""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 8
MAX_NAME: Final = 100
MAX_PATH: Final = MAX_DEPTH * (MAX_NAME + 1)
MAX_FOLDERS: Final = 1_000
"""Of one person."""


class BadFolder(ValueError):
    """A name or path that no folder can have; the message says why."""


def folder_name(text: str) -> str:
    """The name as it is kept. Raises BadFolder."""
    name = " ".join(text.split())
    if not name:
        raise BadFolder("A folder needs a name.")
    if len(name) > MAX_NAME:
        raise BadFolder(f"A folder's name has at most {MAX_NAME} characters; this one has {len(name)}.")
    if "/" in name:
        raise BadFolder("A folder's name has no slash: that parts folders in a path.")
    return name


def path_names(path: str) -> list[str]:
    """The names of a path like ``Sales/Reports``, outermost first. Raises BadFolder."""
    names = [folder_name(part) for part in path.split("/") if part.strip()]
    if len(names) > MAX_DEPTH:
        raise BadFolder(f"Folders lie at most {MAX_DEPTH} deep; this path has {len(names)} levels.")
    return names


def clean_names(path: str) -> list[str]:
    """The same for text that never was a path: what is too long is cut, what is too deep goes into one."""
    names = [" ".join(part.split()) for part in path.split("/") if part.strip()]
    if len(names) > MAX_DEPTH:
        names = [*names[: MAX_DEPTH - 1], " - ".join(names[MAX_DEPTH - 1 :])]
    return [name[:MAX_NAME].strip() for name in names]
