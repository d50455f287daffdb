"""Test sessions in the browser: started with the keyboard, reviewed with keys, replayed bar by bar."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.sessions import opened, said, settle
from tests.browser.watching import Watch
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import make_candles, make_session
from workspaces.models import FeedbackItem, PatternSession
from workspaces.services.reviewing import review

LooksRight = Callable[[Page], None]


@pytest.fixture
def session() -> PatternSession:
    return make_session(make_workspace())


def test_reviewing_by_keyboard(open_as: OpenAs, looks_right: LooksRight, session: PatternSession) -> None:
    page = opened(open_as, session)
    first = session.detections.get(number=1)
    expect(page.get_by_text(first.reason)).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("w")
    expect(page.get_by_text(f"2 of {session.detection_count} reviewed, 50 % of them right")).to_be_visible()
    settle(page, session, [(1, "right"), (2, "wrong")])
    cart = page.get_by_role("region", name="Corrections")
    expect(cart.get_by_text("1 to mend, 1 to keep")).to_be_visible()
    cart.get_by_role("textbox").fill("Too small")
    cart.get_by_role("textbox").press("Tab")
    page.keyboard.press("k")
    page.keyboard.press("u")
    settle(page, session, [(1, "right")])
    looks_right(page)


def test_adjusting_and_missing_without_a_mouse(open_as: OpenAs, session: PatternSession) -> None:
    page = opened(open_as, session)
    there = session.detections.get(number=1).bar
    for key in ("a", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    settle(page, session, [(1, "adjust")])
    page.keyboard.press("m")
    expect(page.get_by_label("Direction")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 to mend, 0 to keep")).to_be_visible()
    adjusted, missed = FeedbackItem.objects.order_by("id")
    assert (adjusted.verdict, adjusted.bar) == ("adjust", there + 2)
    assert (missed.verdict, missed.bar) == ("missed", session.detections.get(number=2).bar + 1)


def test_the_replay_shows_what_was_known_and_no_more(open_as: OpenAs, session: PatternSession) -> None:
    page = opened(open_as, session)
    second = session.detections.get(number=2)
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.get_by_text(": 2 detections were known.")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text(": 1 detection was known.")).to_be_visible()
    expect(page.locator(".session-row")).to_have_count(1)
    page.get_by_label("Bar", exact=True).fill(str(second.confirmed_at))
    page.get_by_label("Bar", exact=True).press("Enter")
    expect(page.locator(".session-row")).to_have_count(2)


def test_reviews_wait_while_the_server_is_out_of_reach(
    open_as: OpenAs, session: PatternSession, watch: Watch
) -> None:
    watch.allow(r"ERR_INTERNET_DISCONNECTED")
    page = opened(open_as, session)
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.get_by_text("1 review waits in this browser and will be sent.")).to_be_visible()
    page.context.set_offline(False)
    settle(page, session, [(1, "right")])


def test_what_was_collected_is_sent_from_the_chart(open_as: OpenAs, session: PatternSession) -> None:
    page = opened(open_as, session)
    send = page.locator("[data-send] button")
    expect(send).to_be_hidden()
    for key in ("r", "w"):
        page.keyboard.press(key)
    settle(page, session, [(1, "right"), (2, "wrong")])
    expect(send).to_have_text("Send 2 reviews")
    send.click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    page.wait_for_url("**/runs/**")
    assert FeedbackItem.objects.filter(sent_to_claude_at__isnull=True).count() == 0
    page.goto(f"/workspaces/{session.workspace_id}/cart/?show=sent")
    expect(page.get_by_role("row")).to_have_count(3)


def test_who_only_reads_looks_and_does_not_review(open_as: OpenAs, session: PatternSession) -> None:

    viewer = make_user()
    session.workspace.members.create(user=viewer, access="viewer")
    page = opened(open_as, session, viewer)
    expect(page.get_by_role("button", name="Right")).to_have_count(0)
    page.keyboard.press("r")
    expect(page.get_by_text(f"0 of {session.detection_count} reviewed")).to_be_visible()
    assert said(session) == []


def test_from_candles_to_a_session_and_its_figures(
    open_as: OpenAs, looks_right: LooksRight, watch: Watch
) -> None:
    watch.allow("400")
    workspace = make_workspace()
    user = workspace.created_by
    earlier = make_session(workspace)
    for number, verdict in ((1, "right"), (2, "wrong")):
        review(user, earlier.pk, number, verdict=verdict)
    make_candles(user)
    page = open_as(user, "/workspaces/candles/")
    looks_right(page)
    bad = b"time,open,high,low,close\n2024-01-01,10,9,9,11\n"
    page.get_by_label("CSV file").set_input_files({"name": "gold.csv", "mimeType": "text/csv", "buffer": bad})
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Row 2: open or close lies outside of low and high.")).to_be_visible()
    page.goto(f"/workspaces/{workspace.pk}/sessions/")
    looks_right(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Corrections").click()
    looks_right(page)
    page.get_by_label("Note: bar").first.fill("Too small")
    page.get_by_role("button", name="Keep the note").first.click()
    expect(page.get_by_label("Note: bar").first).to_have_value("Too small")
    page.get_by_role("button", name="Remove: bar").first.click()
    expect(page.get_by_text("0 to mend, 1 to keep")).to_be_visible()
    page.goto(f"/workspaces/{workspace.pk}/sessions/")
    with page.expect_navigation():
        page.get_by_role("link", name="New session").click()
    looks_right(page)
    page.get_by_label("Left").fill("3")
    page.get_by_role("button", name="Run it").click()
    expect(page.locator(".session-row").first).to_be_visible()
    assert PatternSession.objects.first().parameters["left"] == 3  # type: ignore[union-attr]
