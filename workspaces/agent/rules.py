"""What a coding agent may do: read and write plain files below its folder, and nothing else.

Standard library only: the process that asks this on every call of a tool knows nothing of the product.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_PATH_OF: Final = {
    "Read": "file_path",
    "Edit": "file_path",
    "Write": "file_path",
    "Glob": "path",
    "Grep": "path",
}
"""Every tool that there is, and the argument that names where it works."""
TOOLS: Final = tuple(_PATH_OF)
_WRITING: Final = frozenset({"Edit", "Write"})
_SUFFIXES: Final = frozenset({".py", ".json"})
_MOST_WRITTEN: Final = 256 * 1024


def refusal(tool: str, given: Mapping[str, Any], root: Path) -> str:
    """Why a call may not be made, in words; empty: it may. ``root`` is resolved."""
    if tool not in _PATH_OF:
        return f"there is no tool {tool[:40]} here; there are {', '.join(TOOLS)}"
    named = given.get(_PATH_OF[tool])
    if named is None and tool in ("Glob", "Grep"):
        named = str(root)
    if not isinstance(named, str) or not named or "\x00" in named:
        return "it names no file"
    if why := _outside(named, root):
        return why
    pattern = given.get("pattern" if tool == "Glob" else "glob")
    if isinstance(pattern, str) and (pattern.startswith(("/", "~")) or ".." in pattern):
        return f"“{pattern[:100]}” leads out of the algorithm's folder"
    return _not_written(named, given, root) if tool in _WRITING else ""


def shown(named: Any, root: Path) -> str:
    """A path as people read it: below the folder, or as it was said."""
    text = str(named or "")
    with_root = f"{root}{os.sep}"
    return (text.removeprefix(with_root) if text != str(root) else ".")[:200]


def _outside(named: str, root: Path) -> str:
    """Links are followed first, those of folders on the way too; a name that is not there yet is fine."""
    if ".." in Path(named).parts or named.startswith("~"):
        return f"“{named[:100]}” leads out of the algorithm's folder"
    try:
        target = (root / named).resolve()
    except (OSError, RuntimeError):
        return f"“{named[:100]}” cannot be followed"
    if target != root and root not in target.parents:
        return f"“{named[:100]}” lies outside of the algorithm's folder"
    if any(part.startswith(".") for part in target.relative_to(root).parts):
        return f"“{named[:100]}” is hidden; an algorithm has no such files"
    try:
        mode = target.stat().st_mode
    except OSError:
        return ""
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else f"“{named[:100]}” is no plain file"


def _not_written(named: str, given: Mapping[str, Any], root: Path) -> str:
    target = (root / named).resolve()
    if target.suffix not in _SUFFIXES:
        return f"“{target.name[:100]}” is neither Python nor JSON, of which an algorithm consists"
    text = given.get("content", given.get("new_string"))
    if isinstance(text, str) and len(text.encode(errors="replace")) > _MOST_WRITTEN:
        return f"it would write more than {_MOST_WRITTEN // 1024} KiB at once"
    return ""
