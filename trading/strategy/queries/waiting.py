"""What waits for a person in strategy sessions: steps to review, and steps that failed."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet

from orchestrator.accounts.models import User
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus
from trading.strategy.models import StrategicStep
from trading.strategy.queries.sessions import workable_by

REVIEW: Final = Q(status=StepStatus.IN_PROGRESS.value, output__isnull=False)
"""An answer that nobody has said anything of yet."""


def waiting_steps(user: User, corporation: str = "") -> QuerySet[StrategicStep]:
    """In sessions that go on and in which the person may work; those that wait longest come first."""
    if not user.may_build:
        return StrategicStep.objects.none()
    rows = StrategicStep.objects.filter(
        REVIEW | Q(status=StepStatus.ERROR.value),
        session__status=SessionStatus.ACTIVE.value,
        session__execution__isnull=False,
        session__corporation__in=workable_by(user),
    )
    if corporation:
        rows = rows.filter(session__corporation_id=corporation)
    return rows.select_related("session__corporation").order_by("started_at", "id")
