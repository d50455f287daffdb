"""Orders that race each other for the cap, and the kill switch for the gate; each with its control."""

from __future__ import annotations

from decimal import Decimal
from threading import Event
from uuid import UUID

import pytest
from django.db import transaction

from tests.trading.live.counterparty import Counterparty
from tests.trading.live.scene import SECRETS, TOKEN, WALLET, Scene, make_recording
from tests.trading.racing import beside
from trading.domain.vocabulary import Mode
from trading.models import LiveApproval, Order, Portfolio, StrategyRun
from trading.queries import stakes
from trading.services import killing, locks
from trading.services.live import admitting
from trading.services.live.accounts import set_account
from trading.services.live.stopping import stop_everything
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 1.0
"""Seconds in which whoever is not kept waiting is done."""


def second_run(scene: Scene) -> StrategyRun:
    """Of the same workflow, with money of its own: only the cap is shared."""
    more = create_portfolio(scene.ann, name="More money", mode=Mode.LIVE, cash=Decimal(1_000))
    set_account(scene.ann, more.pk, funder=WALLET, signature_type=0, **SECRETS)
    run, _ = start_strategy(
        scene.ann,
        scene.workflow.pk,
        mode=Mode.LIVE,
        tape_id=make_recording(scene.ann, [TOKEN]).pk,
        portfolio_id=more.pk,
    )
    return run


def two_for_the_cap(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each is for 60 of 100. The first has reckoned and waits a while before it stores: the other's turn."""
    reckoned, real = Event(), stakes.at_stake

    def at_stake(workflow_id: UUID) -> Decimal:
        found = real(workflow_id)
        if not reckoned.is_set():
            reckoned.set()
            other.join(PATIENCE)
        return found

    monkeypatch.setattr(stakes, "at_stake", at_stake)
    later = second_run(scene)
    ask, rival = scene.ask(size=Decimal(120)), scene.ask(size=Decimal(120))

    def go_second() -> None:
        assert reckoned.wait(30)
        admitting.admit(later.pk, "buy", [rival])

    other = beside(go_second)
    admitting.admit(scene.run.pk, "buy", [ask])
    other.join(30)
    return sorted(Order.objects.values_list("status", flat=True))


def test_two_orders_at_once_do_not_pass_the_cap_together(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_for_the_cap(scene, monkeypatch) == ["pending", "rejected"]


def test_the_control_without_the_approval_s_lock_they_do(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = locks.open_locks

    def unlocked(workflow_id: UUID, checksum: str, *, lock: bool) -> LiveApproval:
        return real(workflow_id, checksum)

    monkeypatch.setattr(admitting, "open_locks", unlocked)
    assert two_for_the_cap(scene, monkeypatch) == ["pending", "pending"]


def order_that_slips_by(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> str:
    """An order has seen the switch not pulled, and is not stored yet, when somebody pulls it and all is
    stopped. How the order stands then."""
    seen, real = Event(), admitting._desk

    def desk(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        seen.set()
        puller.join(PATIENCE)
        return found

    monkeypatch.setattr(admitting, "_desk", desk)

    def pull() -> None:
        assert seen.wait(30)
        killing.pull(scene.ann, reason="Stop")
        stop_everything()

    puller = beside(pull)
    admitting.admit(scene.run.pk, "buy", [scene.ask()])
    puller.join(30)
    return Order.objects.get().status


def test_no_order_slips_by_the_kill_switch(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert order_that_slips_by(scene, monkeypatch) == "rejected"


def test_the_control_without_the_gate_it_does(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admitting, "hold_gate", killing.pulled)
    assert order_that_slips_by(scene, monkeypatch) == "pending"


def test_two_who_follow_at_once_book_a_fill_once(scene: Scene, exchange: Counterparty) -> None:
    [order] = scene.place()
    exchange.match(order.exchange_id, 10, "CONFIRMED")
    threads = [beside(scene.look) for _ in range(3)]
    for each in threads:
        each.join(30)
    scene.look()
    with transaction.atomic():
        assert Portfolio.objects.get(pk=scene.portfolio.pk).cash == 995
    assert Order.objects.get().fills.count() == 1
