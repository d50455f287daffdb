"""The three locks before a live order: each of them alone keeps it in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord, Role
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.workflows.models import Access
from orchestrator.workflows.services.versions import create_version
from tests.factories import chain, make_user, node, share
from tests.trading.live.counterparty import Counterparty
from tests.trading.live.scene import STREAM, Scene, facts, make_recording
from trading.domain.vocabulary import Mode
from trading.models import LiveAccount, Market, Order
from trading.queries.locks import locks_of
from trading.services import killing, locks
from trading.services.live.accounts import delete_account
from trading.services.ordering import place_orders
from trading.services.strategies import start_strategy

pytestmark = pytest.mark.django_db


def refused(scene: Scene, exchange: Counterparty) -> str:
    [order] = scene.place()
    assert facts(order.status, exchange.posts) == ("rejected", [])
    return order.reason_code


def test_with_the_server_s_lock_shut_nothing_is_sent(
    scene: Scene, exchange: Counterparty, settings: Settings
) -> None:
    settings.LIVE_TRADING = False
    assert refused(scene, exchange) == "live_off"


def test_live_trading_is_off_unless_somebody_sets_it(settings: Settings) -> None:
    assert settings.LIVE_TRADING is False
    assert settings.LIVE_APPROVE_OWN is False


def test_without_an_approval_nothing_is_sent(scene: Scene, exchange: Counterparty) -> None:
    locks.revoke(scene.admin, scene.workflow.pk, comment="Enough")
    assert refused(scene, exchange) == "not_approved"


def test_another_version_needs_an_approval_of_its_own(scene: Scene, exchange: Counterparty) -> None:
    assert locks_of(scene.workflow).is_open
    dearer = node("buy", "live-order", {"type": "limit", "size": "50", "price": "0.9"})
    create_version(scene.ann, scene.workflow.pk, nodes=[STREAM, dearer], edges=[*chain("stream", "buy")])
    found = locks_of(scene.workflow)
    assert facts(found.is_open, found.fits, found.approval is not None) == (False, False, True)
    with pytest.raises(WrongState, match="Version 1 is approved"):
        start_strategy(
            scene.ann,
            scene.workflow.pk,
            mode=Mode.LIVE,
            tape_id=make_recording(scene.ann, []).pk,
            portfolio_id=scene.portfolio.pk,
        )
    [order] = scene.place()
    assert order.status == "open", "the run of the approved version goes on"
    locks.approve(scene.admin, scene.workflow.pk, most_notional=Decimal(100))
    [order] = scene.place()
    assert facts(order.reason_code, len(exchange.posts)) == ("version_not_approved", 1)


def test_the_cap_counts_what_is_open_and_what_is_held(scene: Scene, exchange: Counterparty) -> None:
    [held] = scene.place(scene.ask(size=Decimal(100)))
    exchange.match(held.exchange_id, 100, "CONFIRMED")
    scene.look()
    assert locks_of(scene.workflow).stake == 50
    [first, second, third] = scene.place(*[scene.ask(size=Decimal(50)) for _ in range(3)])
    assert [each.status for each in (first, second, third)] == ["open", "open", "rejected"]
    assert third.reason_code == "over_cap"
    assert facts(locks_of(scene.workflow).stake, locks_of(scene.workflow).left) == (100, 0)


def test_the_kill_switch_keeps_orders_in(scene: Scene, exchange: Counterparty) -> None:
    killing.pull(scene.ann, reason="Prices look wrong")
    assert refused(scene, exchange) == "kill_switch"


def test_without_an_account_nothing_is_sent(scene: Scene, exchange: Counterparty) -> None:
    delete_account(scene.ann, scene.portfolio.pk)
    assert refused(scene, exchange) == "no_account"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_generated": True}, "generated_market"),
        ({"is_closed": True}, "market_closed"),
        ({"accepts_orders": False}, "market_closed"),
        ({"outcomes": []}, "unknown_market"),
    ],
)
def test_a_market_that_takes_no_orders_gets_none(
    scene: Scene, exchange: Counterparty, fields: dict[str, object], reason: str
) -> None:
    Market.objects.update(**fields)
    assert refused(scene, exchange) == reason


def test_paper_orders_of_a_live_run_are_refused_and_not_booked(scene: Scene, exchange: Counterparty) -> None:
    [told] = place_orders(scene.run.execution_id, "paper", [scene.ask()])
    assert facts(told["status"], told["reason"]) == ("rejected", "paper_in_live")
    assert not Order.objects.exists()


def test_only_an_admin_who_does_not_own_the_workflow_approves(scene: Scene, settings: Settings) -> None:
    bob, stranger = make_user("bob"), make_user("eve")
    share(scene.workflow, bob, Access.EDITOR)
    pk = scene.workflow.pk
    with pytest.raises(NotAllowed):
        locks.approve(bob, pk, most_notional=Decimal(1))
    with pytest.raises(NotFound):
        locks.approve(stranger, pk, most_notional=Decimal(1))
    scene.ann.role = Role.ADMIN
    scene.ann.save()
    with pytest.raises(NotAllowed, match="your own"):
        locks.approve(scene.ann, pk, most_notional=Decimal(1))
    settings.LIVE_APPROVE_OWN = True
    assert locks.approve(scene.ann, pk, most_notional=Decimal(1)).most_notional == 1


@pytest.mark.parametrize("cap", ["0", "-1", "0.0000001", "1000000001"])
def test_a_cap_is_an_amount_of_money(scene: Scene, cap: str) -> None:
    with pytest.raises(InvalidInput):
        locks.approve(scene.admin, scene.workflow.pk, most_notional=Decimal(cap))


def test_approving_and_revoking_are_in_the_audit(scene: Scene) -> None:
    locks.approve(scene.admin, scene.workflow.pk, most_notional=Decimal(7), comment="Less")
    locks.revoke(scene.ann, scene.workflow.pk, comment="Holidays")
    records = AuditRecord.objects.filter(action__startswith="live.").order_by("pk")
    assert [(each.action, each.actor) for each in records] == [
        ("live.approved", scene.admin),
        ("live.approved", scene.admin),
        ("live.revoked", scene.ann),
    ]
    assert records[1].before == {"version": 1, "most_notional": "100.000000", "comment": "Looked at it"}
    assert records[1].after == {"version": 1, "most_notional": "7", "comment": "Less"}


@pytest.mark.parametrize(
    "shut",
    [
        lambda scene: locks.revoke(scene.admin, scene.workflow.pk),
        lambda scene: killing.pull(scene.ann, reason="Stop"),
        lambda scene: LiveAccount.objects.all().delete(),
    ],
)
def test_no_live_run_starts_with_a_lock_shut(scene: Scene, shut: Callable[[Scene], object]) -> None:
    type(scene.run).objects.all().delete()
    shut(scene)
    with pytest.raises(WrongState):
        start_strategy(
            scene.ann,
            scene.workflow.pk,
            mode=Mode.LIVE,
            tape_id=make_recording(scene.ann, []).pk,
            portfolio_id=scene.portfolio.pk,
        )
