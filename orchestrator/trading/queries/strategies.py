"""Reading strategies and their runs: what lists and pages show of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotFound
from orchestrator.executions.models import Execution
from orchestrator.trading.domain.statistics import Point, thin
from orchestrator.trading.models import StrategyRun

CATEGORY: Final = "trading"
"""Of the workflows that are strategies."""
_SPARK: Final = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """A run with what its execution says of it. ``status`` is empty once the execution is gone."""

    run: StrategyRun
    status: str
    error: Any = None
    version: int | None = None

    @property
    def profit(self) -> Decimal | None:
        return _number(self.run.statistics.get("now", {}).get("profit"))

    @property
    def hit_rate(self) -> Decimal | None:
        return _number(self.run.statistics.get("hit_rate"))

    @property
    def is_over(self) -> bool:
        return self.status not in ("pending", "running", "waiting", "paused")

    @property
    def spark(self) -> list[Decimal]:
        """The curve in few points, its extremes kept."""
        return [each.equity for each in thin(curve_of(self.run), _SPARK)]


def runs_seen(user: User) -> QuerySet[StrategyRun]:
    """The runs that the person sees, without what only the engine needs of them."""
    rows = StrategyRun.objects.visible_to(user).select_related("workflow", "tape", "started_by")
    return rows.defer("reader", "served", *User.unseen("started_by"))


def find_run(user: User, run_id: UUID) -> StrategyRun:
    """Raises NotFound."""
    found = runs_seen(user).filter(pk=run_id).first()
    if found is None:
        raise NotFound("There is no such strategy run, or none that you may see.")
    return found


def shown(runs: Iterable[StrategyRun]) -> list[Shown]:
    """The runs with their executions, in one query more."""
    rows = list(runs)
    found = Execution.objects.filter(pk__in=[row.execution_id for row in rows])
    known = {row[0]: row[1:] for row in found.values_list("pk", "status", "error", "version__number")}
    return [Shown(row, *known.get(row.execution_id, ("",))) for row in rows]


def last_runs(user: User, workflow_ids: Sequence[UUID]) -> dict[UUID, Shown]:
    """The newest run of each workflow."""
    newest = runs_seen(user).filter(workflow__in=workflow_ids).order_by("workflow", "-id")
    return {each.run.workflow_id: each for each in shown(newest.distinct("workflow"))}


def curve_of(run: StrategyRun) -> list[Point]:
    return [Point(at, Decimal(equity)) for at, equity in run.curve]


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
