"""Strategy sessions in a browser: the board, a step reviewed by keyboard, a page that follows its run."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.trading.strategy.making import make_advice, make_session
from tests.trading.strategy.sessions.scene import make_scene, make_steps

Looks = Callable[[Page], None]
Drain = Callable[[], None]


def test_the_board_and_its_filters(open_as: OpenAs, looks_right: Looks) -> None:
    scene = make_scene()
    for status in ("active", "active", "paused", "archived"):
        make_session(scene.corporation, status=status)

    page = open_as(scene.user, "/strategy/")
    expect(page.get_by_role("link", name="Strategy").first).to_have_attribute("aria-current", "page")
    expect(page.locator(".board-card")).to_have_count(4)
    looks_right(page)
    page.get_by_role("combobox", name="Status").select_option("paused")
    expect(page.locator("tr.row-link")).to_have_count(1)
    looks_right(page)


def test_a_session_is_begun_followed_and_reviewed_by_keyboard(
    open_as: OpenAs, looks_right: Looks, drain: Drain
) -> None:
    scene = make_scene()
    make_steps(scene.user, {"step_type": "situation"})
    page = open_as(scene.user, "/strategy/sessions/new/")
    looks_right(page)
    page.get_by_role("textbox", name="What is to be decided?").fill("Where to live?")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("Where to live?")).to_be_visible()
    drain()
    expect(page.get_by_text("Waits for review", exact=True)).to_be_visible(timeout=15_000)
    looks_right(page)

    page.get_by_role("button", name="Ask again").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="What is it to mind?").fill("Mind the fuel.")
    page.get_by_role("dialog").get_by_role("button", name="Ask again").click()
    drain()
    expect(page.get_by_text("Mind the fuel.").first).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="Edit").click()
    looks_right(page)
    page.get_by_role("textbox", name="Summary").fill("In my words.")
    page.get_by_role("button", name="Put it in its place").click()
    expect(page.get_by_text("edited by a person")).to_be_visible()
    page.get_by_role("button", name="Accept").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 7 steps done", exact=True)).to_be_visible(timeout=15_000)


def test_an_imported_session_shows_sources_with_their_age(open_as: OpenAs, looks_right: Looks) -> None:
    scene = make_scene()
    session = make_session(scene.corporation)
    make_advice(session, hours=5)

    page = open_as(scene.user, f"/strategy/sessions/{session.pk}/")
    page.get_by_text("What it was given").first.click()
    expect(page.get_by_text("5 h old").first).to_be_visible()
    looks_right(page)
