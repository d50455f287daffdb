"""Runs of strategies as the API shows and takes them. Money, prices and sizes are decimal strings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from orchestrator.core.clock import utc_now
from trading.domain.vocabulary import Mode
from trading.models import Alert
from trading.queries.alerts import LEVELS
from trading.queries.pace import Keeping
from trading.queries.runs import figures_of
from trading.queries.strategies import Shown, curve_of
from trading.services.parts import FASTEST, SLOWEST
from trading.services.portfolios import STARTING_CASH

MODES: Final = [each.value for each in Mode]
_MONEY: Final[dict[str, Any]] = {"max_digits": 24, "decimal_places": 6}

BACKTEST: Final = OpenApiExample(
    "Version 2 over a tape",
    value={
        "workflow": "0199f7a2-8f0e-7c31-9c3e-6d0f6f1f2a10",
        "tape": "0199f7a2-90aa-7d11-b1c5-2f9d6d2b7e01",
        "version": 2,
        "cash": "10000",
    },
    request_only=True,
)
ON_PAPER: Final = OpenApiExample(
    "On paper, on a tape that is still recording",
    value={
        "workflow": "0199f7a2-8f0e-7c31-9c3e-6d0f6f1f2a10",
        "tape": "0199f7a2-90aa-7d11-b1c5-2f9d6d2b7e01",
        "mode": "paper",
    },
    request_only=True,
)


class StartSerializer(serializers.Serializer[Any]):
    workflow = serializers.UUIDField()
    tape = serializers.UUIDField()
    mode = serializers.ChoiceField(choices=["backtest", "paper"], default="backtest")
    version = serializers.IntegerField(required=False, min_value=1, help_text="Default: the current one")
    cash = serializers.DecimalField(
        **_MONEY, default=STARTING_CASH, min_value=Decimal(1), help_text="Of a backtest: what it begins with"
    )
    portfolio = serializers.UUIDField(required=False, help_text="On paper: whose money; default: your own")
    windows = serializers.IntegerField(required=False, min_value=1, help_text="Ends it after so many")
    from_at = serializers.DateTimeField(
        required=False, help_text="Of a backtest: market time; windows that begin earlier are only heard"
    )
    until_at = serializers.DateTimeField(
        required=False, help_text="Of a backtest: market time; no message from then on is read"
    )
    speed = serializers.FloatField(
        required=False,
        min_value=SLOWEST,
        max_value=FASTEST,
        help_text="Of a backtest: seconds of the market in one of the clock; default: as fast as it goes",
    )


class FiguresSerializer(serializers.Serializer[Any]):
    """What is not known yet, or not defined, is null."""

    profit = serializers.DecimalField(**_MONEY, allow_null=True)
    begin = serializers.DecimalField(**_MONEY, allow_null=True)
    equity = serializers.DecimalField(**_MONEY, allow_null=True)
    cash = serializers.DecimalField(**_MONEY, allow_null=True)
    realised = serializers.DecimalField(**_MONEY, allow_null=True)
    unrealised = serializers.DecimalField(**_MONEY, allow_null=True)
    fees = serializers.DecimalField(**_MONEY, allow_null=True)
    fills = serializers.IntegerField()
    positions = serializers.IntegerField()
    open_orders = serializers.IntegerField()
    total_return = serializers.DecimalField(None, None, allow_null=True)
    hit_rate = serializers.DecimalField(None, None, allow_null=True, help_text="Of round trips")
    round_trips = serializers.IntegerField(allow_null=True)
    profit_factor = serializers.DecimalField(None, None, allow_null=True)
    drawdown = serializers.DecimalField(**_MONEY, allow_null=True, help_text="The largest, in USDC")
    drawdown_share = serializers.DecimalField(None, None, allow_null=True, help_text="Of the peak")
    longest_drawdown_ms = serializers.IntegerField(allow_null=True)
    turnover = serializers.DecimalField(None, None, allow_null=True)
    exposure = serializers.DecimalField(None, None, allow_null=True, help_text="Share of the time invested")
    sharpe = serializers.FloatField(
        allow_null=True, help_text="A year, by periods of `sharpe_period_ms`; the riskless rate is nothing"
    )
    sharpe_period_ms = serializers.IntegerField(allow_null=True)


class RunSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="run.pk")
    workflow = serializers.UUIDField(source="run.workflow_id")
    workflow_name = serializers.CharField(source="run.workflow.name")
    version = serializers.IntegerField(allow_null=True)
    mode = serializers.ChoiceField(choices=MODES, source="run.mode")
    status = serializers.CharField(help_text="Of its execution; empty once that was cleaned up")
    error = serializers.JSONField(allow_null=True)
    execution = serializers.UUIDField(source="run.execution_id")
    tape = serializers.UUIDField(source="run.tape_id")
    tape_name = serializers.CharField(source="run.tape.name")
    tape_is_generated = serializers.SerializerMethodField()
    portfolio = serializers.UUIDField(source="run.portfolio_id")
    windows = serializers.IntegerField(source="run.window")
    windows_wanted = serializers.IntegerField(source="run.windows_wanted", allow_null=True)
    from_at = serializers.DateTimeField(source="run.from_at", allow_null=True)
    until_at = serializers.DateTimeField(source="run.until_at", allow_null=True)
    messages_read = serializers.IntegerField(source="run.position")
    message_rate = serializers.FloatField(source="run.message_rate", allow_null=True)
    lag_messages = serializers.IntegerField(source="run.lag_messages")
    last_tick_at = serializers.DateTimeField(source="run.last_tick_at", allow_null=True)
    is_behind = serializers.SerializerMethodField(help_text="Follows a market and does not keep up with it")
    figures = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="run.created_at")

    def get_tape_is_generated(self, shown: Shown) -> bool:
        return shown.run.tape.origin == "generated"

    def get_is_behind(self, shown: Shown) -> bool:
        return Keeping(shown.run, shown, utc_now()).is_behind

    def get_figures(self, shown: Shown) -> FiguresSerializer:
        figures: Any = FiguresSerializer(figures_of(shown.run)).data
        return figures  # type: ignore[no-any-return]


class PointSerializer(serializers.Serializer[Any]):
    at = serializers.IntegerField(help_text="Market time in milliseconds since 1970 UTC")
    equity = serializers.DecimalField(**_MONEY)


class CurveSerializer(serializers.Serializer[Any]):
    results = PointSerializer(many=True)


class TradeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    client_order_id = serializers.CharField(source="order.client_order_id")
    node = serializers.CharField(source="order.node_id")
    window = serializers.IntegerField(source="order.window", allow_null=True)
    token = serializers.CharField(source="order.token")
    market = serializers.CharField(source="order.market")
    side = serializers.ChoiceField(choices=["buy", "sell"], source="order.side")
    price = serializers.DecimalField(max_digits=8, decimal_places=6)
    size = serializers.DecimalField(**_MONEY)
    fee = serializers.DecimalField(**_MONEY)
    is_maker = serializers.BooleanField()
    filled_at = serializers.DateTimeField()


class DifferenceSerializer(serializers.Serializer[Any]):
    node = serializers.CharField(source="node_id")
    node_type = serializers.CharField()
    only_in = serializers.IntegerField(allow_null=True, help_text="1 or 2: only that run has the node")
    first_window = serializers.IntegerField(
        source="window", allow_null=True, help_text="In which its outputs differ; null: in none"
    )
    output_before = serializers.JSONField(source="first", allow_null=True)
    output_after = serializers.JSONField(source="second", allow_null=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    before = RunSerializer()
    after = RunSerializer()
    nodes = DifferenceSerializer(many=True)


class AlertSerializer(serializers.ModelSerializer[Alert]):
    level = serializers.ChoiceField(choices=LEVELS)
    run = serializers.UUIDField(source="run_id")
    workflow = serializers.UUIDField(source="run.workflow_id")
    workflow_name = serializers.CharField(source="run.workflow.name")
    mode = serializers.ChoiceField(choices=MODES, source="run.mode")
    is_unread = serializers.BooleanField(help_text="News to you; never of backtests")

    class Meta:
        model = Alert
        fields = (
            "id",
            "level",
            "text",
            "run",
            "workflow",
            "workflow_name",
            "mode",
            "happened_at",
            "is_unread",
        )


def told_curve(shown: Shown) -> dict[str, Any]:
    points = [{"at": each.at, "equity": each.equity} for each in curve_of(shown.run)]
    return dict(CurveSerializer({"results": points}).data)
