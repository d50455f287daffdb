"""Strategies are put to work: a run of the engine, and what trading knows of it, in one transaction."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, Sum

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.executions.models import Execution
from orchestrator.executions.services.starting import start_execution
from orchestrator.workflows.access import find_runnable
from orchestrator.workflows.models import WorkflowVersion
from trading.domain.money import ZERO
from trading.domain.vocabulary import Account, Mode, TapeOrigin, TapeStatus
from trading.models import LiveAccount, Market, Portfolio, Posting, StrategyRun, Tape
from trading.services.killing import refuse_if_pulled
from trading.services.locks import Locked, open_locks
from trading.services.parts import check_range, check_speed
from trading.services.portfolios import STARTING_CASH, create_portfolio, find_portfolio
from trading.services.settling import settle_ended_runs
from trading.services.tapes import find_tape, generate_tape

STREAM: Final = "polymarket-stream"
DEMO_TAPE: Final = "Demo tape (generated)"
DEFAULT_PORTFOLIO: Final = "Paper"
_DEMO_LOCK: Final = 0x7472616465


def start_strategy(
    user: User,
    workflow_id: UUID,
    *,
    mode: Mode = Mode.BACKTEST,
    tape_id: UUID,
    portfolio_id: UUID | None = None,
    cash: Decimal = STARTING_CASH,
    version: int | None = None,
    windows: int | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    speed: float | None = None,
    idempotency_key: str | None = None,
) -> tuple[StrategyRun, bool]:
    """Run a workflow's strategy over a tape; answers with the run, and whether it is new.

    A backtest has a portfolio of its own with ``cash``. On paper it is ``portfolio_id``, or else the
    person's own default one, and the tape may still be recording: the run then follows it until the
    recording ends. ``windows`` ends it after so many; ``from_at`` and ``until_at``, in market time, have a
    backtest decide only about windows that begin between them. ``speed`` is seconds of the market in a second
    of the clock, for a backtest to be watched; None: as fast as it goes. A key gives one run.
    Raises NotFound, NotAllowed, WrongState (also for a portfolio that another run trades with), InvalidInput.
    """
    runnable = find_runnable(user, workflow_id, version)
    _check_graph(runnable.version.pk)
    if mode is Mode.LIVE:
        _check_live(runnable.workflow.pk, runnable.version.pk)
    if windows is not None and windows < 1:
        raise InvalidInput("windows: at least 1.", fields={"windows": ["At least 1."]})
    check_speed(mode, speed)
    for each in _candidates(user, portfolio_id):
        settle_ended_runs(each)
    with transaction.atomic():
        execution, is_new = start_execution(
            user, workflow_id, version=version, idempotency_key=idempotency_key, trigger={"type": "strategy"}
        )
        if not is_new:
            return _known(execution), False
        tape = find_tape(user, tape_id)
        if mode is Mode.BACKTEST and tape.status != TapeStatus.READY:
            raise WrongState("A backtest needs a whole tape, and this one is still being recorded.")
        check_range(mode, tape, from_at, until_at)
        if mode is Mode.LIVE and tape.status != TapeStatus.RECORDING:
            raise WrongState("A live run follows the market: choose a tape that is being recorded.")
        if mode is not Mode.BACKTEST:
            refuse_if_pulled()
        portfolio = _portfolio(user, mode, portfolio_id, cash, name=f"Backtest {execution.pk}")
        run = _insert(
            execution, user, mode, tape, portfolio, windows, from_at=from_at, until_at=until_at, speed=speed
        )
        record_audit(
            user, "strategy.started", runnable.workflow, after={"mode": mode.value, "tape": tape.name}
        )
    return run, True


def run_of_step(execution_id: UUID, started_by_id: UUID | None, reader: dict[str, Any]) -> StrategyRun:
    """The strategy run that an execution belongs to.

    An execution that was started plainly is given one: on paper, for one window, on the newest tape that
    its starter sees and that has what ``reader`` asks for, else on a generated one. Raises WrongState.
    """
    known = StrategyRun.objects.select_related("tape").filter(execution_id=execution_id).first()
    if known is not None:
        return known
    starter = User.objects.get(pk=started_by_id) if started_by_id is not None else None
    for each in _candidates(starter, None) if starter is not None else ():
        settle_ended_runs(each)
    with transaction.atomic():
        execution = (
            Execution.objects.select_for_update(of=("self",))
            .select_related("started_by")
            .get(pk=execution_id)
        )
        known = StrategyRun.objects.select_related("tape").filter(execution_id=execution_id).first()
        if known is not None:
            return known
        user = execution.started_by
        if user is None:
            raise WrongState("Nobody started this run whose portfolio it could trade with.")
        again = StrategyRun.objects.select_related("tape").filter(execution_id=execution.retry_of_id).first()
        if again is not None and again.mode != Mode.LIVE:
            return _retried(execution, user, again)
        tape = _fitting_tape(user, reader)
        portfolio = _default_portfolio(user) or create_portfolio(user, name=f"Paper {execution.pk}")
        return _insert(execution, user, Mode.PAPER, tape, portfolio, windows=1, plain=True)


def busy_with(portfolio: Portfolio) -> StrategyRun | None:
    """The run that trades with a portfolio now, if any."""
    unfinished = Execution.objects.filter(finished_at__isnull=True).values("pk")
    return StrategyRun.objects.filter(portfolio=portfolio, execution_id__in=unfinished).first()


def _retried(execution: Execution, user: User, first: StrategyRun) -> StrategyRun:
    """A retry reads the same tape from its beginning, with money of its own where that is a backtest."""
    mode = Mode(first.mode)
    cash = cash_of(first)
    portfolio = None if mode is Mode.BACKTEST else _default_portfolio(user)
    name = f"{mode.value.title()} {execution.pk}"
    portfolio = portfolio or create_portfolio(
        user, name=name, mode=mode, cash=cash if mode is Mode.BACKTEST else STARTING_CASH
    )
    return _insert(
        execution,
        user,
        mode,
        first.tape,
        portfolio,
        first.windows_wanted,
        from_at=first.from_at,
        until_at=first.until_at,
        speed=first.reader.get("speed"),
    )


def cash_of(run: StrategyRun) -> Decimal:
    """What was put into the run's portfolio: a backtest's starting cash."""
    deposits = Posting.objects.filter(entry__portfolio=run.portfolio_id, account=Account.CAPITAL.value)
    return -(deposits.aggregate(total=Sum("amount"))["total"] or ZERO)


def _insert(
    execution: Execution,
    user: User,
    mode: Mode,
    tape: Tape,
    portfolio: Portfolio,
    windows: int | None,
    *,
    plain: bool = False,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    speed: float | None = None,
) -> StrategyRun:
    reader: dict[str, Any] = {"plain": True} if plain else {}
    if speed is not None:
        reader["speed"] = speed
    return StrategyRun.objects.create(
        execution_id=execution.pk,
        workflow_id=execution.workflow_id,
        started_by=user,
        mode=mode.value,
        tape=tape,
        portfolio=portfolio,
        windows_wanted=windows,
        from_at=from_at,
        until_at=until_at,
        reader=reader,
    )


def _portfolio(user: User, mode: Mode, portfolio_id: UUID | None, cash: Decimal, *, name: str) -> Portfolio:
    if mode is Mode.BACKTEST:
        return create_portfolio(user, name=name, mode=mode, cash=cash)
    if portfolio_id is None and mode is Mode.LIVE:
        message = "Choose the live portfolio that it trades with."
        raise InvalidInput(message, fields={"portfolio": [message]})
    if portfolio_id is None:
        found = _default_portfolio(user)
        if found is None:
            raise WrongState("Your paper portfolio is in use by another run. Choose another one.")
        return found
    found = find_portfolio(user, portfolio_id, lock=True)
    if found.owner_id != user.pk:
        raise NotAllowed("Only the owner of a portfolio trades with it.")
    if found.mode != mode:
        raise WrongState(f"That portfolio is for {found.mode} runs.")
    if mode is Mode.LIVE and not LiveAccount.objects.filter(portfolio=found).exists():
        raise WrongState("This portfolio has no account at the exchange: enter its keys first.")
    if busy_with(found) is not None:
        raise WrongState("Another run trades with this portfolio. End that first, or choose another one.")
    if found.reserved or found.positions.filter(reserved__gt=0).exists():
        raise WrongState("Orders placed by hand stand in this portfolio. Cancel those first.")
    return found


def _default_portfolio(user: User) -> Portfolio | None:
    """The person's own, made on first use; None while another run trades with it."""
    rows = Portfolio.objects.select_for_update().filter(
        owner=user, mode=Mode.PAPER.value, name=DEFAULT_PORTFOLIO
    )
    found = rows.first()
    if found is None:
        User.objects.select_for_update().get(pk=user.pk)  # two first uses at once come one after the other
        found = rows.first() or create_portfolio(user, name=DEFAULT_PORTFOLIO)
    return None if found.reserved or busy_with(found) is not None else found


