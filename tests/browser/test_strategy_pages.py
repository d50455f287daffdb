"""Pages of strategies in a browser: live mode and its locks, open orders, alerts, a run that is followed."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.factories import make_user
from tests.trading.conftest import as_in_a_process_of_its_own
from tests.trading.live.conftest import exchange, scene
from tests.trading.live.scene import Scene
from tests.trading.strategies.making import make_strategy, make_tape
from trading.domain.vocabulary import Mode
from trading.models import StrategyRun
from trading.queries.alerts import unread_count
from trading.services.alerting import Telling, keep_alerts
from trading.services.strategies import start_strategy

__all__ = ["as_in_a_process_of_its_own", "exchange", "scene"]  # the fixtures
Looks = Callable[[Page], None]
Drain = Callable[[], None]


def test_by_keyboard_the_live_form_says_which_locks_are_shut(open_as: OpenAs, looks_right: Looks) -> None:
    ann = make_user("ann")
    page = open_as(ann, f"/trading/strategies/{make_strategy(ann).pk}/")
    page.get_by_role("button", name="Run live").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Run live")
    expect(dialog).to_contain_text("Whoever runs the server turns it on")
    expect(dialog).to_contain_text("An administrator other than")
    looks_right(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("navigation", name="This strategy").get_by_role("link", name="Live trading").click()
    expect(page.get_by_role("heading", name="Live trading", exact=True).first).to_be_visible()
    looks_right(page)


def test_real_money_is_told_everywhere_and_an_open_order_is_cancelled(
    open_as: OpenAs, looks_right: Looks, scene: Scene
) -> None:
    scene.place()
    page = open_as(scene.ann, f"/trading/strategies/{scene.workflow.pk}/")
    expect(page.locator('[data-mode="live"]')).to_contain_text("trades with real money now")
    looks_right(page)
    page.get_by_role("link", name="Open the run").click()
    expect(page.locator('[data-mode="live"]')).to_be_visible()
    page.get_by_role("link", name="Stop all trading").click()
    page.get_by_role("link", name="1 live order open").click()
    expect(page.get_by_role("heading", name="Open live orders")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_text("Cancelling since")).to_be_visible()


def on_paper() -> StrategyRun:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, messages=1_500)
    return start_strategy(ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk)[0]


def test_alerts_are_unread_until_they_are_marked(open_as: OpenAs, looks_right: Looks) -> None:
    run = on_paper()
    assert run.started_by is not None
    told = [Telling(reference=each, level="warning", text=f"{each} fell") for each in ("Snow", "Rain")]
    keep_alerts(run.execution_id, told)
    page = open_as(run.started_by, "/trading/")
    tab = page.get_by_role("navigation", name="Trading").get_by_role("link", name="Alerts")
    expect(tab).to_contain_text("2")
    with page.expect_navigation():
        tab.click()
    looks_right(page)
    page.get_by_role("button", name=re.compile("Mark read.*Snow fell")).click()
    expect(tab).to_contain_text("1")
    page.get_by_role("button", name="Mark all read").click()
    expect(tab).to_have_text("Alerts")
    assert unread_count(run.started_by) == 0


def test_the_page_of_a_run_follows_it_to_its_end(open_as: OpenAs, looks_right: Looks, drain: Drain) -> None:
    run = on_paper()
    page = open_as(run.started_by, f"/trading/runs/{run.pk}/")
    expect(page.get_by_role("heading", name="Reading the tape")).to_be_visible()
    looks_right(page)
    drain()
    expect(page.get_by_role("heading", name="Reading the tape")).to_have_count(0, timeout=15_000)
    expect(page.locator(".mode-banner")).to_contain_text("Paper")
    expect(page.locator("canvas")).to_have_count(2)


def test_the_picture_of_a_run_has_figures_on_its_stream(open_as: OpenAs, looks_right: Looks) -> None:
    run = on_paper()
    reader = {"node": "stream"}
    StrategyRun.objects.filter(pk=run.pk).update(reader=reader, message_rate=1_240.0)
    page = open_as(run.started_by, f"/executions/{run.execution_id}/")
    expect(page.locator(".flow-node-badges").get_by_text("1,240/s")).to_be_visible()
    StrategyRun.objects.filter(pk=run.pk).update(message_rate=880.0)
    page.evaluate("document.getElementById('trading-panel').dispatchEvent(new CustomEvent('run:changed'))")
    expect(page.locator(".flow-node-badges").get_by_text("880/s")).to_be_visible()
    looks_right(page)
