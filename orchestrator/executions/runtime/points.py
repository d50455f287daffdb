"""Named points at which a test may pause or kill a worker. Nothing happens at them otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

POINTS: Final = ("before_claim", "after_claim", "before_commit", "after_commit", "during_handler")

_hook: Callable[[str], None] | None = None


def install(hook: Callable[[str], None] | None) -> None:
    """Have ``hook`` called with the name of every point that is reached in this process."""
    global _hook
    _hook = hook


def reach(name: str) -> None:
    if _hook is not None:
        _hook(name)
