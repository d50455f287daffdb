"""Entries of a timeline for one reader: their days and times in the reader's zone, and how each is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from orchestrator.core.clock import utc_now
from orchestrator.core.templatetags.display import time_tag
from workspaces.models import WorkspaceMessage
from workspaces.queries.timeline import Entry
from workspaces.web.drawing import drawn


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as ``workspaces/_stretch.html`` shows it. ``day`` is set where another day begins."""

    message: WorkspaceMessage
    html: SafeString
    date: str
    day: str


def shown(entries: Sequence[Entry]) -> list[Shown]:
    """With the day before each first entry of a day, in the reader's zone."""
    now = utc_now()
    today = timezone.localtime(now).date()
    made, last = [], ""
    for entry in entries:
        here = timezone.localtime(entry.message.created_at)
        named = here.date().isoformat()
        before, between, after = drawn(entry)
        html = f"{before}{named}{between}{time_tag(here, now)}{after}"
        day = _day(here.date(), today) if named != last else ""
        made.append(Shown(entry.message, mark_safe(html), named, day))  # noqa: S308 - parts of a template that escapes
        last = named
    return made


def _day(day: date, today: date) -> str:
    away = (today - day).days
    if away in (0, 1):
        return ("Today", "Yesterday")[away]
    return f"{day:%A, %-d %B}" if day.year == today.year else f"{day:%-d %B %Y}"
