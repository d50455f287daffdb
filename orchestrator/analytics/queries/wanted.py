"""What an address says about the figures that are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from orchestrator.accounts.models import User
from orchestrator.analytics.domain.ranges import CHOICES, DEFAULT, BadRange, TimeRange, read_range
from orchestrator.analytics.queries.grains import known_cuts
from orchestrator.analytics.queries.scope import Scope
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.workflows.models import Workflow


@dataclass(frozen=True, slots=True)
class Wanted:
    """``problems`` are complaints by field; the default stands in for what could not be understood."""

    scope: Scope
    period: TimeRange
    problems: dict[str, str]


def read_wanted(given: Mapping[str, str], user: User, workflow: UUID | None = None) -> Wanted:
    """Raises NotFound for a workflow that the person may not see."""
    problems: dict[str, str] = {}
    try:
        period = _period(given)
    except BadRange as error:
        problems[error.field] = str(error)
        period = read_range(DEFAULT, "", "", now=utc_now(), zone=timezone.get_current_timezone())
    chosen = workflow or _workflow(given.get("workflow", ""), user)
    return Wanted(Scope(user, chosen, known_cuts()), period, problems)


def strict_wanted(given: Mapping[str, str], user: User, workflow: UUID | None = None) -> Wanted:
    """As ``read_wanted``; raises InvalidInput for what could not be understood."""
    wanted = read_wanted(given, user, workflow)
    if wanted.problems:
        fields = {name: [message] for name, message in wanted.problems.items()}
        raise InvalidInput("This range cannot be used.", fields=fields)
    return wanted


def _period(given: Mapping[str, str]) -> TimeRange:
    key = given.get("range", "")
    first, last = given.get("from", ""), given.get("to", "")
    if key in CHOICES:
        first = last = ""
    zone = timezone.get_current_timezone()
    return read_range(key or DEFAULT, first, last, now=utc_now(), zone=zone)


def _workflow(text: str, user: User) -> UUID | None:
    if not text:
        return None
    try:
        wanted = UUID(text)
    except ValueError:
        wanted = None
    if wanted is None or not Workflow.objects.visible_to(user).filter(pk=wanted).exists():
        raise NotFound("There is no such workflow, or none that you may see.")
    return wanted
