"""Strategies in a browser: a backtest is started and followed, two versions are compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.versions import publish_draft, save_draft
from tests.browser.conftest import OpenAs
from tests.factories import chain, make_user, node
from tests.trading.conftest import as_in_a_process_of_its_own
from tests.trading.strategies.making import BUY, STREAM, make_strategy, make_tape
from trading.models import Tape

__all__ = ["as_in_a_process_of_its_own"]  # the fixture
Drain = Callable[[], None]


def _strategy(owner: User) -> tuple[Workflow, Tape]:
    workflow = make_strategy(owner)
    Workflow.objects.filter(pk=workflow.pk).update(category="trading")
    return workflow, make_tape(owner, messages=4_000)


def test_a_backtest_is_started_and_shows_its_curve_when_it_is_over(
    open_as: OpenAs, looks_right: Callable[[Page], None], drain: Drain
) -> None:
    ann = make_user("ann")
    workflow, _ = _strategy(ann)
    page = open_as(ann, "/trading/")
    page.get_by_role("link", name=workflow.name).click()
    page.get_by_role("button", name="Backtest").click()
    page.get_by_label("Starting cash").fill("750")
    page.get_by_role("button", name="Start the backtest").click()
    expect(page.get_by_role("heading", name="Reading the tape")).to_be_visible()
    drain()

    expect(page.get_by_role("heading", name="Reading the tape")).to_have_count(0, timeout=15_000)
    expect(page.locator(".mode-banner")).to_contain_text("Backtest")
    expect(page.locator("canvas")).to_have_count(2)
    page.get_by_role("button", name="Sharpe ratio").click()
    expect(page.get_by_text("The riskless rate is taken as nothing")).to_be_visible()
    page.keyboard.press("Escape")
    looks_right(page)
    page.goto(page.url + "orders/")
    looks_right(page)
    with page.expect_navigation():
        page.get_by_role("link", name=workflow.name).click()
    looks_right(page)
    page.goto(page.url.partition("/trading/")[0] + "/trading/")
    looks_right(page)


def test_two_versions_are_backtested_and_compared(
    open_as: OpenAs, looks_right: Callable[[Page], None], drain: Drain
) -> None:
    ann = make_user("ann")
    workflow, _ = _strategy(ann)
    condition = {"field": "momentum", "operator": "gt", "value": 0.001}
    nodes: Any = [STREAM, node("risen", "filter", {"conditions": [condition]}), BUY]
    edges: Any = chain("stream", "risen", "buy")
    save_draft(ann, workflow.pk, nodes=nodes, edges=edges)
    publish_draft(ann, workflow.pk)
    page = open_as(ann, f"/trading/strategies/{workflow.pk}/")
    page.get_by_role("button", name="Compare version 1 with version 2").click()
    expect(page.get_by_text("Still running")).to_be_visible()
    drain()
    page.reload()

    expect(page.get_by_role("heading", name="Version 1 and Version 2")).to_be_visible()
    expect(page.get_by_text("differs from window").first).to_be_visible()
    page.get_by_text("Both outputs in window").first.click()
    expect(page.locator("canvas")).to_have_count(1)
    looks_right(page)
