"""Alerts of strategies are kept, each once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from orchestrator.core.errors import WrongState
from orchestrator.core.ids import new_id
from orchestrator.trading.models import Alert, StrategyRun


@dataclass(frozen=True, slots=True)
class Telling:
    """``reference`` is its own within the run: the same telling is kept once."""

    reference: str
    level: str
    text: str


def keep_alerts(execution_id: UUID, tellings: list[Telling]) -> None:
    """Raises WrongState for a run that no stream has begun. Idempotent."""
    run = (
        StrategyRun.objects.only("pk", "last_tick_at", "created_at").filter(execution_id=execution_id).first()
    )
    if run is None:
        raise WrongState("No stream of markets began this run, so that no strategy has this alert.")
    at = run.last_tick_at or run.created_at
    Alert.objects.bulk_create(
        [
            Alert(
                id=new_id(),
                run=run,
                reference=each.reference[:200],
                level=each.level,
                text=each.text,
                happened_at=at,
            )
            for each in tellings
        ],
        ignore_conflicts=True,
    )
