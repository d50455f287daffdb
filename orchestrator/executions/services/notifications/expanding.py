"""From occasions to notifications: one for each address, and few of them when a workflow fails often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.core.ids import id_at
from orchestrator.core.json import JsonObject
from orchestrator.executions.domain.arrivals import to_iso
from orchestrator.executions.models import Notification, NotificationKind, Occasion
from orchestrator.executions.services.notifications.messages import subject_of
from orchestrator.executions.services.notifications.recipients import Target, targets_of, targets_of_runs
from orchestrator.workflows.models import Workflow

WINDOW: Final = timedelta(minutes=15)
SINGLES: Final = 3
"""Runs of one workflow that are told one by one within a window; further ones are told together."""
ALERT_PAUSE: Final = timedelta(minutes=5)
"""Between two messages about what a workflow's runs tell: the first goes at once, further ones together."""
EXAMPLES: Final = 5
_GROUPS: Final = 100
_BATCH: Final = 5_000
_MANY: Final = (NotificationKind.FAILURE.value, NotificationKind.SUCCESS.value)


def expand_due(*, now: datetime) -> int:
    """Make the notifications of occasions that are due; their number. Safe to run by several at once."""
    due = Occasion.objects.filter(due_at__lte=now).order_by()
    groups = list(due.values_list("workflow_id", "kind").distinct()[:_GROUPS])
    return sum(_expand(workflow_id, kind, now) for workflow_id, kind in groups)


@transaction.atomic
def _expand(workflow_id: UUID, kind: str, now: datetime) -> int:
    """One kind of occasion of one workflow. Whoever holds the workflow's row does it; others pass by."""
    held = Workflow.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=workflow_id).first()
    if held is None:
        return 0
    rows = (
        Occasion.objects.filter(workflow=workflow_id, kind=kind, due_at__lte=now)
        .select_related("execution", "approval__execution")
        .defer("execution__state", "execution__seed", "execution__input", "execution__output")
        .order_by("id")
        .select_for_update(of=("self",))
    )
    occasions = list(rows[:_BATCH])
    for occasion in occasions:
        occasion.workflow = held
    if not occasions:
        return 0
    if kind == NotificationKind.ALERT:
        later = _next_alerts(workflow_id, now)
        if later > now:
            Occasion.objects.filter(pk__in=[each.pk for each in occasions]).update(due_at=later)
            return 0
        made = _alerts(occasions, now)
    elif kind not in _MANY:
        made = sum(_tell(each, targets_of(each), now) for each in occasions)
    else:
        again = _next_digest(workflow_id, kind, len(occasions), now)
        if again is None:
            made = sum(_tell(each, targets_of(each), now) for each in occasions)
        elif again <= now:
            made = _digest(occasions, now)
        else:
            Occasion.objects.filter(pk__in=[each.pk for each in occasions]).update(due_at=again)
            return 0
    Occasion.objects.filter(pk__in=[each.pk for each in occasions]).delete()
    return made


def _next_digest(workflow_id: UUID, kind: str, count: int, now: datetime) -> datetime | None:
    """When the next digest may go; None while runs are told one by one."""
    recent = Notification.objects.filter(workflow=workflow_id, kind=kind, pk__gte=id_at(now - WINDOW))
    digest = recent.filter(execution=None).order_by("-id").values_list("created_at", flat=True).first()
    if digest is not None:
        return digest + WINDOW
    told = recent.filter(execution__isnull=False).values("execution").distinct().count()
    return None if told + count <= SINGLES else now


def _next_alerts(workflow_id: UUID, now: datetime) -> datetime:
    recent = Notification.objects.filter(
        workflow=workflow_id, kind=NotificationKind.ALERT.value, pk__gte=id_at(now - ALERT_PAUSE)
    )
    last = recent.order_by("-id").values_list("created_at", flat=True).first()
    return last + ALERT_PAUSE if last is not None else now


def _alerts(occasions: Sequence[Occasion], now: datetime) -> int:
    """One message for each address about all that was told since the last one, the latest texts in it."""
    last = occasions[-1]
    texts = [text for each in occasions for text in _texts(each)]
    worst = max(occasions, key=lambda each: each.facts.get("level") == "critical")
    told: list[Any] = texts[-EXAMPLES:]
    facts: JsonObject = {
        **last.facts,
        "at": to_iso(last.created_at),
        "level": worst.facts.get("level"),
        "texts": told,
    }
    count = sum(_number(each.facts.get("count")) for each in occasions)
    about = f"{last.kind}:{occasions[0].pk}"
    return _add(last, targets_of(last), about, facts, count, now, execution=last.execution_id)


def _texts(occasion: Occasion) -> list[str]:
    found = occasion.facts.get("texts")
    return [str(each) for each in found] if isinstance(found, list) else []


def _number(value: object) -> int:
    return value if isinstance(value, int) else 1


def _tell(occasion: Occasion, targets: Iterable[Target], now: datetime) -> int:
    """One notification for each address, unless it has been made before."""
    facts = {**occasion.facts, "at": to_iso(occasion.created_at)}
    return _add(occasion, targets, _about(occasion), facts, 1, now, execution=occasion.execution_id)


def _about(occasion: Occasion) -> str:
    """What makes a second notification to the same address a repetition."""
    if occasion.kind in (NotificationKind.APPROVAL, NotificationKind.ESCALATION):
        return f"{occasion.kind}:{occasion.approval_id}"
    if occasion.kind in _MANY:
        return f"{occasion.kind}:{occasion.execution_id}"
    return f"{occasion.kind}:{occasion.pk}"


def _digest(occasions: Sequence[Occasion], now: datetime) -> int:
    """One notification for each address that tells of all of them."""
    first, last = occasions[0], occasions[-1]
    examples: list[Any] = [
        {"execution": str(each.execution_id), "at": to_iso(each.created_at), **each.facts}
        for each in occasions[-EXAMPLES:]
    ]
    facts: JsonObject = {
        "from": to_iso(first.created_at),
        "until": to_iso(last.created_at),
        "examples": examples,
    }
    about = f"{first.kind}:digest:{first.pk}"
    return _add(first, targets_of_runs(first), about, facts, len(occasions), now, execution=None)


def _add(
    occasion: Occasion,
    targets: Iterable[Target],
    about: str,
    facts: JsonObject,
    count: int,
    now: datetime,
    *,
    execution: UUID | None,
) -> int:
    rows = [
        Notification(
            kind=occasion.kind,
            medium=target.medium.value,
            workflow_id=occasion.workflow_id,
            execution_id=execution,
            approval_id=occasion.approval_id,
            recipient=target.user,
            address=target.address,
            subject=subject_of(occasion, count)[:200],
            facts={**facts, **dict(target.facts)},
            count=count,
            dedupe_key=f"{about}:{target.key}",
            next_attempt_at=now,
            created_at=now,
        )
        for target in targets
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
