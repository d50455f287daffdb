"""Two versions of a strategy are backtested on one tape, to be compared."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from trading.domain.vocabulary import Mode
from trading.models import StrategyRun
from trading.services.strategies import start_strategy


@transaction.atomic
def start_both(
    user: User, workflow_id: UUID, *, tape_id: UUID, versions: tuple[int, int], nonce: str
) -> tuple[StrategyRun, StrategyRun]:
    """Both, or neither; the same ``nonce`` gives the same two. Raises as ``start_strategy`` does."""
    before, after = (
        start_strategy(
            user,
            workflow_id,
            mode=Mode.BACKTEST,
            tape_id=tape_id,
            version=number,
            idempotency_key=f"compare:{nonce}:{tape_id}:{number}:{place}",
        )[0]
        for place, number in enumerate(versions)
    )
    return before, after
