"""Pages of coding runs in the browser: sent from the cart, followed, failed and tried again; the cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.sessions import opened
from tests.workspaces.coding.scene import Scene, make_failed_run, make_reviewed_scene, review_as
from tests.workspaces.testing import make_session
from workspaces.domain.detectors.swings import SwingParameters
from workspaces.models import ClaudeExecution
from workspaces.services.coding.sending import send_batch

LooksRight = Callable[[Page], None]


@pytest.fixture
def scene() -> Scene:
    return make_reviewed_scene()


def test_from_the_cart_to_the_change_and_its_cases(
    open_as: OpenAs, looks_right: LooksRight, scene: Scene, drain: Callable[[], None]
) -> None:
    base = f"/workspaces/{scene.workspace.pk}/"
    page = open_as(scene.user, f"{base}cases/")
    expect(page.get_by_text("No case yet")).to_be_visible()
    looks_right(page)
    page.goto(f"{base}cart/")
    looks_right(page)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    page.wait_for_url("**/runs/**")
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    looks_right(page)
    drain()
    expect(page.get_by_text("What it changed")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Cases").click()
    expect(page.get_by_text("Held against version 0.0.1")).to_be_visible()
    expect(page.get_by_text("Holds", exact=True).first).to_be_visible()
    looks_right(page)
    page.goto(f"{base}cart/")
    expect(page.get_by_text("Nothing waits to be sent")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_have_count(0)
    page.goto(f"{base}runs/")
    looks_right(page)


def test_the_list_of_runs_follows_the_one_under_way(
    open_as: OpenAs, scene: Scene, drain: Callable[[], None]
) -> None:
    send_batch(scene.user, scene.workspace.pk)
    page = open_as(scene.user, f"/workspaces/{scene.workspace.pk}/runs/")
    expect(page.get_by_text("Pending")).to_be_visible()
    expect(page.get_by_text("in use", exact=True)).to_have_count(0)
    drain()
    expect(page.get_by_text("Completed")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("in use", exact=True)).to_be_visible()


def test_a_failed_run_says_what_can_be_done_and_is_tried_again(
    open_as: OpenAs, looks_right: LooksRight, scene: Scene
) -> None:
    run = make_failed_run(scene.workspace)
    page = open_as(scene.user, f"/workspaces/{scene.workspace.pk}/runs/{run.pk}/")
    expect(page.get_by_text("It saw ghosts.")).to_be_visible()
    expect(page.get_by_text("10 of 10 retries left")).to_be_visible()
    looks_right(page)
    page.get_by_label("Why it is tried again").fill("Without ghosts")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("cell", name="Without ghosts")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_text(f"{scene.user.username} cancelled it.")).to_be_visible()
    assert ClaudeExecution.objects.get(parent_execution=run).status == "failed"
    looks_right(page)


def test_the_trend_has_a_table_for_those_who_see_no_chart(
    open_as: OpenAs, looks_right: LooksRight, scene: Scene
) -> None:
    base = f"/workspaces/{scene.workspace.pk}/sessions/"
    page = open_as(scene.user, base)
    expect(page.get_by_text("A trend shows as soon as two sessions were reviewed.")).to_be_visible()
    other = make_session(scene.workspace, user=scene.user, candles=scene.session.candles)
    review_as(scene, SwingParameters(left=3, right=3), other)
    page.goto(base)
    page.get_by_role("button", name="Table of Success rate by session").click()
    expect(page.get_by_role("group", name="Success rate by session").get_by_role("row")).to_have_count(3)
    looks_right(page)


def test_the_chart_follows_the_theme_while_it_is_open(open_as: OpenAs, scene: Scene) -> None:
    page = opened(open_as, scene.session)
    canvas = page.locator("[data-chart] canvas").first
    page.wait_for_timeout(300)
    light = canvas.screenshot()
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(300)
    assert canvas.screenshot() != light
