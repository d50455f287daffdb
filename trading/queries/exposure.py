"""What a portfolio has at risk by market, what resolved markets paid, and what of its limits is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from orchestrator.executions.models import Execution
from trading.domain.money import ZERO
from trading.domain.risk import Limit, Limits
from trading.domain.vocabulary import Account, EntryKind, Mode, Side
from trading.models import LedgerEntry, LiveApproval, Market, Order, Portfolio, StrategyRun
from trading.queries.market_pages import Outcome, questions_of
from trading.queries.portfolio_pages import Held, Sums
from trading.queries.stakes import at_stake

RISK: Final = "risk"
"""The type of the nodes that hold limits."""
_MOST_PAYOUTS: Final = 20


@dataclass(slots=True)
class Exposure:
    """In USDC: ``cost`` of the tokens held, and what purchases that stand may still cost, without fees.

    ``share`` is of all exposure; ``at_best`` what the tokens pay if the outcome held most of wins.
    """

    market: Market | None
    name: str
    cost: Decimal = ZERO
    open: Decimal = ZERO
    at_best: Decimal = ZERO
    share: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return self.cost + self.open


@dataclass(frozen=True, slots=True)
class Payout:
    market: Market | None
    outcome: Outcome | None
    token: str
    size: Decimal
    paid: Decimal
    profit: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class LimitUse:
    """``used`` None: it is looked at for each order by itself."""

    whose: str
    title: str
    limit: Decimal
    used: Decimal | None
    unit: str = "USDC"

    @property
    def share(self) -> Decimal | None:
        if self.used is None:
            return None
        return self.used / self.limit if self.limit else Decimal(1)

    @property
    def is_reached(self) -> bool:
        return self.used is not None and self.used >= self.limit


def exposure_of(held: Sequence[Held], standing: Sequence[Order]) -> list[Exposure]:
    """The largest first."""
    found: dict[str, Exposure] = {}
    known = questions_of({each.token for each in standing})
    for row in held:
        at = found.setdefault(row.position.market, Exposure(row.market, row.position.market))
        at.cost += row.position.cost
        at.at_best = max(at.at_best, row.position.size)
    for order in standing:
        if order.side == Side.BUY:
            market = known.get(order.token, (None, None))[0]
            at = found.setdefault(order.market, Exposure(market, order.market))
            at.open += _still(order)
    rows = sorted((each for each in found.values() if each.total), key=lambda each: -each.total)
    total = sum((each.total for each in rows), ZERO)
    for each in rows:
        each.share = each.total / total
    return rows


def payouts_of(portfolio: Portfolio) -> list[Payout]:
    """The latest, the newest first."""
    rows = LedgerEntry.objects.filter(portfolio=portfolio, kind=EntryKind.PAYOUT.value)
    entries = list(rows.prefetch_related("postings")[:_MOST_PAYOUTS])
    told = [(entry, {each.account: each for each in entry.postings.all()}) for entry in entries]
    known = questions_of({by[Account.POSITION].token for _, by in told if Account.POSITION in by})
    return [_payout(entry, by, known) for entry, by in told if Account.POSITION in by]


def limits_of(
    portfolio: Portfolio, sums: Sums, exposure: Sequence[Exposure], held: Sequence[Held]
) -> list[LimitUse]:
    """Those of the strategies that trade with it now, and what an admin lets a live one have at stake."""
    unfinished = Execution.objects.filter(finished_at__isnull=True).values("pk")
    runs = StrategyRun.objects.filter(portfolio=portfolio, execution_id__in=unfinished)
    found: list[LimitUse] = []
    for run in runs.select_related("workflow").defer("reader", "replay", "served", "curve")[:10]:
        version = Execution.objects.select_related("version").get(pk=run.execution_id).version
        loss = _loss_today(run, sums)
        for node in version.nodes:
            if node.get("type") == RISK:
                found += _of_node(run.workflow.name, node, sums, exposure, held, loss)
        if run.mode == Mode.LIVE:
            approval = LiveApproval.objects.filter(workflow=run.workflow_id, revoked_at__isnull=True).first()
            if approval is not None:
                used = at_stake(run.workflow_id)
                found.append(
                    LimitUse(run.workflow.name, "At stake live, as approved", approval.most_notional, used)
                )
    return found


def _of_node(
    whose: str,
    node: dict[str, Any],
    sums: Sums,
    exposure: Sequence[Exposure],
    held: Sequence[Held],
    loss: Decimal,
) -> list[LimitUse]:
    """Of one node of limits; what it reads from an expression is not known here."""
    config = (node.get("data") or {}).get("config") or {}
    given = {name: value for name, value in config.items() if name in list(Limit) and _is_plain(value)}
    try:
        limits = Limits.parse(given)
    except ValueError:
        return []
    used: dict[Limit, tuple[str, Decimal | None, str]] = {
        Limit.MAX_EXPOSURE: ("In all markets", sum((each.total for each in exposure), ZERO), "USDC"),
        Limit.MAX_MARKET_EXPOSURE: (
            "In one market", max((each.total for each in exposure), default=ZERO), "USDC",
        ),
        Limit.MAX_OPEN_NOTIONAL: ("Open orders", sums.reserved, "USDC"),
        Limit.MAX_POSITION: (
            "Of one outcome", max((each.position.size for each in held), default=ZERO), "tokens",
        ),
        Limit.MAX_DAILY_LOSS: ("Lost today", loss, "USDC"),
        Limit.MAX_ORDER_NOTIONAL: ("Each order", None, "USDC"),
    }  # fmt: skip
    rows = []
    for limit, (title, value, unit) in used.items():
        most = getattr(limits, limit.value)
        if most is not None:
            rows.append(LimitUse(whose, title, most, value, unit))
    return rows


def _loss_today(run: StrategyRun, sums: Sums) -> Decimal:
    day = run.statistics.get("day")
    return max(ZERO, Decimal(day[1]) - sums.equity) if day else ZERO


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _still(order: Order) -> Decimal:
    if order.size is not None:
        return (order.price or ZERO) * (order.size - order.filled_size)
    return max(ZERO, (order.amount or ZERO) - order.filled_amount)


def _payout(entry: LedgerEntry, by: dict[str, Any], known: dict[str, tuple[Market, Outcome]]) -> Payout:
    position = by[Account.POSITION]
    market, outcome = known.get(position.token, (None, None))
    paid = by[Account.CASH].amount if Account.CASH in by else ZERO
    profit = -by[Account.PNL].amount if Account.PNL in by else ZERO
    return Payout(market, outcome, position.token, -position.size, paid, profit, entry.booked_at)
