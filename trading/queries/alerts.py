"""What strategies told: lists of it, and what of it a person has not read."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.workflows.models import WorkflowPermission
from trading.domain.vocabulary import Mode
from trading.models import Alert, AlertRead, AlertsRead, StrategyRun

LEVELS: Final = ("info", "warning", "critical")
"""The least urgent first."""
TELLING_MODES: Final = (Mode.PAPER.value, Mode.LIVE.value)
"""Of runs whose alerts are news: what a backtest tells is of the past, and is looked up."""
MOST_COUNTED: Final = 100
_NEWS: Final = timedelta(days=30)


def alerts_seen(
    user: User,
    *,
    workflow: UUID | None = None,
    run: UUID | None = None,
    level: str = "",
    mode: str = "",
    unread: bool = False,
) -> QuerySet[Alert]:
    """Of all strategies that the person sees, the newest first; ``is_unread`` says what is news to them."""
    runs = StrategyRun.objects.visible_to(user)
    runs = runs.filter(workflow=workflow) if workflow else runs
    runs = runs.filter(pk=run) if run else runs
    runs = runs.filter(mode=mode) if mode else runs
    rows = Alert.objects.filter(run__in=runs).select_related("run__workflow")
    rows = rows.filter(level=level) if level else rows
    rows = rows.filter(_news(user)) if unread else rows
    rows = rows.annotate(is_unread=Exists(Alert.objects.filter(_news(user), pk=OuterRef("pk"))))
    return rows.defer("run__reader", "run__replay", "run__served", "run__curve", "run__statistics")


def unread_count(user: User) -> int:
    """Counted up to ``MOST_COUNTED``."""
    rows = Alert.objects.filter(_news(user), run__in=StrategyRun.objects.visible_to(user))
    return rows.order_by()[:MOST_COUNTED].count()


def _news(user: User) -> Q:
    """What is news to a person and not read: of runs on paper and live, of the last 30 days, which they began
    or whose workflow is theirs or shared with them. That an admin sees all makes nothing their news.
    """
    until = AlertsRead.objects.filter(user=user).values_list("until", flat=True).first()
    since = id_at(utc_now() - _NEWS)
    shared = WorkflowPermission.objects.filter(user=user).values("workflow")
    read = AlertRead.objects.filter(user=user).values("alert")
    concerned = Q(run__started_by=user) | Q(run__workflow__in=shared)
    fresh = Q(pk__gt=max(since, until) if until else since, run__mode__in=TELLING_MODES)
    return fresh & concerned & ~Q(pk__in=read)