def _candidates(user: User, portfolio_id: UUID | None) -> list[UUID]:
    """The portfolio that a run on paper will trade with, if there is one."""
    rows = Portfolio.objects.filter(owner=user, mode=Mode.PAPER.value)
    chosen = rows.filter(name=DEFAULT_PORTFOLIO) if portfolio_id is None else rows.filter(pk=portfolio_id)
    return list(chosen.values_list("pk", flat=True))


def _known(execution: Execution) -> StrategyRun:
    run = StrategyRun.objects.select_related("tape").filter(execution_id=execution.pk).first()
    if run is None:
        raise WrongState("This idempotency key started a plain run of the workflow.")
    return run


def _check_live(workflow_id: UUID, version_id: UUID) -> None:
    """Raises WrongState where a lock is shut; each order is held against all of them again."""
    checksum = WorkflowVersion.objects.values_list("checksum", flat=True).get(pk=version_id)
    try:
        open_locks(workflow_id, checksum)
    except Locked as locked:
        raise WrongState(locked.sentence) from locked


def _check_graph(version_id: UUID) -> None:
    nodes = WorkflowVersion.objects.values_list("nodes", flat=True).get(pk=version_id)
    streams = [node for node in nodes if node.get("type") == STREAM]
    if len(streams) != 1:
        found = "none" if not streams else f"{len(streams)}"
        raise WrongState(f"A strategy has one stream of markets; this workflow has {found}.")


