"""EVE log-ins that were begun without a browser: kept until the browser of the same person comes back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.cache import cache

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from trading.eve.sso import Attempt

HOLDS: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Kept:
    corporation_id: UUID
    verifier: str


def keep_attempt(user: User, corporation_id: UUID, attempt: Attempt) -> datetime:
    """Until when it holds. Raises WrongState where it cannot be kept."""
    kept = {"corporation": str(corporation_id), "verifier": attempt.verifier}
    if not cache.add(_key(user, attempt.state), kept, HOLDS.total_seconds()):
        raise WrongState("A log-in cannot be begun at present. Try again in a moment.")
    return utc_now() + HOLDS


def take_attempt(user: User, state: str) -> Kept | None:
    """Good for one time, and for who began it: None for everybody else."""
    key = _key(user, state)
    kept = cache.get(key)
    if not isinstance(kept, dict) or not cache.delete(key):
        return None
    return Kept(UUID(kept["corporation"]), kept["verifier"])


def _key(user: User, state: str) -> str:
    return f"eve_log_in:{user.pk}:{hashlib.sha256(state.encode()).hexdigest()}"
