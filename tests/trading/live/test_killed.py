"""A sender that dies anywhere: no order is sent twice, no fill is lost, the books balance.

What a killed process leaves behind is what it had committed, and what the exchange had taken.
"""

from __future__ import annotations

import pytest

from tests.factories import fresh
from tests.trading.live.counterparty import Counterparty
from tests.trading.live.scene import Scene, facts
from trading.models import LiveOrder, Order
from trading.polymarket.trading import Trading
from trading.services.live import admitting, following, sending
from trading.services.live.stopping import cancel_of_ended_runs
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Not caught by anything."""


def die(*given: object, **named: object) -> object:
    raise Killed


def after(real: object) -> object:
    """Dies when it is done."""

    def wrapped(*given: object, **named: object) -> object:
        real(*given, **named)  # type: ignore[operator]
        raise Killed

    return wrapped


POINTS = {
    "before anything is stored": (sending, "admit", die),
    "when the order is stored": (sending, "admit", after(admitting.admit)),
    "before it is said to be sent": (sending, "begin", die),
    "when it is said to be sent": (sending, "begin", after(sending.begin)),
    "when the exchange has it": (Trading, "post", after(Trading.post)),
    "before the answer is kept": (sending, "keep_answer", die),
    "when the answer is kept": (sending, "keep_answer", after(sending.keep_answer)),
    "before it is looked at": (sending, "look_at", die),
    "when the exchange was asked": (following, "keep", die),
    "when the fill is booked": (following, "keep", after(following.keep)),
}


@pytest.mark.parametrize("point", POINTS)
def test_whenever_the_sender_dies_there_is_one_order_with_its_fills(
    scene: Scene, exchange: Counterparty, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    exchange.fills += 4
    request = scene.ask()
    with monkeypatch.context() as patch:
        place, name, act = POINTS[point]
        patch.setattr(place, name, act)
        with pytest.raises(Killed):
            scene.place(request)
    scene.place(request)
    scene.look()
    if point == "when it is said to be sent":  # it was not, which nobody can know
        scene.age(seconds=121)
        scene.look()
        assert facts(exchange.posts, Order.objects.get().reason_code) == ([], "not_arrived")
    else:
        order = Order.objects.get()
        assert facts(len(exchange.posts), len(exchange.orders)) == (1, 1)
        assert facts(order.status, order.filled_size, order.fills.count()) == ("partially_filled", 4, 1)
    assert verify_portfolio(scene.portfolio) == []


def test_an_order_whose_step_never_came_back_is_refused_in_the_end(
    scene: Scene, exchange: Counterparty, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sending, "begin", die)
        with pytest.raises(Killed):
            scene.place()
    assert following.give_up_unsent() == 0, "somebody may still send it"
    Order.objects.update(created_at=Order.objects.get().created_at - following._UNSENT_FOR * 2)
    assert following.give_up_unsent() == 1
    order = Order.objects.get()
    assert facts(order.status, order.reason_code, exchange.posts) == ("rejected", "not_sent", [])
    scene.portfolio.refresh_from_db()
    assert scene.portfolio.reserved == 0


def test_what_a_run_that_is_over_left_open_is_cancelled_at_the_exchange(
    scene: Scene, exchange: Counterparty
) -> None:
    [order] = scene.place()
    assert cancel_of_ended_runs() == 0
    execution = fresh(scene.run.execution_id)
    type(execution).objects.filter(pk=execution.pk).update(
        status="cancelled", finished_at=execution.created_at, wake_at=None
    )
    assert cancel_of_ended_runs() == 1
    assert LiveOrder.objects.get().cancel_asked_at is not None
    scene.look()
    order.refresh_from_db()
    assert order.status == "cancelled"
