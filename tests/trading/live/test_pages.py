"""Live trading by page: which lock is shut, approving, starting, the band that says it, open orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from orchestrator.accounts.models import Role, User
from tests.factories import chain, make_user, make_workflow
from tests.trading.live.counterparty import Counterparty
from tests.trading.live.scene import BUY, STREAM, Scene, make_live_portfolio, make_market, make_recording
from trading.domain.vocabulary import Mode, OrderStatus
from trading.models import LiveApproval, Order, StrategyRun
from trading.services import killing
from trading.services.live.accounts import delete_account

pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def strategy_page(user: User, workflow_id: UUID) -> str:
    return text_of(browser_of(user).get(f"/trading/strategies/{workflow_id}/"))


def test_the_form_says_which_lock_is_shut_and_who_opens_it(settings: Settings) -> None:
    ann = make_user("ann")
    workflow = make_workflow(ann, nodes=[STREAM, BUY], edges=chain("stream", "buy"))
    settings.LIVE_TRADING = False
    page = strategy_page(ann, workflow.pk)
    assert "Whoever runs the server turns it on" in page
    assert "An administrator other than ann, who owns it" in page
    assert "Start with real money" not in page
    settings.LIVE_TRADING = True
    page = strategy_page(ann, workflow.pk)
    assert "Live trading is on." in page
    assert "Start with real money" not in page


def test_an_administrator_approves_by_page_and_not_what_is_their_own(exchange: Counterparty) -> None:
    ann, root = make_user("ann"), make_user("root", role=Role.ADMIN)
    workflow = make_workflow(ann, nodes=[STREAM, BUY], edges=chain("stream", "buy"))
    url = f"/trading/strategies/{workflow.pk}/locks/"
    assert "Approve version" not in text_of(browser_of(ann).get(url))
    admin = browser_of(root)
    assert "Look at version 1" in text_of(admin.get(url))
    assert admin.post(f"{url}approve/", {"most_notional": "25", "comment": "Fine"}).status_code == 302
    assert LiveApproval.objects.get().most_notional == 25
    assert "no live portfolio with an account" in strategy_page(ann, workflow.pk)

    own = make_workflow(root, nodes=[STREAM, BUY], edges=chain("stream", "buy"))
    page = text_of(admin.get(f"/trading/strategies/{own.pk}/locks/"))
    assert "another administrator has to look at it" in page
    assert "Approve version" not in page


def test_a_live_run_is_started_by_page_once_its_cost_is_acknowledged(scene: Scene) -> None:
    make_market("999")
    tape = make_recording(scene.ann, ["999"])
    wallet = make_live_portfolio(scene.ann, name="Second wallet").pk
    form = {"tape_id": tape.pk, "version": 1, "portfolio_id": wallet, "nonce": "n"}
    url = f"/trading/strategies/{scene.workflow.pk}/live/"
    client = browser_of(scene.ann)
    answer = client.post(url, form)
    assert (answer.status_code, "Say that you know." in text_of(answer)) == (400, True)
    assert client.post(url, {**form, "understood": "on"}).status_code == 302
    run = StrategyRun.objects.get(portfolio_id=wallet)
    assert (run.mode, run.tape_id) == (Mode.LIVE, tape.pk)
    assert browser_of(scene.admin).post(url, {**form, "understood": "on"}).status_code == 400


def test_a_shut_lock_keeps_a_sent_form_from_starting_anything(scene: Scene, settings: Settings) -> None:
    settings.LIVE_TRADING = False
    form = {"tape_id": scene.run.tape_id, "version": 1, "portfolio_id": scene.portfolio.pk, "nonce": "n"}
    answer = browser_of(scene.ann).post(
        f"/trading/strategies/{scene.workflow.pk}/live/", {**form, "understood": "on"}
    )
    assert answer.status_code == 409
    assert "LIVE_TRADING is not set" in text_of(answer)
    assert StrategyRun.objects.count() == 1


def test_nobody_can_miss_that_money_is_real(scene: Scene) -> None:
    scene.place()
    client = browser_of(scene.ann)
    run, portfolio = scene.run, scene.portfolio.pk
    for url in (
        f"/trading/strategies/{scene.workflow.pk}/",
        f"/trading/runs/{run.pk}/",
        f"/trading/runs/{run.pk}/orders/",
        f"/executions/{run.execution_id}/",
        f"/trading/portfolios/{portfolio}/",
        f"/trading/portfolios/{portfolio}/orders/",
        f"/trading/portfolios/{portfolio}/account/",
        "/trading/live-orders/",
    ):
        page = text_of(client.get(url))
        assert 'data-mode="live"' in page, url
        assert 'data-kill-switch="ready"' in page, url
    killing.pull(scene.admin, reason="Enough")
    assert "All trading is stopped." in strategy_page(scene.ann, scene.workflow.pk)


def test_open_live_orders_are_one_s_own_or_all_for_an_admin_and_cancelled_by_page(
    scene: Scene, exchange: Counterparty
) -> None:
    [order] = scene.place()
    assert order.status == OrderStatus.OPEN
    cancel = f"/trading/live-orders/{order.pk}/cancel/"
    stranger = browser_of(make_user("bea"))
    assert "No order is open" in text_of(stranger.get("/trading/live-orders/"))
    assert stranger.post(cancel).status_code == 404
    admin = browser_of(scene.admin)
    assert cancel in text_of(admin.get("/trading/live-orders/"))
    assert "No order is open" in text_of(admin.get("/trading/live-orders/?mine=true"))
    assert "/trading/live-orders/" in text_of(admin.get("/trading/stop/"))

    mine = browser_of(scene.ann)
    assert cancel in text_of(mine.get("/trading/live-orders/"))
    page = text_of(mine.post(cancel, follow=True))
    assert "Cancelling since" in page
    assert cancel not in page
    scene.look()
    assert Order.objects.get().status == OrderStatus.CANCELLED
    assert "No order is open" in text_of(mine.get("/trading/live-orders/"))


def test_the_list_of_open_orders_costs_the_same_for_many(
    scene: Scene, django_assert_max_num_queries: Any
) -> None:
    scene.place(*[scene.ask() for _ in range(6)])
    client = browser_of(scene.ann)
    client.get("/trading/live-orders/")
    with django_assert_max_num_queries(9):
        assert text_of(client.get("/trading/live-orders/")).count("Cancel<span") == 6


def test_a_portfolio_without_keys_is_not_offered(scene: Scene) -> None:
    delete_account(scene.ann, scene.portfolio.pk)
    assert "no live portfolio with an account" in strategy_page(scene.ann, scene.workflow.pk)
