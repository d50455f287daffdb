"""Alerts of strategies: kept, each once, the urgent ones sent to people, and marked as read by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotFound, WrongState
from orchestrator.core.ids import new_id
from orchestrator.executions.models import Execution, NotificationKind, Occasion
from trading.domain.vocabulary import Mode
from trading.models import Alert, AlertRead, AlertsRead, StrategyRun

SENT_LEVELS: Final = ("warning", "critical")
"""Of these people are notified, by the channels of the workflow; the others wait on the page."""
_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Telling:
    """``reference`` is its own within the run: the same telling is kept once."""

    reference: str
    level: str
    text: str


@transaction.atomic
def keep_alerts(execution_id: UUID, tellings: list[Telling]) -> None:
    """Raises WrongState for a run that no stream has begun. Idempotent: people are notified once, too.

    A backtest notifies nobody.
    """
    fields = ("pk", "mode", "workflow_id", "last_tick_at", "created_at")
    run = StrategyRun.objects.only(*fields).filter(execution_id=execution_id).first()
    if run is None:
        raise WrongState("No stream of markets began this run, so that no strategy has this alert.")
    at = run.last_tick_at or run.created_at
    rows = [
        Alert(
            id=new_id(),
            run=run,
            reference=each.reference[:200],
            level=each.level,
            text=each.text,
            happened_at=at,
        )
        for each in tellings
    ]
    asked = [each.reference for each in rows]
    known = set(Alert.objects.filter(run=run, reference__in=asked).values_list("reference", flat=True))
    Alert.objects.bulk_create(rows, ignore_conflicts=True)
    fresh = [each for each in rows if each.reference not in known and each.level in SENT_LEVELS]
    if fresh and run.mode != Mode.BACKTEST:
        _announce(run, execution_id, fresh)


def _announce(run: StrategyRun, execution_id: UUID, alerts: list[Alert]) -> None:
    if not Execution.objects.filter(pk=execution_id).exists():
        return
    Occasion.objects.create(
        kind=NotificationKind.ALERT.value,
        workflow_id=run.workflow_id,
        execution_id=execution_id,
        facts={
            "level": alerts[0].level,
            "texts": [each.text for each in alerts[:_TOLD]],
            "count": len(alerts),
            "mode": run.mode,
            "path": reverse("trading:run", args=[run.pk]),
        },
    )


def mark_read(user: User, alert_id: UUID) -> None:
    """Raises NotFound. Idempotent."""
    runs = StrategyRun.objects.visible_to(user)
    if not Alert.objects.filter(pk=alert_id, run__in=runs).exists():
        raise NotFound("There is no such alert, or none that you may see.")
    AlertRead.objects.bulk_create([AlertRead(user=user, alert_id=alert_id)], ignore_conflicts=True)


def mark_all_read(user: User) -> None:
    """What is told from now on is unread again."""
    AlertsRead.objects.update_or_create(user=user, defaults={"until": new_id(), "updated_at": utc_now()})
