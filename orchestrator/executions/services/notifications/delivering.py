"""Sending what is due: claimed by a conditional UPDATE, sent outside any transaction, recorded once.

A claim raises ``attempts`` and puts ``next_attempt_at`` off by a lease. Whoever finds the row with another
number of attempts writes nothing, so that of two workers only one's outcome is recorded; a worker that
dies leaves a row that is due again when its lease is over. A message may thus arrive twice, with the same
Message-ID or ``webhook-id``, and is never lost.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import (
    Approval,
    Notification,
    NotificationEndpoint,
    NotificationMedium,
    NotificationState,
    PushSubscription,
)
from orchestrator.executions.services.links import make_link
from orchestrator.executions.services.notifications.mails import send_mail
from orchestrator.executions.services.notifications.messages import compose
from orchestrator.executions.services.notifications.outcomes import Again, GivenUp, Gone, NotSent
from orchestrator.executions.services.notifications.pushes import push
from orchestrator.executions.services.notifications.webhooks import post_webhook, slack_body, webhook_body

PAUSES: Final = (30, 120, 600, 3_600, 14_400, 43_200)
"""Seconds between attempts; after the last of them it is given up."""
MAX_ATTEMPTS: Final = len(PAUSES) + 1
LEASE: Final = timedelta(minutes=2)
BUDGET_SECONDS: Final = 10.0
"""How long one call goes on taking further batches: the task worker has other work, too."""
_BATCH: Final = 16
_THREADS: Final = 8

log = structlog.get_logger(__name__)
Send = Callable[[], None]


class NoLongerNeeded(Exception):
    """The approval was answered meanwhile, or the person has gone. The message says which."""


@dataclass(frozen=True, slots=True)
class Delivered:
    sent: int = 0
    again: int = 0
    given_up: int = 0
    skipped: int = 0


def deliver_due(*, now: datetime | None = None) -> Delivered:
    """Send what is due, several side by side. Safe to run by several at once."""
    until = time.monotonic() + BUDGET_SECONDS
    counts: dict[str, int] = {}
    while rows := claim(now or utc_now()):
        for state in _deliver(rows):
            counts[state] = counts.get(state, 0) + 1
        if time.monotonic() >= until or len(rows) < _BATCH:
            break
    return Delivered(
        counts.get(NotificationState.SENT, 0),
        counts.get(NotificationState.PENDING, 0),
        counts.get(NotificationState.FAILED, 0),
        counts.get(NotificationState.SKIPPED, 0),
    )


@transaction.atomic
def claim(now: datetime, limit: int = _BATCH) -> list[Notification]:
    """Take rows that are due, the longest due first, skipping those being taken by others."""
    due = Notification.objects.due(now).order_by("next_attempt_at").select_for_update(skip_locked=True)
    taken = list(due.values_list("pk", flat=True)[:limit])
    if not taken:
        return []
    mine = Notification.objects.filter(pk__in=taken)
    mine.update(attempts=F("attempts") + 1, next_attempt_at=now + LEASE)
    return list(mine.select_related("workflow", "recipient", "approval__workflow", "approval__execution"))


def _deliver(rows: list[Notification]) -> Iterator[str]:
    """What is written down of each, as they come to their end."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="notify") as pool:
        under_way = {}
        for row in rows:
            try:
                under_way[pool.submit(_prepare(row))] = row
            except NoLongerNeeded as reason:
                yield _record(row, NotificationState.SKIPPED, str(reason))
            except NotSent as fault:
                yield _failed(row, fault)
        for done in as_completed(under_way):
            yield _ended(under_way[done], done.exception())


def _ended(row: Notification, error: BaseException | None) -> str:
    if error is None:
        return _record(row, NotificationState.SENT)
    if isinstance(error, NotSent):
        return _failed(row, error)
    log.error("notification_error", notification=str(row.pk), exc_info=error)
    return _failed(row, Again(f"{type(error).__name__} while it was made."))


