"""What the account pages and the API show of a person's log-ins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from orchestrator.accounts.models import BrowserSession, TokenFamily, User

_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_BROWSERS: Final = (
    (r"Edg(?:A|iOS)?/(\d+)", "Edge"), (r"OPR/(\d+)", "Opera"), (r"(?:Firefox|FxiOS)/(\d+)", "Firefox"),
    (r"(?:Chrome|CriOS)/(\d+)", "Chrome"), (r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari", "Safari"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogIn:
    """One place where somebody is logged in: a browser's session or a program's chain of tokens."""

    id: UUID
    kind: str
    device: str
    user_agent: str
    ip_address: str | None
    created_at: datetime
    last_used_at: datetime
    is_current: bool = False


def log_ins_of(user: User, *, now: datetime, current_session: str | None = None) -> list[LogIn]:
    """All that are good still, the latest used first. Two queries."""
    sessions = [
        _log_in(row, "session", is_current=row.session_id == current_session)
        for row in BrowserSession.objects.visible_to(user).live(now)
    ]
    families = [_log_in(row, "tokens") for row in TokenFamily.objects.visible_to(user).live(now)]
    ordered = sorted([*sessions, *families], key=lambda each: each.last_used_at, reverse=True)
    return sorted(ordered, key=lambda each: not each.is_current)


def device_of(user_agent: str) -> str:
    """``Firefox 130 on Linux``, or what a program calls itself."""
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    for pattern, name in _BROWSERS:
        found = re.search(pattern, user_agent)
        if found:
            return f"{name} {found[1]}{f' on {system}' if system else ''}"
    return user_agent[:60] or "Unknown device"


def _log_in(row: BrowserSession | TokenFamily, kind: str, *, is_current: bool = False) -> LogIn:
    return LogIn(
        id=UUID(str(row.pk)), kind=kind, device=device_of(row.user_agent), user_agent=row.user_agent,
        ip_address=row.ip_address, created_at=row.created_at, last_used_at=row.last_used_at,
        is_current=is_current,
    )  # fmt: skip
