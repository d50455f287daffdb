"""Strategies at work: their runs, their orders and fills, and what they tell people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from orchestrator.workflows.models import Workflow
from trading.domain.vocabulary import Mode, OrderStatus, OrderType, Side, TimeInForce
from trading.models.portfolios import Portfolio
from trading.models.tapes import Tape

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class StrategyRunQuerySet(models.QuerySet["StrategyRun"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Runs of workflows that the person may see."""
        if isinstance(user, User) and user.is_admin:
            return self
        return self.filter(workflow__in=Workflow.objects.visible_to(user))


class StrategyRun(models.Model):
    """What trading knows of a run of the engine, whose status is the run's, and which it outlives.

    ``position`` counts the messages of the tape that are booked, ``window`` the windows. ``reader`` is what
    the stream node asked for, ``replay`` what it and the broker know at that place, as their domain stores
    it. ``statistics`` and ``curve`` (``[at in ms, equity as text]``) are filled as the run goes on.

    ``from_at`` and ``until_at`` narrow what is read, in market time: what came before the former is heard,
    so that books and look-back are right, and decided about by nobody.

    ``revision`` is another one after every change, so that a process knows whether what it keeps in memory
    of the run is what is stored. ``served`` is what the stream node gave last, at ``served_key``: a step that
    is done again after a crash is given the same.
    """

    id = IdField()
    execution_id = models.UUIDField(unique=True)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="strategy_runs")
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="strategy_runs")
    mode = models.CharField(max_length=10)
    tape = models.ForeignKey(Tape, on_delete=models.PROTECT, related_name="strategy_runs")
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="strategy_runs")
    position = models.PositiveBigIntegerField(default=0)
    window = models.PositiveIntegerField(default=0)
    windows_wanted = models.PositiveIntegerField(null=True, blank=True)
    from_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(null=True, blank=True)
    reader = JsonField(default=dict)
    replay = JsonField(null=True, blank=True)
    revision = models.UUIDField(null=True, blank=True)
    served_key = models.CharField(max_length=700, blank=True)
    served = JsonField(null=True, blank=True)
    last_tick_at = models.DateTimeField(null=True, blank=True)
    message_rate = models.FloatField(null=True, blank=True)
    lag_messages = models.PositiveBigIntegerField(default=0)
    statistics = JsonField(default=dict)
    curve = JsonField(default=list)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    objects = StrategyRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workflow", "-id"], name="strategy_run_by_workflow"),
            models.Index(fields=["portfolio", "-id"], name="strategy_run_by_portfolio"),
        ]
        constraints = [
            models.CheckConstraint(
                name="strategy_run_mode_known", condition=Q(mode__in=[each.value for each in Mode])
            ),
            models.CheckConstraint(
                name="strategy_run_reads_forward",
                condition=Q(from_at__isnull=True) | Q(until_at__isnull=True) | Q(from_at__lt=F("until_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} run {self.execution_id}"


class Order(models.Model):
    """``client_order_id`` is stored before the broker hears of the order. ``size`` is in tokens, or, of a
    market order to buy, ``amount`` is in USDC. ``reason`` says in a sentence why it was refused or ended,
    ``reason_code`` in a word.
    """

    id = IdField()
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="orders")
    run = models.ForeignKey(
        StrategyRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )
    client_order_id = models.CharField(max_length=200, unique=True)
    exchange_id = models.CharField(max_length=200, blank=True)
    node_id = models.CharField(max_length=100, blank=True)
    window = models.PositiveIntegerField(null=True, blank=True)
    token = models.CharField(max_length=100)
    market = models.CharField(max_length=100)
    side = models.CharField(max_length=4)
    type = models.CharField(max_length=6)
    time_in_force = models.CharField(max_length=3, default=TimeInForce.GTC.value)
    expires_at = models.DateTimeField(null=True, blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    size = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    amount = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    filled_size = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    filled_amount = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    status = models.CharField(max_length=16, default=OrderStatus.PENDING.value)
    reason = models.TextField(blank=True)
    reason_code = models.CharField(max_length=30, blank=True)
    placed_at = models.DateTimeField()
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["portfolio", "-id"], name="order_newest"),
            models.Index(fields=["run", "-id"], name="order_by_run"),
            models.Index(
                fields=["portfolio", "token"],
                name="order_open",
                condition=Q(status__in=["pending", "open", "partially_filled", "unknown"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="order_status_known", condition=Q(status__in=[each.value for each in OrderStatus])
            ),
            models.CheckConstraint(
                name="order_side_known", condition=Q(side__in=[each.value for each in Side])
            ),
            models.CheckConstraint(
                name="order_says_how_much",
                condition=Q(size__gt=0, amount__isnull=True) | Q(size__isnull=True, amount__gt=0),
            ),
            models.CheckConstraint(
                name="order_with_a_limit_has_a_price",
                condition=~Q(type=OrderType.LIMIT.value) | Q(price__gt=0, price__lt=1),
            ),
            models.CheckConstraint(
                name="order_is_not_overfilled",
                condition=Q(size__isnull=True) | Q(filled_size__lte=F("size")),
            ),
        ]

    def __str__(self) -> str:
        return self.client_order_id


class Fill(models.Model):
    """A part of an order that was done. ``reference`` is the trade's, so that none is booked twice.

    Not ``is_final``: the exchange may take it back. ``failed_at``: it did, and a counter-entry is booked.
    """

    id = IdField()
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="fills")
    reference = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=8, decimal_places=6)
    size = models.DecimalField(max_digits=24, decimal_places=6)
    fee = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    is_maker = models.BooleanField(default=False)
    is_final = models.BooleanField(default=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    filled_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "reference"], name="fill_once"),
            models.CheckConstraint(name="fill_is_some", condition=Q(size__gt=0, price__gte=0, fee__gte=0)),
            models.CheckConstraint(
                name="fill_failed_for_good", condition=Q(failed_at__isnull=True) | Q(is_final=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.size} at {self.price}"
