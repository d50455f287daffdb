"""When people who have not answered are reminded, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

LEAST_GAP: Final = timedelta(minutes=1)
"""Nobody is reminded sooner than this after being asked or reminded."""


def next_reminder(
    rule: Mapping[str, Any], *, since: datetime, deadline: datetime | None, after: datetime
) -> datetime | None:
    """The first reminder later than ``after`` for a question that was put at ``since``, if there is one.

    ``rule`` is what ``ApprovalRequest.reminders`` holds. Without a deadline nobody is reminded.
    """
    if deadline is None:
        return None
    moments = [since + (deadline - since) / 2] if rule.get("halfway") else []
    moments += [deadline - timedelta(seconds=float(span)) for span in rule.get("before_seconds", ())]
    return min((each for each in moments if each - LEAST_GAP >= max(since, after)), default=None)
