"""How a deployment moves, when it is looked at again, and how much of its log is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from workspaces.domain.vocabulary import DeployStatus

FINAL: Final = frozenset({DeployStatus.READY, DeployStatus.ERROR, DeployStatus.CANCELED})
MOST_TRIES: Final = 6
"""How often one is handed over that was turned away for being too busy."""
SLOW_AFTER: Final = timedelta(minutes=15)
GIVEN_UP_AFTER: Final = timedelta(hours=6)
UNSURE_FOR: Final = timedelta(minutes=2)
"""How long one that may have arrived is looked for before it is said that nobody knows of it."""
_RANK: Final = {DeployStatus.QUEUED: 0, DeployStatus.BUILDING: 1}
_SOON, _LATER, _SELDOM = timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
_MOST_LINES: Final = 500
_MOST_CHARS: Final = 60_000


def moves(current: DeployStatus, seen: DeployStatus) -> bool:
    """Whether what was seen is news: only forwards, and never away from an end."""
    return current not in FINAL and _RANK.get(seen, 2) > _RANK.get(current, 2)


def next_look(age: timedelta) -> timedelta:
    """Most are built within a minute; what takes long is asked about less often."""
    if age < timedelta(minutes=2):
        return _SOON
    return _LATER if age < SLOW_AFTER else _SELDOM


def next_try(tries: int, asked_seconds: float | None) -> timedelta:
    """Twice as long each time, and as long as was asked for, within an hour."""
    own = timedelta(seconds=5 * 2**tries)
    asked = timedelta(seconds=min(max(asked_seconds or 0, 0), _LONGEST_WAIT.total_seconds()))
    return min(max(own, asked), _LONGEST_WAIT)


def kept_log(lines: Sequence[str]) -> str:
    """The last lines: where it failed stands at the end."""
    text = "\n".join(lines[-_MOST_LINES:])
    is_cut = len(lines) > _MOST_LINES or len(text) > _MOST_CHARS
    return f"… what came before was left out\n{text[-_MOST_CHARS:]}" if is_cut else text


def project_name(pattern: str, workspace: str) -> str:
    """Of the project at the host: the pattern, and enough of the id that it is nobody else's."""
    slug = "-".join(part for part in "".join(c if c.isalnum() else " " for c in pattern.lower()).split())
    return f"pattern-{slug[:60]}-{workspace.replace('-', '')[-8:]}"