def _prepare(row: Notification) -> Send:
    """Everything that needs the database; what comes back only talks to the outside."""
    _check_needed(row)
    now = utc_now()
    match row.medium:
        case NotificationMedium.EMAIL:
            message = compose(row, link=_link(row, now))
            return lambda: send_mail(message, to=row.address, dedupe_key=row.dedupe_key)
        case NotificationMedium.WEBHOOK:
            return _webhook(row, now)
        case _:
            browser = PushSubscription.objects.filter(pk=row.facts.get("subscription")).first()
            if browser is None:
                raise NoLongerNeeded("The browser no longer takes notifications.")
            message = compose(row)
            return lambda: push(message, browser, dedupe_key=row.dedupe_key, now=now)


def _webhook(row: Notification, now: datetime) -> Send:
    endpoint = NotificationEndpoint.objects.filter(pk=row.facts.get("endpoint")).first()
    if endpoint is None:
        raise GivenUp(f"The workflow has no endpoint {row.address}. Save it on its notifications page.")
    message = compose(row)
    if endpoint.kind == "slack":
        body = slack_body(message)
    else:
        body = webhook_body(message, kind=f"orchestrator.{row.kind}", at=row.created_at, data=_data(row))
    url, secret = endpoint.opened()
    return lambda: post_webhook(url, secret, body, dedupe_key=row.dedupe_key, now=now)


def _data(row: Notification) -> dict[str, object]:
    """What a program wants to know: ids beside the facts."""
    facts = {name: value for name, value in row.facts.items() if name not in ("endpoint", "subscription")}
    return {
        **facts,
        "kind": row.kind,
        "count": row.count,
        "workflow": {"id": str(row.workflow_id), "name": row.workflow.name},
        "execution": _text(row.execution_id),
        "approval": _text(row.approval_id),
    }


def _text(pk: UUID | None) -> str | None:
    return str(pk) if pk is not None else None


def _check_needed(row: Notification) -> None:
    if row.recipient is not None and not row.recipient.is_active:
        raise NoLongerNeeded("The account was closed.")
    if row.approval is None:
        return
    if row.approval.status != "pending":
        raise NoLongerNeeded("The approval has been decided meanwhile.")
    if row.recipient is None or row.facts.get("nobody"):
        return
    if not Approval.objects.open_to(row.recipient).filter(pk=row.approval_id).exists():
        raise NoLongerNeeded("This person is no longer asked, or has answered.")


def _link(row: Notification, now: datetime) -> str:
    if row.approval is None or row.recipient is None or row.facts.get("nobody"):
        return ""
    return make_link(row.approval, row.recipient, now=now)


def _failed(row: Notification, error: NotSent) -> str:
    if isinstance(error, Gone):
        PushSubscription.objects.filter(pk=row.facts.get("subscription")).delete()
    final = isinstance(error, GivenUp) or row.attempts >= MAX_ATTEMPTS
    if final:
        log.warning("notification_given_up", notification=str(row.pk), reason=str(error))
        return _record(row, NotificationState.FAILED, str(error))
    pause = PAUSES[row.attempts - 1] * (1 + random.random() / 4)  # noqa: S311 - spreads retries
    after = error.after_seconds if isinstance(error, Again) else 0.0
    return _record(row, NotificationState.PENDING, str(error), pause=max(pause, after))


def _record(row: Notification, state: NotificationState, error: str = "", *, pause: float = 0.0) -> str:
    """Write the outcome of this attempt, unless another worker has taken the row over meanwhile."""
    now = utc_now()
    pending = state is NotificationState.PENDING
    Notification.objects.filter(
        pk=row.pk, attempts=row.attempts, state=NotificationState.PENDING.value
    ).update(
        state=state.value,
        last_error=error[:500],
        sent_at=now if state is NotificationState.SENT else None,
        next_attempt_at=now + timedelta(seconds=pause) if pending else None,
    )
    return state.value
