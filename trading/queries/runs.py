"""Reading one run of a strategy: its orders and fills, what went wrong, and what it told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, DecimalField, ExpressionWrapper, F, QuerySet

from orchestrator.executions.models import StepRun, StepStatus
from trading.models import Alert, Fill, Order, StrategyRun

_ERRORS: Final = 20


@dataclass(frozen=True, slots=True)
class Refusals:
    """Orders that were refused for one reason; ``reason`` is that of the last of them."""

    code: str
    reason: str
    count: int


def fills_of(run: StrategyRun) -> QuerySet[Fill]:
    """With their orders and what they came to; of a run that the person was found to see."""
    amount = ExpressionWrapper(F("price") * F("size"), DecimalField(max_digits=30, decimal_places=6))
    return Fill.objects.filter(order__run=run).select_related("order").annotate(amount=amount)


def orders_of(run: StrategyRun) -> QuerySet[Order]:
    return Order.objects.filter(run=run)


def refusals_of(run: StrategyRun) -> list[Refusals]:
    """The most frequent first."""
    rows = orders_of(run).filter(status="rejected").order_by().values("reason_code")
    counted = list(rows.annotate(count=Count("pk")).order_by("-count", "reason_code")[:_ERRORS])
    if not counted:
        return []
    last = orders_of(run).filter(status="rejected").order_by("reason_code", "-id").distinct("reason_code")
    reasons = dict(last.values_list("reason_code", "reason"))
    return [Refusals(row["reason_code"], reasons[row["reason_code"]], row["count"]) for row in counted]


def errors_of(run: StrategyRun) -> list[StepRun]:
    """Steps that failed, the latest first."""
    failed = StepRun.objects.filter(execution=run.execution_id, status=StepStatus.ERROR)
    return list(failed.defer("input", "output").order_by("-seq")[:_ERRORS])


def alerts_of(run: StrategyRun) -> QuerySet[Alert]:
    return Alert.objects.filter(run=run).order_by("-id")


def figures_of(run: StrategyRun) -> dict[str, Any]:
    """The statistics as numbers: what is money or a share as a decimal."""
    found: Mapping[str, Any] = run.statistics
    now = found.get("now", {})
    fall = found.get("drawdown") or {}
    return {
        "profit": _number(now.get("profit")),
        "equity": _number(now.get("equity")),
        "begin": _number(now.get("begin")),
        "cash": _number(now.get("cash")),
        "realised": _number(now.get("realised")),
        "unrealised": _number(now.get("unrealised")),
        "fees": _number(now.get("fees")),
        "fills": max(found.get("fills") or 0, now.get("fills") or 0),
        "positions": now.get("positions", 0),
        "open_orders": now.get("open_orders", 0),
        "total_return": _number(found.get("total_return")),
        "hit_rate": _number(found.get("hit_rate")),
        "round_trips": found.get("round_trips"),
        "profit_factor": _number(found.get("profit_factor")),
        "drawdown": _number(fall.get("amount") or now.get("drawdown")),
        "drawdown_share": _number(fall.get("share")),
        "longest_drawdown_ms": found.get("longest_drawdown_ms"),
        "turnover": _number(found.get("turnover")),
        "exposure": _number(found.get("exposure")),
        "sharpe": found.get("sharpe"),
        "sharpe_period_ms": found.get("sharpe_period_ms"),
    }


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
