"""Everything known of a corporation, asked again: by a worker, kind by kind, with progress to look at."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.core.cache import cache
from kombu.exceptions import OperationalError as BrokerError

from orchestrator.accounts.models import User
from orchestrator.celery import app
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError, WrongState
from trading.strategy.access import May, find_corporation
from trading.strategy.models import Corporation
from trading.strategy.services.calling import calling_esi
from trading.strategy.services.snapshots import available_kinds, snapshot_of

TASK: Final = "strategy.refresh_corporation"
_KEPT_SECONDS: Final = 3_600
_PATIENCE: Final = timedelta(minutes=5)
"""Without news for so long, whoever was at it is gone."""
_NOBODY: Final = "No worker can be reached just now. Try again in a minute."
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Progress:
    """``faults`` by kind, in words for people. Kept in the cache: lost, nothing but this display is."""

    total: int
    done: int = 0
    kind: str = ""
    is_over: bool = False
    faults: dict[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=utc_now)

    @property
    def is_running(self) -> bool:
        return not self.is_over and utc_now() - self.at < _PATIENCE

    @property
    def is_lost(self) -> bool:
        return not self.is_over and not self.is_running


def start_refresh(user: User, corporation_id: UUID) -> Progress:
    """One at a time: asked for again, the one that is going on. Raises NotFound, NotAllowed, WrongState."""
    corporation = find_corporation(user, corporation_id, May.WORK)
    if corporation.is_generated:
        raise WrongState("A generated corporation stays as it was generated: ESI knows nothing of it.")
    begun = Progress(total=len(available_kinds(corporation)))
    if not cache.add(_asked(corporation_id), 1, _PATIENCE.seconds):
        if cache.get(_asked(corporation_id)) is None:
            raise WrongState(_NOBODY)
        return progress_of(corporation_id) or begun
    _keep(corporation_id, begun)
    try:
        app.send_task(TASK, args=[str(corporation_id)], retry=False)
    except (BrokerError, OSError) as error:
        log.warning("refresh_not_sent", corporation=str(corporation_id), error=str(error))
        cache.delete_many([_key(corporation_id), _asked(corporation_id)])
        raise WrongState(_NOBODY) from error
    return begun


def refresh_corporation(corporation_id: UUID) -> None:
    """In a worker; of two at once the second does nothing.

    What one kind fails at, the others do not; what has not run out is not asked again.
    """
    corporation = Corporation.objects.filter(pk=corporation_id, is_generated=False).first()
    if corporation is None or not cache.add(_going(corporation_id), 1, _PATIENCE.seconds):
        return
    try:
        _refresh(corporation)
    finally:
        cache.delete_many([_going(corporation_id), _asked(corporation_id)])


def _refresh(corporation: Corporation) -> None:
    kinds = available_kinds(corporation)
    progress = Progress(total=len(kinds))
    with calling_esi() as esi:
        for kind in kinds:
            progress.kind, progress.at = kind, utc_now()
            _keep(corporation.pk, progress)
            for lock in (_going(corporation.pk), _asked(corporation.pk)):
                cache.touch(lock, _PATIENCE.seconds)
            try:
                snapshot_of(esi, corporation, kind)
            except DomainError as error:
                progress.faults[kind] = error.message
            progress.done += 1
    progress.is_over, progress.kind, progress.at = True, "", utc_now()
    _keep(corporation.pk, progress)


def progress_of(corporation_id: UUID) -> Progress | None:
    """Of the last time, for an hour."""
    told: dict[str, Any] | None = cache.get(_key(corporation_id))
    return Progress(**told) if told else None


def _keep(corporation_id: UUID, progress: Progress) -> None:
    cache.set(_key(corporation_id), asdict(progress), _KEPT_SECONDS)


def _key(corporation_id: UUID) -> str:
    return f"strategy:refresh:{corporation_id}"


def _asked(corporation_id: UUID) -> str:
    """There while a refresh was asked for and is not over; whoever adds it may ask."""
    return f"{_key(corporation_id)}:asked"


def _going(corporation_id: UUID) -> str:
    """There while a worker is at it."""
    return f"{_key(corporation_id)}:going"
