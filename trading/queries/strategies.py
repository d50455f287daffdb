"""Reading strategies and their runs: what lists and pages show of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotFound
from orchestrator.executions.models import Execution
from trading.domain.statistics import Point, thin
from trading.domain.vocabulary import Mode, TapeStatus
from trading.models import Market, Order, Portfolio, StrategyRun, Tape

CATEGORY: Final = "trading"
"""Of the workflows that are strategies."""
_SPARK: Final = 40
_CHOICES: Final = 100
_OTHERS: Final = 20
_ENDED_BADLY: Final = ("failed", "cancelled", "timed_out")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a market, as people know it."""

    question: str
    name: str
    is_generated: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A run with what its execution says of it. ``status`` is empty once the execution is gone.

    ``seq`` is its last event, from which on the live feed tells more.
    """

    run: StrategyRun
    status: str
    error: Any = None
    version: int | None = None
    seq: int = 0

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
    """The runs that the person sees, without what only the engine needs of them.

    ``window_ms`` is how long their windows are, in market time; None where they are cut by number.
    """
    rows = StrategyRun.objects.visible_to(user).select_related("workflow", "tape", "started_by")
    rows = rows.annotate(window_ms=KeyTransform("milliseconds", KeyTransform("rule", "reader")))
    return rows.defer("reader", "replay", "served", "tape__tokens", *User.unseen("started_by"))


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
    known = {
        row[0]: row[1:] for row in found.values_list("pk", "status", "error", "version__number", "last_seq")
    }
    return [Shown(row, *known.get(row.execution_id, ("",))) for row in rows]


def last_runs(user: User, workflow_ids: Sequence[UUID]) -> dict[UUID, Shown]:
    """The newest run of each workflow."""
    newest = runs_seen(user).filter(workflow__in=workflow_ids).order_by("workflow", "-id")
    return {each.run.workflow_id: each for each in shown(newest.distinct("workflow"))}


def curve_of(run: StrategyRun) -> list[Point]:
    return [Point(at, Decimal(equity)) for at, equity in run.curve]


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def tapes_to_choose(user: User) -> list[Tape]:
    """The newest tapes that a run can read."""
    rows = Tape.objects.visible_to(user).exclude(status=TapeStatus.FAILED.value)
    return list(rows.order_by("-id")[:_CHOICES])


def portfolios_to_choose(user: User) -> list[Portfolio]:
    """The person's own for paper."""
    return list(Portfolio.objects.filter(owner=user, mode=Mode.PAPER.value).order_by("-id")[:_CHOICES])


def tapes_run_on(user: User, workflow_id: UUID) -> list[dict[str, Any]]:
    """The tapes that a strategy ran on, with how often, and how the last of these runs ended."""
    rows = StrategyRun.objects.visible_to(user).filter(workflow=workflow_id).order_by()
    counted: Any = rows.values("tape_id", "tape__name", "tape__origin", "tape__message_count")
    return list(counted.annotate(runs=Count("pk"), last=Max("created_at")).order_by("-last")[:_CHOICES])


def order_counts(run_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many orders each of the runs placed; for runs that the person was found to see."""
    rows = Order.objects.filter(run__in=run_ids).order_by().values_list("run").annotate(count=Count("pk"))
    return dict(rows)


def run_counts(user: User, workflow_id: UUID) -> dict[str, int]:
    """How many runs a strategy had, by mode."""
    rows = StrategyRun.objects.visible_to(user).filter(workflow=workflow_id).order_by()
    return dict(rows.values_list("mode").annotate(count=Count("pk")))


def outcome_names(tokens: Iterable[str]) -> dict[str, Outcome]:
    """What outcomes are called, by their tokens; those of unknown markets are left out."""
    wanted = Q()
    asked = set(tokens)
    for token in asked:
        wanted |= Q(outcomes__contains=[{"token": token}])
    markets = Market.objects.filter(wanted) if asked else ()
    return {
        each["token"]: Outcome(market.question, each["name"], market.is_generated)
        for market in markets
        for each in market.outcomes
        if each["token"] in asked
    }


def others_on_tape(user: User, run: StrategyRun) -> list[Shown]:
    """The strategy's other runs over the same tape, the newest first: what a run can be compared with."""
    rows = runs_seen(user).filter(workflow=run.workflow_id, tape=run.tape_id).exclude(pk=run.pk)
    return shown(rows.order_by("-id")[:_OTHERS])


def tape_named(user: User, text: str) -> Tape | None:
    """The tape whose id an address names, if the person sees it."""
    tape_id = _uuid(text)
    return Tape.objects.visible_to(user).filter(pk=tape_id).first() if tape_id else None


def newest_backtests(
    user: User, workflow_id: UUID, tape: str, versions: tuple[str, str]
) -> tuple[StrategyRun, StrategyRun] | None:
    """The newest backtest of each of two versions on a tape, as an address names them; None unless both."""
    tape_id = _uuid(tape)
    if tape_id is None or not all(each.isdecimal() and len(each) < 9 for each in versions):
        return None
    runs = runs_seen(user).filter(workflow=workflow_id, tape=tape_id, mode=Mode.BACKTEST.value)
    found = [_of_version(runs, workflow_id, int(each)) for each in versions]
    return (found[0], found[1]) if found[0] and found[1] else None


def _of_version(runs: QuerySet[StrategyRun], workflow_id: UUID, number: int) -> StrategyRun | None:
    done = Execution.objects.filter(workflow=workflow_id, version__number=number)
    return runs.filter(execution_id__in=done.exclude(status__in=_ENDED_BADLY).values("pk")).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
