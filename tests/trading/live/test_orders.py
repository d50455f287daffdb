"""Live orders from the step to the books: sent once, followed until final, never guessed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.stand_in import Answer
from tests.trading.live.counterparty import Counterparty, Fault, dropped, refuses, says
from tests.trading.live.scene import Scene, facts, market_order
from trading.domain.vocabulary import Side
from trading.models import Fill, LedgerEntry, LiveOrder, Order, Portfolio
from trading.services.live.stopping import cancel_order
from trading.services.portfolios import deposit, withdraw
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db


def money(scene: Scene) -> Portfolio:
    assert verify_portfolio(scene.portfolio) == []
    return Portfolio.objects.get(pk=scene.portfolio.pk)


def test_an_order_is_sent_as_the_exchange_has_it_and_is_open(scene: Scene, exchange: Counterparty) -> None:
    [order] = scene.place()
    assert facts(order.status, order.exchange_id) == ("open", next(iter(exchange.orders)))
    [sent] = exchange.posts
    signed = sent["order"]
    assert facts(signed["makerAmount"], signed["takerAmount"]) == ("5000000", "10000000")
    assert facts(signed["side"], signed["tokenId"], sent["orderType"]) == ("BUY", "71321", "GTC")
    assert money(scene).reserved == 5


def test_a_fill_is_booked_provisionally_and_then_for_good(scene: Scene, exchange: Counterparty) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 4)
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.filled_size, Fill.objects.get().is_final) == (
        "partially_filled",
        4,
        False,
    )
    assert facts(money(scene).cash, money(scene).reserved) == (998, 3)

    exchange.match(order.exchange_id, 6, "MINED", maker=True)
    exchange.settle("CONFIRMED")
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.filled_size, order.filled_amount) == ("filled", 10, 5)
    assert Fill.objects.filter(is_final=True).count() == 2
    assert LiveOrder.objects.get().due_at is None
    assert facts(money(scene).cash, money(scene).reserved) == (995, 0)


def test_what_is_told_twice_is_booked_once(scene: Scene, exchange: Counterparty) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 4)
    exchange.trades.append(dict(exchange.trades[0]))
    scene.look()
    scene.look()
    assert facts(Fill.objects.count(), money(scene).cash) == (1, 998)


def test_a_trade_that_fails_on_the_chain_is_taken_back_by_a_counter_entry(
    scene: Scene, exchange: Counterparty
) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 10)
    scene.look()
    assert Order.objects.get().status == "filled"
    assert LiveOrder.objects.get().due_at is not None, "a provisional fill is followed"
    exchange.settle("FAILED")
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.filled_size, order.reason_code) == ("cancelled", 0, "trade_failed")
    assert LedgerEntry.objects.filter(kind="fill").count() == 2
    assert facts(money(scene).cash, money(scene).positions.get().size, money(scene).realised_pnl) == (
        1000,
        0,
        0,
    )


def test_a_failed_sale_gives_the_tokens_back_at_their_cost(scene: Scene, exchange: Counterparty) -> None:
    [bought] = scene.place()
    exchange.match(bought.exchange_id, 10, "CONFIRMED")
    scene.look()
    [sold] = scene.place(scene.ask(side=Side.SELL, price=Decimal("0.8")))
    exchange.match(sold.exchange_id, 10)
    scene.look()
    assert facts(money(scene).cash, money(scene).realised_pnl) == (1003, 3)
    exchange.settle("FAILED", exchange.trades[-1]["id"])
    scene.look()
    position = money(scene).positions.get()
    assert facts(money(scene).cash, money(scene).realised_pnl, position.size, position.cost) == (
        995,
        0,
        10,
        5,
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refuses(400, "order 0x1 is invalid. Price breaks minimum tick size rule: 0.01"), "exchange_refused"),
        (refuses(400, "not enough balance / allowance"), "exchange_refused"),
        (
            says({"success": False, "errorMsg": "the market is not yet ready", "orderID": ""}),
            "exchange_refused",
        ),
        (refuses(401, "Unauthorized/Invalid api key"), "exchange_refused"),
        (refuses(429, "Too Many Requests"), "exchange_away"),
        (refuses(425, "restarting"), "exchange_away"),
        (refuses(503, "Trading is currently disabled. Check polymarket.com for updates"), "exchange_away"),
    ],
)
def test_an_order_that_is_refused_for_certain_is_over(
    scene: Scene, exchange: Counterparty, answer: Answer, reason: str
) -> None:
    exchange.faults = [Fault(answer)]
    [order] = scene.place()
    assert facts(order.status, order.reason_code) == ("rejected", reason)
    said = json.loads(answer.body)
    assert (said.get("error") or said["errorMsg"]) in order.reason
    assert facts(len(exchange.posts), money(scene).reserved) == (1, 0)


SILENCE = [
    Fault(refuses(500, "internal")),
    Fault(refuses(502, "bad gateway")),
    dropped(accepts=False),
    Fault(Answer(200, b"not JSON")),
    Fault(refuses(400, "order 0x1 is invalid. Duplicated.")),
]


@pytest.mark.parametrize("fault", SILENCE)
def test_an_order_without_a_clear_answer_that_arrived_is_found_and_never_sent_again(
    scene: Scene, exchange: Counterparty, fault: Fault
) -> None:
    exchange.faults = [Fault(fault.answer, accepts=True)]
    exchange.fills = Decimal(4)
    [order] = scene.place()
    assert facts(order.status, order.filled_size) == ("partially_filled", 4)
    scene.place(scene.ask(name=order.client_order_id))
    assert facts(len(exchange.posts), money(scene).cash) == (1, 998)


@pytest.mark.parametrize("fault", SILENCE)
def test_one_that_did_not_arrive_stays_unknown_until_that_is_certain(
    scene: Scene, exchange: Counterparty, fault: Fault
) -> None:
    exchange.faults = [Fault(fault.answer)]
    [order] = scene.place()
    assert order.status == "unknown"
    assert money(scene).reserved == 5, "it may still come to something"
    scene.age(seconds=121)
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.reason_code) == ("rejected", "not_arrived")
    assert facts(len(exchange.posts), money(scene).reserved) == (1, 0)
    assert LiveOrder.objects.get().due_at is not None, "it is looked for further"


def test_one_that_turns_up_late_is_taken_up_again_with_its_fills(
    scene: Scene, exchange: Counterparty
) -> None:
    exchange.faults = [dropped(accepts=False)]
    [order] = scene.place()
    scene.age(seconds=121)
    scene.look()
    order.refresh_from_db()
    assert order.status == "rejected"
    [sent] = [each for each in exchange.received if each.method == "POST"]
    assert exchange.accept(exchange.posts[0], sent) == order.exchange_id
    exchange.match(order.exchange_id, 10, "CONFIRMED")
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.filled_size) == ("filled", 10)
    assert facts(money(scene).cash, len(exchange.posts)) == (995, 1)


def test_an_order_that_the_exchange_lists_no_more_keeps_the_fills_of_its_trades(
    scene: Scene, exchange: Counterparty
) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 4, "CONFIRMED")
    del exchange.orders[order.exchange_id]
    scene.age(seconds=121)
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.filled_size) == ("cancelled", 4)
    assert facts(money(scene).cash, money(scene).reserved) == (998, 0)


def test_a_cancel_is_repeated_until_the_exchange_says_so(scene: Scene, exchange: Counterparty) -> None:
    [order] = scene.place()
    exchange.cancel_faults = [refuses(500, "internal")]
    cancel_order(scene.ann, order.pk)
    scene.look()
    assert Order.objects.get().status == "open", "not on hearsay"
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.reason_code, money(scene).reserved) == ("cancelled", "cancelled", 0)


def test_a_fill_that_comes_before_the_cancel_is_booked(scene: Scene, exchange: Counterparty) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 4, "CONFIRMED")
    cancel_order(scene.ann, order.pk)
    scene.look()
    order.refresh_from_db()
    assert facts(order.status, order.filled_size, money(scene).cash) == ("cancelled", 4, 998)


def test_a_fill_that_the_books_cannot_take_is_told_and_booked_once_they_can(
    scene: Scene, exchange: Counterparty
) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 10, "CONFIRMED")
    exchange.trades[0]["price"] = "1"
    exchange.trades[0]["size"] = "10"
    Portfolio.objects.filter(pk=scene.portfolio.pk).update(reserved=0)
    withdraw(scene.ann, scene.portfolio.pk, amount=Decimal(995))
    scene.look()
    assert "is not booked" in LiveOrder.objects.get().fault
    assert not Fill.objects.exists()
    deposit(scene.ann, scene.portfolio.pk, amount=Decimal(995))
    scene.look()
    assert facts(LiveOrder.objects.get().fault, Fill.objects.count(), money(scene).cash) == ("", 1, 990)


def test_a_market_order_spends_its_amount_at_no_worse_than_its_price(
    scene: Scene, exchange: Counterparty
) -> None:
    [order] = scene.place(scene.ask(**market_order(amount=Decimal(10), price=Decimal("0.3"))))
    assert order.status == "open"
    signed = exchange.posts[0]["order"]
    assert facts(signed["makerAmount"], signed["takerAmount"]) == ("10000000", "33333300")
    assert exchange.posts[0]["orderType"] == "FAK"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"price": Decimal("0.505")}, "off_tick"),
        ({"size": Decimal("4")}, "below_minimum"),
        ({"size": Decimal("10.001")}, "bad_size"),
        ({"size": Decimal(2_100)}, "insufficient_cash"),
        ({"side": Side.SELL}, "insufficient_tokens"),
        (market_order(amount=Decimal(10), price=None), "bad_price"),
        ({"size": Decimal(201)}, "over_cap"),
    ],
)
def test_what_cannot_be_is_refused_here_and_never_sent(
    scene: Scene, exchange: Counterparty, wrong: dict[str, Any], reason: str
) -> None:
    [order] = scene.place(scene.ask(**wrong))
    assert facts(order.status, order.reason_code) == ("rejected", reason)
    assert order.reason
    assert facts(exchange.posts, money(scene).reserved) == ([], 0)
