"""Strategy sessions in a browser: the board, a whole walk by mouse and by keyboard, errors, and moves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.ai.wire import error, speaking
from tests.browser.conftest import OpenAs
from tests.factories import make_user
from tests.trading.strategy.making import make_advice, make_session
from tests.trading.strategy.sessions.scene import QUICK, Scene, make_scene, make_steps, run_of
from tests.trading.strategy.sessions.test_failing import GROQ, WELL
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import StrategicSession
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.ending import close_session

Looks = Callable[[Page], None]
Drain = Callable[[], None]


def test_the_board_its_filters_and_the_page_without_a_session(open_as: OpenAs, looks_right: Looks) -> None:
    page = open_as(make_user("new"), "/strategy/")
    expect(page.get_by_text("No session yet")).to_be_visible()
    looks_right(page)
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


def test_a_session_is_walked_from_its_start_to_its_end(
    open_as: OpenAs, looks_right: Looks, drain: Drain
) -> None:
    scene = make_scene()
    page = open_as(scene.user, "/strategy/sessions/new/")
    looks_right(page)
    page.get_by_role("textbox", name="What is to be decided?").fill("Where to live?")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("Where to live?")).to_be_visible()
    for at in range(7):
        drain()
        accept = page.locator(f"#accept-{at}")
        expect(accept).to_be_visible()
        expect(page.locator("#now")).to_contain_text("waits for your review")
        if at in (0, 4):
            looks_right(page)  # points and a matrix
        if at % 2:
            accept.click()
        else:
            page.keyboard.press("a")
        expect(accept).to_have_count(0)
    drain()
    expect(page.locator("#now")).to_contain_text("All steps are done")
    close_session(run_of(StrategicSession.objects.get()).pk)
    expect(page.locator("#now")).to_contain_text("This session is completed")
    page.locator("#step-1").get_by_text("All of it").click()
    expect(page.locator("#step-1").get_by_role("table", name="Threats")).to_be_visible()
    looks_right(page)


def waiting(open_as: OpenAs, drain: Drain) -> tuple[Scene, StrategicSession, Page]:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, {"step_type": "situation"}, {"step_type": "threats"}))
    drain()
    page = open_as(scene.user, f"/strategy/sessions/{session.pk}/")
    expect(page.get_by_text("Waits for review", exact=True)).to_be_visible()
    return scene, session, page


def test_it_is_asked_again_and_edited_by_keyboard(open_as: OpenAs, looks_right: Looks, drain: Drain) -> None:
    _, _, page = waiting(open_as, drain)
    page.keyboard.press("r")
    page.get_by_role("textbox", name="What is it to mind?").fill("Mind the fuel.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("asked 2 times")).to_be_visible()
    expect(page.get_by_text("Mind the fuel.").first).to_be_visible()
    drain()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    with page.expect_navigation():
        page.keyboard.press("e")
    looks_right(page)

    rows = page.get_by_role("group", name="Unknowns", exact=True).locator(".edit-row")
    before = rows.count()
    page.get_by_role("button", name="Add to unknowns").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(before + 1)
    expect(rows.last.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("Who pays for it")
    page.get_by_role("button", name=f"Move unknowns {before + 1} up").click()
    expect(rows.nth(before - 1).get_by_role("textbox")).to_have_value("Who pays for it")
    page.get_by_role("button", name="Take out unknowns 1").click()
    expect(rows).to_have_count(before)
    page.get_by_role("textbox", name="Summary").fill("In my words.")
    page.get_by_role("button", name="Save my words").click()
    expect(page.get_by_text("edited by a person")).to_be_visible()
    expect(page.get_by_text("Who pays for it")).to_be_visible()


def test_rows_are_added_without_a_script(open_as: OpenAs, drain: Drain) -> None:
    scene, session, _ = waiting(open_as, drain)
    path = f"/strategy/sessions/{session.pk}/steps/0/edit/"
    page = open_as(scene.user, path, java_script_enabled=False)
    rows = page.get_by_role("group", name="Weaknesses", exact=True).locator(".edit-row")
    before = rows.count()
    with page.expect_navigation():
        page.get_by_role("button", name="Add to weaknesses").click()
    expect(rows).to_have_count(before + 1)
    rows.last.get_by_role("textbox").fill("Too few pilots")
    with page.expect_navigation():
        page.get_by_role("button", name="Save my words").click()
    expect(page.get_by_text("Too few pilots")).to_be_visible()


def test_words_that_are_being_typed_outlive_what_the_page_hears(open_as: OpenAs, drain: Drain) -> None:
    _, session, page = waiting(open_as, drain)
    comment = page.get_by_role("textbox", name="Comment")
    comment.fill("Not so fast")
    session.steps.filter(position=0).update(remark="Changed by somebody else")
    page.wait_for_timeout(3_000)
    expect(comment).to_have_value("Not so fast")
    comment.fill("")
    expect(page.get_by_text("Changed by somebody else")).to_be_visible()


def test_a_step_in_error_says_why_and_is_tried_again(
    open_as: OpenAs, looks_right: Looks, drain: Drain, settings: Settings
) -> None:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, GROQ, **QUICK))
    with speaking(settings, "groq", error(500), error(500)):
        drain()
    page = open_as(scene.user, f"/strategy/sessions/{session.pk}/")
    expect(page.locator("#now")).to_contain_text("failed")
    expect(page.get_by_text("Nothing was lost")).to_be_visible()
    looks_right(page)
    with speaking(settings, "groq", json.dumps(WELL)):
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("It is tried again.")).to_be_visible()
        drain()
    expect(page.locator("#now")).to_contain_text("waits for your review")
    expect(page.get_by_text("Look north", exact=True)).to_be_visible()


def test_it_is_paused_resumed_archived_and_deleted(open_as: OpenAs, looks_right: Looks, drain: Drain) -> None:
    _, session, page = waiting(open_as, drain)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#now")).to_contain_text("This session is paused")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    looks_right(page)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    for act, told in (("Archive", "stays as it is"), ("Delete", "The session is deleted")):
        page.locator("details.drop > summary", has_text="More").click()
        page.get_by_role("button", name=act, exact=True).click()
        page.locator("dialog[open]").get_by_role("button", name=act, exact=True).click()
        expect(page.get_by_text(told).first).to_be_visible()
    assert not StrategicSession.objects.filter(pk=session.pk).exists()


def test_who_only_reads_sees_everything_and_no_button(
    open_as: OpenAs, looks_right: Looks, drain: Drain
) -> None:
    scene, session, _ = waiting(open_as, drain)
    reader = make_user("reader")
    lend_corporation(scene.user, scene.corporation.pk, username="reader", access=Access.READER)
    page = open_as(reader, f"/strategy/sessions/{session.pk}/")
    expect(page.locator("#now")).to_contain_text("waits for a review")
    for name in ("Accept", "Pause", "Ask again"):
        expect(page.get_by_role("button", name=re.compile(name))).to_have_count(0)
    looks_right(page)
    page.goto("/strategy/recommendations/")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("^(Accept|Dismiss|Carried out)"))).to_have_count(0)


def test_an_imported_session_shows_sources_with_their_age(open_as: OpenAs, looks_right: Looks) -> None:
    scene = make_scene()
    session = make_session(scene.corporation)
    make_advice(session, hours=5)

    page = open_as(scene.user, f"/strategy/sessions/{session.pk}/")
    page.locator("#step-0").get_by_text("All of it").click()
    page.get_by_text("What it was given").first.click()
    expect(page.get_by_text("5 h old").first).to_be_visible()
    looks_right(page)
