"""What cannot be ordered: each a clear row on the step, recorded, and nothing half-booked."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from orchestrator.accounts.models import User
from tests.factories import edge, fresh, make_user, node, start
from tests.trading.strategies.making import make_strategy
from trading.domain.messages import Book, Level, Message, PriceChange, Trade
from trading.domain.money import exact
from trading.domain.tapes import Header, pack, write_tape
from trading.domain.vocabulary import Mode, Side
from trading.models import Fill, KillSwitch, Market, Order, StrategyRun, Tape
from trading.nodes import stream
from trading.services import streaming
from trading.services.strategies import start_strategy
from trading.services.tapes import import_tape
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
MARKET: dict[str, Any] = {
    "condition_id": "0xm", "question": "Will it?", "category": "Politics", "tick_size": "0.01",
    "minimum_size": "5", "outcomes": [{"name": "Yes", "token": "yes"}, {"name": "No", "token": "no"}],
}  # fmt: skip


def levels(*pairs: tuple[str, str]) -> tuple[Level, ...]:
    return tuple(Level(exact(price), exact(size)) for price, size in pairs)


def book(at: int, token: str = "yes") -> Book:
    return Book(at, token, "0xm", levels(("0.40", "100")), levels(("0.42", "100")))


def change(at: int, price: str = "0.39") -> PriceChange:
    return PriceChange(at, "yes", "0xm", Side.BUY, exact(price), exact("7"))


def tape_of(user: User, messages: list[Message], markets: list[dict[str, Any]] | None = None) -> Tape:
    header = Header("Told", "recorded", markets if markets is not None else [MARKET])
    return import_tape(user, BytesIO(b"".join(write_tape(header, messages))))


USUAL: list[Message] = [book(1_000), change(1_500), change(11_000), change(21_000)]


def ordered(
    drain: Drain,
    config: dict[str, Any],
    *,
    messages: list[Message] | None = None,
    markets: list[dict[str, Any]] | None = None,
    before: list[Any] | None = None,
    cash: str = "1000",
) -> tuple[dict[str, Any], StrategyRun]:
    """The output of the order step of the first window."""
    ann = make_user("ann")
    tape = tape_of(ann, messages or USUAL, markets)
    nodes = [
        node("stream", "polymarket-stream", {"window": 10}),
        *(before or []),
        node("buy", "paper-order", config),
    ]
    run, _ = start_strategy(
        ann, make_strategy(ann, nodes).pk, mode=Mode.BACKTEST, tape_id=tape.pk, cash=exact(cash), windows=1
    )
    drain()
    step = fresh(run.execution_id).steps.filter(node_id="buy").first()
    assert step is not None, fresh(run.execution_id).error
    run.refresh_from_db()
    assert verify_portfolio(run.portfolio) == []
    return step.output or step.error, run


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"type": "limit", "size": "10", "price": "0.405"}, "off_tick"),
        ({"type": "limit", "size": "4", "price": "0.40"}, "below_minimum"),
        ({"type": "limit", "size": "10", "price": "1.2"}, "bad_price"),
        ({"type": "limit", "size": "10"}, "bad_price"),
        ({"type": "limit", "size": "0", "price": "0.40"}, "bad_size"),
        ({"amount": "25", "size": "10"}, "bad_size"),
        ({"type": "limit", "size": "10000", "price": "0.40"}, "insufficient_cash"),
        ({"side": "sell", "size": "10"}, "insufficient_tokens"),
        ({"amount": "25", "token": "unheard of"}, "unknown_market"),
        ({"amount": "a lot"}, "bad_order"),
        ({"amount": "25", "side": "hold"}, "bad_order"),
        ({"amount": {"=": "item.nothing"}}, "bad_order"),
    ],
)
def test_an_order_that_cannot_be_is_a_row_with_its_reason(
    drain: Drain, config: dict[str, Any], reason: str
) -> None:
    output, run = ordered(drain, config)
    (item,) = output["items"]
    assert (item["status"], item["reason"]) == ("rejected", reason)
    assert len(item["message"]) > 10
    assert (output["placed"], output["rejected"]) == (0, 1)
    assert fresh(run.execution_id).status == "completed"
    assert not Fill.objects.exists()
    assert run.portfolio.cash == 1_000
    for order in Order.objects.all():
        assert (order.status, order.reason_code, order.reason) == ("rejected", reason, item["message"])


def test_what_can_be_ordered_is_filled_from_the_book(drain: Drain) -> None:
    output, run = ordered(drain, {"amount": "21"})
    (item,) = output["items"]
    assert (item["status"], item["filled_size"], item["average_price"]) == ("filled", "50", "0.42")
    assert run.portfolio.cash == 979


def test_a_price_that_was_computed_is_on_the_tick_all_the_same(drain: Drain) -> None:
    output, _ = ordered(drain, {"type": "limit", "size": "10", "price": {"=": "item.bid + 0.01"}})
    assert (output["items"][0]["status"], output["items"][0]["price"]) == ("open", "0.41")


def test_a_row_that_is_refused_stops_no_other(drain: Drain) -> None:
    messages: list[Message] = [book(1_000), book(1_001, "no"), change(11_000)]
    when = {"=": "item.token == 'no' ? '0.405' : '0.41'"}
    output, _ = ordered(drain, {"type": "limit", "size": "10", "price": when}, messages=messages)
    assert [item["status"] for item in output["items"]] == ["rejected", "open"]


def test_a_limit_that_is_breached_is_told_and_nothing_is_placed(drain: Drain) -> None:
    risk = node("risk", "risk", {"amount": "50", "max_order_notional": 20, "reduce": False})
    output, run = ordered(drain, {}, before=[risk])
    assert (output["items"], output["skipped"]) == ([], 1)
    step = fresh(run.execution_id).steps.get(node_id="risk", iteration=1)
    (item,) = step.output["items"]
    assert (item["risk"], item["breached"]) == ("refused", ["max_order_notional"])
    assert "above the limit of 20" in item["risk_reasons"][0]
    assert not Order.objects.exists()


def test_a_limit_makes_an_order_smaller(drain: Drain) -> None:
    risk = node("risk", "risk", {"amount": "50", "max_order_notional": 21})
    output, _ = ordered(drain, {}, before=[risk])
    assert (output["items"][0]["status"], output["items"][0]["size"]) == ("filled", "50")


def test_a_limit_can_fail_the_step(drain: Drain) -> None:
    ann = make_user("ann")
    risk = node("risk", "risk", {"amount": "50", "max_price": "0.3", "on_breach": "fail"})
    workflow = make_strategy(ann, [node("stream", "polymarket-stream", {"window": 10}), risk])
    run, _ = start_strategy(ann, workflow.pk, tape_id=tape_of(ann, USUAL).pk)
    drain()
    error = fresh(run.execution_id).error
    assert error["code"] == "limit_breached"
    assert "0.42" in error["message"]


def test_a_market_that_is_not_known_is_refused(drain: Drain) -> None:
    output, _ = ordered(drain, {"amount": "25"}, markets=[])
    assert output["items"][0]["reason"] == "unknown_market"


def test_a_market_that_closed_while_it_is_followed_is_refused(drain: Drain) -> None:
    ann = make_user("ann")
    tape = tape_of(ann, USUAL)
    Tape.objects.filter(pk=tape.pk).update(status="recording", origin="recorded")
    Market.objects.update(is_closed=True)
    nodes = [
        node("stream", "polymarket-stream", {"window": 10}),
        node("buy", "paper-order", {"amount": "25"}),
    ]
    run, _ = start_strategy(ann, make_strategy(ann, nodes).pk, mode=Mode.PAPER, tape_id=tape.pk, windows=1)
    drain()
    step = fresh(run.execution_id).steps.get(node_id="buy")
    assert step.output["items"][0]["reason"] == "market_closed"


def test_a_market_that_closes_between_two_windows_takes_no_more_orders(
    drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user("ann")
    tape = tape_of(ann, USUAL)
    Tape.objects.filter(pk=tape.pk).update(status="recording", origin="recorded")
    real = streaming.next_window

    def next_window(asked: streaming.Asked) -> streaming.Given:
        Market.objects.update(is_closed=asked.iteration > 1)
        return real(asked)

    monkeypatch.setattr(stream, "next_window", next_window)
    nodes = [
        node("stream", "polymarket-stream", {"window": 10}),
        node("buy", "paper-order", {"amount": "21"}),
    ]
    run, _ = start_strategy(ann, make_strategy(ann, nodes).pk, mode=Mode.PAPER, tape_id=tape.pk, windows=2)
    drain()
    orders = Order.objects.filter(run=run).order_by("window")
    assert [(each.status, each.reason_code) for each in orders] == [
        ("filled", ""),
        ("rejected", "market_closed"),
    ]


def test_the_kill_switch_refuses_every_order_on_paper(drain: Drain) -> None:
    ann = make_user("ann")
    nodes = [
        node("stream", "polymarket-stream", {"window": 10}),
        node("buy", "paper-order", {"amount": "25"}),
    ]
    tape = tape_of(ann, USUAL)
    run, _ = start_strategy(ann, make_strategy(ann, nodes).pk, mode=Mode.PAPER, tape_id=tape.pk, windows=1)
    KillSwitch.objects.create(reason="Enough")
    drain()
    order = Order.objects.get()
    assert (order.run, order.status, order.reason_code) == (run, "rejected", "kill_switch")


def test_the_kill_switch_lets_backtests_go_on(drain: Drain) -> None:
    KillSwitch.objects.create(reason="Enough")
    ordered(drain, {"amount": "25"})
    assert Order.objects.get().status == "filled"


def test_a_book_that_cannot_be_is_told_and_not_traded_on(drain: Drain) -> None:
    crossed = Book(2_000, "yes", "0xm", levels(("0.50", "10")), levels(("0.40", "10")))
    output, run = ordered(drain, {"amount": "25"}, messages=[book(1_000), crossed, book(11_000, "no")])
    assert output["items"][0]["reason"] == "void_book"
    stream = fresh(run.execution_id).steps.filter(node_id="stream").first()
    assert stream is not None
    assert [each["code"] for each in stream.output["problems"]] == ["crossed_book"]


def test_a_market_that_tells_more_decimals_than_can_be_booked_leaves_nothing_half_booked(
    drain: Drain,
) -> None:
    fine = levels(("0.4199999999", "20.1234567891")), levels(("0.4200000001", "30.00000049"))
    messages: list[Message] = [
        Book(1_000, "yes", "0xm", *fine),
        change(11_000),
        Trade(12_000, "yes", "0xm", Side.SELL, exact("0.4199999"), exact("3.33333333")),
        change(21_000),
    ]
    config = {"type": "limit", "size": "50", "price": "0.43"}
    _, run = ordered(drain, config, messages=messages)
    order = Order.objects.get()
    assert order.status == "cancelled", "the run was over"
    assert [str(fill.size) for fill in order.fills.all()] == ["30.000000"]
    run.portfolio.refresh_from_db()
    assert str(run.portfolio.cash) == str(1_000 - order.filled_amount) == "987.400000"
    assert verify_portfolio(run.portfolio) == []


def test_a_clock_that_goes_back_is_told_and_passed_over(drain: Drain) -> None:
    ann = make_user("ann")
    tape = tape_of(ann, USUAL)
    rows = tape.chunks.get()
    late = pack(
        [book(5_000), Trade(4_000, "yes", "0xm", Side.BUY, exact("0.42"), exact("9")), change(11_000)]
    )
    tape.chunks.all().delete()
    tape.chunks.create(number=0, first=0, count=3, first_at=rows.first_at, last_at=rows.last_at, data=late)
    Tape.objects.filter(pk=tape.pk).update(message_count=3)
    workflow = make_strategy(ann, [node("stream", "polymarket-stream", {"window": 10})], [])
    run, _ = start_strategy(ann, workflow.pk, tape_id=tape.pk)
    drain()
    step = fresh(run.execution_id).steps.filter(node_id="stream").first()
    assert step is not None
    assert [each["code"] for each in step.output["problems"]] == ["clock_back"]
    assert step.output["markets"][0]["trades"] == 0


def test_a_second_stream_in_one_run_fails_clearly(drain: Drain) -> None:
    ann = make_user("ann")
    tape_of(ann, USUAL)
    streams = [
        node("one", "polymarket-stream", {"window": 10}),
        node("two", "polymarket-stream", {"window": 10}),
    ]
    execution = start(make_strategy(ann, streams, [edge("one", "two")]))
    drain()
    assert "A strategy has one stream" in fresh(execution).error["message"]