def _fitting_tape(user: User, reader: dict[str, Any]) -> Tape:
    rows = Tape.objects.visible_to(user).exclude(status=TapeStatus.FAILED.value).filter(message_count__gt=0)
    wanted = reader.get("categories"), reader.get("tokens"), reader.get("markets")
    for tape in rows.order_by("-id")[:50]:
        if not any(wanted) or selected_tokens(tape, reader):
            return tape
    if not reader.get("tokens") and not reader.get("markets"):
        return demo_tape()
    raise WrongState("None of the tapes that you see holds what this stream asks for. Record or import one.")


def selected_tokens(tape: Tape, reader: dict[str, Any]) -> set[str]:
    """The tokens of a tape that a stream asks for; all of them where it names nothing."""
    categories = {each.casefold() for each in reader.get("categories") or ()}
    tokens, markets = set(reader.get("tokens") or ()), set(reader.get("markets") or ())
    if not (categories or tokens or markets):
        return set(tape.tokens)
    found = tokens & set(tape.tokens)
    if categories or markets:
        wanted = Q()
        for token in tape.tokens:
            wanted |= Q(outcomes__contains=[{"token": token}])
        for market in Market.objects.filter(wanted) if tape.tokens else ():
            if market.condition_id in markets or market.category.casefold() in categories:
                found |= {each["token"] for each in market.outcomes} & set(tape.tokens)
    return found


def demo_tape() -> Tape:
    """A generated tape for everybody, made when it is first needed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_DEMO_LOCK])
        found = Tape.objects.filter(
            owner__isnull=True, origin=TapeOrigin.GENERATED.value, name=DEMO_TAPE
        ).first()
        return found or generate_tape(None, name=DEMO_TAPE, seed=7, messages=60_000)
