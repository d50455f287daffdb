"""A backtest is run once more, with the settings that it had."""

from __future__ import annotations

from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import WrongState
from orchestrator.executions.models import Execution
from trading.domain.vocabulary import Mode
from trading.models import StrategyRun
from trading.queries.strategies import find_run
from trading.services.strategies import cash_of, start_strategy


def repeat_backtest(user: User, run_id: UUID, *, nonce: str) -> StrategyRun:
    """The same version over the same part of the same tape with the same cash; once for one ``nonce``.

    Raises NotFound, NotAllowed, WrongState.
    """
    run = find_run(user, run_id)
    if run.mode != Mode.BACKTEST:
        raise WrongState("Only a backtest can be repeated: a market does not come again.")
    version = Execution.objects.filter(pk=run.execution_id).values_list("version__number", flat=True).first()
    if version is None:
        raise WrongState("This run was cleaned up, and with it which version it ran. Start a new backtest.")
    again, _ = start_strategy(
        user,
        run.workflow_id,
        mode=Mode.BACKTEST,
        tape_id=run.tape_id,
        cash=cash_of(run),
        version=version,
        windows=run.windows_wanted,
        from_at=run.from_at,
        until_at=run.until_at,
        speed=run.reader.get("speed"),
        idempotency_key=f"repeat:{run.pk}:{nonce}",
    )
    return again
