"""Mail: how anything from outside reaches a run, whoever holds it at the moment.

Posting adds a row, counts it on the execution and makes the execution due, in one transaction. The
worker that holds the run, or the next one to claim it, takes the mail in order and deletes it in the
commit that records what came of it: a message is never lost and never counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Least

from orchestrator.core.json import Json
from orchestrator.executions.domain.arrivals import (
    Answer,
    Arrival,
    Cancel,
    ChildEnded,
    Pause,
    Resume,
    Signal,
)
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution, Mail

_KINDS: Final[Mapping[str, type[Any]]] = {
    "signal": Signal,
    "answer": Answer,
    "child_ended": ChildEnded,
    "pause": Pause,
    "resume": Resume,
    "cancel": Cancel,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Letter:
    """One piece of mail as the engine takes it in."""

    id: int
    arrival: Arrival
    metadata: dict[str, Json]


def post(execution_id: UUID, arrival: Arrival, *, now: datetime, metadata: Mapping[str, Json]) -> bool:
    """Post to one run, inside the caller's transaction. False, and nothing posted, if the run is over.

    A run that is queued for its workflow's concurrency limit stays queued, except to be cancelled.
    """
    due = Least(Coalesce(F("wake_at"), now), now)
    queued = When(status=Status.PENDING.value, wake_at__isnull=True, then=None)
    wake_at = due if isinstance(arrival, Cancel) else Case(queued, default=due)
    live = Execution.objects.live().filter(pk=execution_id)
    if not live.update(mail_posted=F("mail_posted") + 1, wake_at=wake_at):
        return False
    Mail.objects.create(
        execution_id=execution_id,
        kind=_NAMES[type(arrival)],
        data=asdict(arrival),
        metadata=dict(metadata),
        posted_at=now,
    )
    return True


def fetch(execution_ids: list[UUID]) -> dict[UUID, list[Letter]]:
    """All mail of these runs, in the order of posting."""
    found: dict[UUID, list[Letter]] = {}
    for mail in Mail.objects.filter(execution_id__in=execution_ids).order_by("id"):
        letter = Letter(mail.pk, _KINDS[mail.kind](**mail.data), mail.metadata)
        found.setdefault(mail.execution_id, []).append(letter)
    return found
