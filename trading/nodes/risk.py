"""``risk``: lets each row's order through, makes it smaller, or refuses it, by limits on the portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from pydantic import Field

from orchestrator.core.json import Json
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.expressions import EvaluationError
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, StepError, Succeeded
from trading.domain.money import ZERO, tokens_down
from trading.domain.risk import Decision, Limits
from trading.domain.risk import Outcome as Verdict
from trading.domain.vocabulary import Side
from trading.nodes.rows import CATEGORY, Row, counted, exact_of, rows_for, window_of
from trading.nodes.threads import in_thread
from trading.services.assessing import Wanted, assess

_Amount = Decimal | None
_PER_ROW = frozenset({"size", "amount", "price"})
_LIMITS = (
    "max_position", "max_order_notional", "max_open_notional", "max_market_exposure", "max_exposure",
    "max_daily_loss", "max_orders", "min_price", "max_price", "max_slippage_bps",
)  # fmt: skip


class RiskConfig(NodeConfig):
    side: Literal["buy", "sell"] = Field(default="buy", description="What the rows are for")
    size: Any = Field(default=None, description="Tokens of each order; may be an expression over item")
    amount: Any = Field(default=None, description="Instead: USDC of each order")
    price: Any = Field(default=None, description="The price expected; without, the best of the other side")
    max_position: _Amount = Field(default=None, ge=0, description="Tokens of one outcome")
    max_order_notional: _Amount = Field(default=None, ge=0, description="USDC of one order")
    max_open_notional: _Amount = Field(default=None, ge=0, description="USDC that open orders may still cost")
    max_market_exposure: _Amount = Field(default=None, ge=0, description="USDC in one market")
    max_exposure: _Amount = Field(default=None, ge=0, description="USDC in all markets")
    max_daily_loss: _Amount = Field(
        default=None, ge=0, description="USDC lost in a day, after which nothing is bought"
    )
    max_orders: int | None = Field(default=None, ge=0, description="Orders in one window")
    min_price: _Amount = Field(default=None, ge=0, le=1, description="No order below this price")
    max_price: _Amount = Field(default=None, ge=0, le=1, description="No order above this price")
    max_slippage_bps: _Amount = Field(default=None, ge=0, description="Hundredths of a percent from the mid")
    reduce: bool = Field(default=True, description="Make orders smaller where that keeps a limit")
    on_breach: Literal["skip", "fail"] = Field(
        default="skip", description="What a refused row does: it is left out, or fails the step"
    )
    items: Any = Field(default=None, description="Rows; without, those of the node before")

    def limits(self) -> Limits:
        return Limits.parse({name: getattr(self, name) for name in _LIMITS} | {"reduce": self.reduce})


async def hold(step: StepContext) -> Outcome:
    """Output: ``{window, items: [rows], count, passed, reduced, refused}``.

    Each row has ``risk`` (``passed``, ``reduced``, ``refused``), the ``size`` that may be ordered, which
    ``paper-order`` keeps to, and ``risk_reasons``.
    """
    config: RiskConfig = step.config
    rows = rows_for(step, config.items)
    wanted = [_wanted(step, config, row) for row in rows]
    asked = [each for each in wanted if isinstance(each, Wanted)]
    found = await in_thread(partial(assess, step.execution_id, asked, config.limits())) if asked else []
    decisions = iter(found)
    items = [
        _held(row, next(decisions) if isinstance(each, Wanted) else each)
        for row, each in zip(rows, wanted, strict=True)
    ]
    counts: dict[str, Json] = {
        verdict.value: sum(item["risk"] == verdict.value for item in items) for verdict in Verdict
    }
    if config.on_breach == "fail" and counts[Verdict.REFUSED.value]:
        first = next(item for item in items if item["risk"] == Verdict.REFUSED.value)
        raise StepError(
            "limit_breached", f"{first.get('token')}: {'; '.join(first['risk_reasons'])}", retryable=False
        )
    return Succeeded(counted(items, window=window_of(step), **counts))


def _wanted(step: StepContext, config: RiskConfig, row: Row) -> Wanted | str:
    """What the row would order, or why that cannot be said."""
    side = Side(config.side)
    best = {"=": "item.ask" if side is Side.BUY else "item.bid"}
    try:
        price = exact_of(step, best if config.price is None else config.price, row)
        size, amount = exact_of(step, config.size, row), exact_of(step, config.amount, row)
    except (ValueError, EvaluationError) as error:
        return f"{error}"
    if price is None or price <= ZERO:
        return "There is no price to reckon with."
    if (size is None) == (amount is None):
        return "Give a size in tokens or an amount in USDC, one of the two."
    size = tokens_down(amount / price) if size is None and amount is not None else size
    if size is None or size <= ZERO:
        return "The size has to be above zero."
    return Wanted(token=str(row.get("token", "")), side=side, size=size, price=price)


def _held(row: Row, decision: Decision | str) -> dict[str, Any]:
    if isinstance(decision, str):
        return {**row, "risk": Verdict.REFUSED.value, "size": 0, "breached": [], "risk_reasons": [decision]}
    return {
        **row,
        "risk": decision.outcome.value,
        "size": float(decision.size),
        "exact": {**(row.get("exact") or {}), "size": format(decision.size, "f")},
        "breached": [each.limit.value for each in decision.breaches],
        "risk_reasons": [each.sentence for each in decision.breaches],
    }


def _expressions(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in sorted(_PER_ROW):
        value = config.get(name)
        if isinstance(value, Mapping) and isinstance(value.get("="), str):
            yield name, value["="]


RISK = NodeType(
    name="risk",
    title="Risk",
    description="Holds each row's order against limits: position, notional, exposure, loss of the day.",
    category=CATEGORY,
    icon="shield",
    config=RiskConfig,
    effect=Effect.IDEMPOTENT,
    serial=True,
    run=hold,
    raw_fields=_PER_ROW,
    expressions=_expressions,
    expression_names=frozenset({"item"}),
)
