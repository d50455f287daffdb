"""What a run leaves behind when it is over: orders on paper that nobody reads on for, and what it holds.

A message says that a run ended; the sweep finds the runs of whose end nobody heard.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from orchestrator.core.hinting import send_hint
from trading.domain.vocabulary import Mode
from trading.models import StrategyRun
from trading.services.paying import pay_out
from trading.services.settling import orders_left, settle_ended_runs

TASK: Final = "trading.settle_run"


def hint(execution_id: UUID) -> None:
    """Let a worker settle a run that has ended. Never fails: the sweep finds what nobody settled."""
    send_hint(TASK, str(execution_id), unsent="ending_hint_not_sent", execution=str(execution_id))


def settle_run(execution_id: UUID) -> None:
    """Release the money and the tokens that its open orders kept, and pay out what it holds in markets that
    are resolved. Safe to do any number of times. A live run's orders stand at the exchange."""
    run = StrategyRun.objects.filter(execution_id=execution_id).exclude(mode=Mode.LIVE.value).first()
    if run is not None:
        settle_ended_runs(run.portfolio_id)
        pay_out(run.portfolio_id)


def settle_left() -> int:
    """Settle what runs left that are over; in how many portfolios."""
    found = set(orders_left().values_list("portfolio_id", flat=True))
    for portfolio_id in sorted(found):
        settle_ended_runs(portfolio_id)
    return len(found)
