"""What each role may do, as it is told to people. The services enforce it; tests hold the two together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Right:
    """One thing to do, and what it takes in each role. Empty: not possible."""

    name: str
    admin: str
    user: str
    viewer: str


_ALL: Final = "all"

RIGHTS: Final = (
    Right("See workflows and their runs", _ALL, "own, shared, public", "shared, public"),
    Right("Create, copy and import workflows", "yes", "yes", ""),
    Right("Change and publish a workflow", _ALL, "own, and shared as editor", ""),
    Right("Start, pause, cancel and retry runs", _ALL, "own, and shared as editor", ""),
    Right("Share, hand over and delete a workflow", _ALL, "own", ""),
    Right("Answer approvals", "where asked", "where asked", "where asked"),
    Right("Make API keys, within these rights", "yes", "yes", "yes"),
    Right("Manage people, roles and lock-outs", "in the administration, as staff", "", ""),
)
