"""The kill switch stops what trades on paper and live, at the exchange too, until an admin lets go."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orchestrator.accounts.models import AuditRecord, Role
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.executions.services.steering import resume_execution
from tests.factories import fresh, make_user, node
from tests.trading.live.counterparty import Counterparty, dropped, refuses
from tests.trading.live.scene import Scene
from tests.trading.strategies.making import STREAM, make_strategy, make_tape
from trading.domain.vocabulary import Mode, Side
from trading.models import KillSwitch, LiveOrder, Order
from trading.services import killing
from trading.services.live.admitting import admit
from trading.services.live.stopping import PULLED, stop_everything
from trading.services.manual_orders import Asked, place_order
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def test_open_live_orders_are_cancelled_until_the_exchange_says_so(
    scene: Scene, exchange: Counterparty
) -> None:
    orders = scene.place(scene.ask(), scene.ask())
    exchange.match(orders[0].exchange_id, 4, "CONFIRMED")
    killing.pull(scene.ann, reason="Prices look wrong")
    assert stop_everything() >= 2
    exchange.cancel_faults = [refuses(503, "busy"), refuses(429, "later")]
    for _ in range(3):
        scene.look()
    assert {each.status for each in Order.objects.all()} == {"cancelled"}
    assert Order.objects.get(pk=orders[0].pk).filled_size == 4
    assert verify_portfolio(scene.portfolio) == []
    assert stop_everything() == 0


def test_an_order_that_was_not_sent_yet_never_is(scene: Scene, exchange: Counterparty) -> None:
    request = scene.ask()
    admit(scene.run.pk, "buy", [request])
    killing.pull(scene.ann, reason="Stop")
    scene.place(request)
    order = Order.objects.get()
    assert (order.status, order.reason_code, exchange.posts) == ("rejected", "kill_switch", [])


def test_one_whose_answer_is_unknown_is_cancelled_when_it_turns_up(
    scene: Scene, exchange: Counterparty
) -> None:
    exchange.faults = [dropped(accepts=True)]
    [order] = scene.place()
    hidden = dict(exchange.orders)
    exchange.orders.clear()
    killing.pull(scene.ann, reason="Stop")
    stop_everything()
    scene.look()
    assert LiveOrder.objects.get().cancel_asked_at is not None
    exchange.orders.update(hidden)
    scene.look()
    order.refresh_from_db()
    assert (order.status, exchange.orders[order.exchange_id]["status"]) == ("cancelled", "CANCELED")


@pytest.mark.django_db(transaction=True)
def test_runs_on_paper_are_paused_and_their_orders_cancelled_and_backtests_go_on(drain: Drain) -> None:
    ann, admin = make_user("ann"), make_user("root", role=Role.ADMIN)
    buy = node("buy", "paper-order", {"type": "limit", "size": "10", "price": "0.01"})
    strategy, tape = make_strategy(ann, [STREAM, buy]), make_tape(ann)
    paper, _ = start_strategy(ann, strategy.pk, mode=Mode.PAPER, tape_id=tape.pk)
    killing.pull(admin, reason="Stop")
    stop_everything()
    drain()
    assert fresh(paper.execution_id).status == "paused"
    assert stop_everything() == 0, "it is paused already"

    with pytest.raises(WrongState, match="kill switch"):
        start_strategy(ann, strategy.pk, mode=Mode.PAPER, tape_id=tape.pk)
    resume_execution(ann, paper.execution_id)
    assert stop_everything() == 1, "what somebody resumes is paused again"
    test, _ = start_strategy(ann, strategy.pk, mode=Mode.BACKTEST, tape_id=tape.pk, windows=3)
    drain()
    assert fresh(test.execution_id).status == "completed"
    assert not Order.objects.filter(run=test, reason_code="kill_switch").exists()

    killing.release(admin)
    resume_execution(ann, paper.execution_id)
    drain()
    assert fresh(paper.execution_id).status == "completed"


def test_orders_placed_by_hand_are_cancelled_too() -> None:
    ann = make_user("ann")
    portfolio, tape = create_portfolio(ann, name="Trial"), make_tape(ann)
    bid = Asked(tape_id=tape.pk, token=tape.tokens[0], side=Side.BUY, price=Decimal("0.01"), size=Decimal(10))
    order, _ = place_order(ann, portfolio.pk, bid, client_order_id="a")
    assert stop_everything() == 0, "it is not pulled"
    killing.pull(ann, reason="Stop")
    assert stop_everything() == 1
    assert stop_everything() == 0
    order.refresh_from_db()
    portfolio.refresh_from_db()
    assert (order.status, order.reason, portfolio.reserved) == ("cancelled", PULLED, Decimal(0))
    with pytest.raises(WrongState, match="kill switch"):
        place_order(ann, portfolio.pk, bid, client_order_id="b")


def test_whoever_builds_may_pull_and_only_an_admin_lets_go() -> None:
    ann, admin = make_user("ann"), make_user("root", role=Role.ADMIN)
    vic = make_user("vic", role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        killing.pull(vic, reason="x")
    with pytest.raises(InvalidInput):
        killing.pull(ann, reason=" ")
    with pytest.raises(WrongState):
        killing.release(admin)
    first = killing.pull(ann, reason="Stop")
    assert killing.pull(admin, reason="Me too") == first, "it is pulled once"
    with pytest.raises(NotAllowed):
        killing.release(ann)
    killing.release(admin)
    assert killing.pulled() is None
    assert KillSwitch.objects.get().released_by == admin
    audit = AuditRecord.objects.filter(action__startswith="kill_switch").order_by("pk")
    assert [(each.action, each.actor) for each in audit] == [
        ("kill_switch.pulled", ann),
        ("kill_switch.released", admin),
    ]


def test_the_command_pulls_tells_and_lets_go(scene: Scene, exchange: Counterparty) -> None:
    def say(*words: str) -> str:
        out = StringIO()
        call_command("kill_switch", *words, stdout=out)
        return out.getvalue()

    scene.place()
    assert say("status") == "Not pulled.\n"
    with pytest.raises(CommandError, match="why"):
        say("pull")
    assert say("pull", "--reason", "Prices").startswith("Pulled. 2 ")
    assert "by the server" in say("status")
    assert "Prices" in say("status")
    assert say("release").startswith("Released.")
    assert killing.pulled() is None
