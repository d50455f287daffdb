"""What beat has done for trading, again and again: each task is there, does its work, and may come twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from pytest_django import Settings

from orchestrator.celery import app
from tests.factories import fresh
from tests.trading.live.counterparty import Counterparty
from tests.trading.live.scene import TOKEN, Scene, facts
from trading import tasks
from trading.models import LiveAccount, LiveOrder, Market, Order
from trading.services import killing, refreshing
from trading.services.live import following
from trading.services.live.admitting import admit

pytestmark = pytest.mark.django_db
BEAT = {
    each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values() if each["task"].startswith("trading.")
}


@pytest.mark.parametrize("name", sorted(BEAT))
def test_what_beat_sends_is_a_task_and_does_nothing_where_there_is_nothing(name: str) -> None:
    task = app.tasks[name]
    task()
    task()
    assert task.ignore_result


def test_every_task_without_a_name_of_what_it_is_about_is_sent_by_beat() -> None:
    own = {name for name in app.tasks if name.startswith("trading.")}
    told = {following.TASK, "trading.settle_run", "trading.pay_out_market"}
    assert own - told == BEAT


def test_live_orders_that_are_due_are_hinted_at_and_followed(
    scene: Scene, exchange: Counterparty, sent: list[Any]
) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 4, "CONFIRMED")
    scene.age(seconds=1)
    tasks.sweep_live()
    [hint] = sent
    assert hint == (following.TASK, [str(scene.portfolio.pk)])
    for _ in range(2):
        tasks.follow_live(*hint[1])
    order.refresh_from_db()
    assert facts(order.filled_size, order.fills.count()) == (4, 1)


def test_an_order_that_nobody_sent_is_given_up_by_the_sweep(scene: Scene, exchange: Counterparty) -> None:
    admit(scene.run.pk, "buy", [scene.ask()])
    Order.objects.update(created_at=Order.objects.get().created_at - following._UNSENT_FOR * 2)
    tasks.sweep_live()
    tasks.sweep_live()
    assert (Order.objects.get().reason_code, exchange.posts) == ("not_sent", [])


def test_orders_of_a_live_run_that_is_over_are_cancelled_by_the_sweep(
    scene: Scene, exchange: Counterparty, sent: list[Any]
) -> None:
    [order] = scene.place()
    execution = fresh(scene.run.execution_id)
    type(execution).objects.filter(pk=execution.pk).update(
        status="cancelled", finished_at=execution.created_at, wake_at=None
    )
    for _ in range(2):
        tasks.sweep_live()
        tasks.follow_live(str(scene.portfolio.pk))
    order.refresh_from_db()
    assert (order.status, exchange.orders[order.exchange_id]["status"]) == ("cancelled", "CANCELED")


def test_accounts_are_compared_when_they_are_due(scene: Scene, exchange: Counterparty) -> None:
    exchange.balance = 990_000_000
    tasks.compare_accounts()
    asked = len(exchange.received)
    tasks.compare_accounts()
    assert (len(exchange.received), asked > 0) == (asked, True), "it is not due again so soon"
    assert [each["kind"] for each in LiveAccount.objects.get().differences] == ["cash"]


def test_the_switch_stops_what_trades_only_while_it_is_pulled(scene: Scene, exchange: Counterparty) -> None:
    scene.place()
    tasks.stop_everything()
    assert LiveOrder.objects.get().cancel_asked_at is None
    killing.pull(scene.ann, reason="Stop")
    for _ in range(2):
        tasks.stop_everything()
    assert LiveOrder.objects.get().cancel_asked_at is not None
    assert fresh(scene.run.execution_id).mail.filter(kind="pause").count() == 1


@pytest.mark.parametrize(("feed", "asked"), [(False, []), (True, [[TOKEN], [TOKEN]])])
def test_markets_are_read_anew_where_a_feed_is_wanted(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch, feed: bool, asked: list[Any]
) -> None:
    told: list[Any] = []

    def ask(_: Callable[..., Any]) -> list[Any]:
        told.append(refreshing.followed_tokens())
        return []

    monkeypatch.setattr(refreshing, "_ask", ask)
    settings.MARKET_FEED = feed
    tasks.refresh_markets()
    tasks.refresh_markets()
    assert told == asked
    Market.objects.update(winner=TOKEN)
    tasks.refresh_markets()
    assert told == asked, "a market that is over is not asked about"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is sent by the broker."""
    found: list[Any] = []
    monkeypatch.setattr(app, "send_task", lambda name, args=(), **_: found.append((name, list(args))))
    return found
