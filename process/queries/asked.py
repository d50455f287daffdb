"""What an address says about the figures that are wanted, and who may ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from orchestrator.accounts.models import User
from orchestrator.analytics.domain.ranges import DEFAULT, BadRange, TimeRange, read_range
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound
from process.models import ProcessVersion

CHOICES: Final = {"7d": "7 days", "30d": "30 days", "90d": "90 days"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. ``problems`` are complaints by field; 30 days stand in for what is wrong."""

    version: ProcessVersion | None
    period: TimeRange
    problems: dict[str, str]


def require_staff(user: User) -> None:
    """Raises NotAllowed."""
    if not (user.is_staff or user.is_admin):
        raise NotAllowed("This page is for staff. Ask an administrator if you should have access.")


def read_asked(given: Mapping[str, str]) -> Asked:
    """Raises NotFound for a version that there is not."""
    problems: dict[str, str] = {}
    zone, key = timezone.get_current_timezone(), given.get("range", "")
    first, last = ("", "") if key in CHOICES else (given.get("from", ""), given.get("to", ""))
    try:
        period = read_range(key if key in CHOICES else DEFAULT, first, last, now=utc_now(), zone=zone)
    except BadRange as error:
        problems[error.field] = str(error)
        period = read_range(DEFAULT, "", "", now=utc_now(), zone=zone)
    return Asked(_version(given.get("version", "")), period, problems)


def strict_asked(given: Mapping[str, str]) -> Asked:
    """As ``read_asked``; raises InvalidInput for what could not be understood."""
    asked = read_asked(given)
    if asked.problems:
        fields = {name: [message] for name, message in asked.problems.items()}
        raise InvalidInput("This range cannot be used.", fields=fields)
    return asked


def _version(text: str) -> ProcessVersion | None:
    """The active one, or the newest that was ever used, where none is named."""
    rows = ProcessVersion.objects.all()
    if not text:
        return rows.active() or rows.filter(frozen_at__isnull=False).first()
    try:
        version = rows.filter(pk=UUID(text)).first()
    except ValueError:
        version = None
    if version is None:
        raise NotFound("There is no such version.")
    return version
