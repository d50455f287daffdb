"""What people type to find events, as a filter of the log."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput

_RUN: Final = re.compile(r"([0-9a-f]{8,32})(?:[:#](\d{1,15}))?")
_NOBODY: Final = UUID(int=0)
SEARCH_HELP: Final = "A run's id or at least its first 8 digits; with :12 behind it, its event 12."


def run_range(text: str) -> tuple[tuple[UUID, UUID] | None, int | None]:
    """The runs whose id begins so, and the number of an event behind a colon. Raises InvalidInput."""
    if not text.strip():
        return None, None
    match = _RUN.fullmatch(text.strip().lower().replace("-", ""))
    if match is None:
        raise InvalidInput(SEARCH_HELP, fields={"search": [SEARCH_HELP]})
    digits, seq = match.groups()
    return (UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))), int(seq) if seq else None


def person_called(user: User, name: str) -> UUID | None:
    """``me``, a user name in any case, or an id. Nobody's id for a name that nobody has; None for none."""
    if not name:
        return None
    if name == "me":
        return user.pk
    try:
        return UUID(name)
    except ValueError:
        found = User.objects.filter(username__iexact=name).values_list("pk", flat=True).first()
        return found or _NOBODY
