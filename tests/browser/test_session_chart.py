"""The chart of long sessions: bars in pieces, filters in the address, and reviews that come fast."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenAs
from tests.browser.sessions import opened, settle
from tests.browser.watching import Watch
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import make_session
from workspaces.models import PatternSession
from workspaces.services.reviewing import review
from workspaces.services.sessions import complete_session

LooksRight = Callable[[Page], None]
PIECE = 4096
PRESSES = 30

_WATCH_PRESSES = """() => {
  window.presses = [];
  const detail = document.querySelector("[data-detail]");
  document.addEventListener("keydown", () => {
    const pressed = performance.now();
    new MutationObserver((_, watcher) => {
      watcher.disconnect();
      const changed = performance.now() - pressed;
      const painted = () => window.presses.push([changed, performance.now() - pressed]);
      requestAnimationFrame(() => setTimeout(painted));
    }).observe(detail, { childList: true });
  }, { capture: true });
}"""


@pytest.fixture
def long_session() -> PatternSession:
    return make_session(make_workspace(), bars=20_000)


@pytest.fixture
def session() -> PatternSession:
    return make_session(make_workspace())


def pieces(page: Page) -> list[int]:
    """The first bars of what the page loaded, in order."""
    names: list[str] = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    asked = [parse_qs(urlsplit(name).query)["first"][0] for name in names if "/bars/" in name]
    return sorted(int(first) for first in asked)


def wait_for_piece(page: Page, first: int) -> None:
    for _ in range(150):
        if first in pieces(page):
            return
        page.wait_for_timeout(100)
    assert first in pieces(page)


def test_bars_of_a_long_session_come_as_they_are_looked_at(
    open_as: OpenAs, long_session: PatternSession
) -> None:
    page = opened(open_as, long_session)
    wait_for_piece(page, 0)
    assert pieces(page) == [0]
    chart = page.locator("[data-chart]")
    chart.hover()
    for _ in range(40):
        page.mouse.wheel(0, 300)  # farther out, until the next piece is in view
    wait_for_piece(page, PIECE)
    last = long_session.detections.latest("number")
    page.goto(f"{page.url.split('#')[0]}#{last.number}")
    page.reload()
    expect(page.get_by_text(last.reason, exact=True)).to_be_visible()
    wait_for_piece(page, last.bar // PIECE * PIECE)
    assert 0 not in pieces(page)


def test_a_replay_asks_for_no_bars_of_its_future(open_as: OpenAs, long_session: PatternSession) -> None:
    page = opened(open_as, long_session)
    page.keyboard.press("p")
    bar = page.get_by_label("Bar", exact=True)
    bar.fill(str(PIECE - 2))
    bar.press("Enter")
    expect(page.get_by_text(f"Bar {PIECE - 2} of 19999")).to_be_visible()
    bar.blur()
    page.wait_for_timeout(500)
    assert pieces(page) == [0]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text(f"Bar {PIECE + 1} of 19999")).to_be_visible()
    wait_for_piece(page, PIECE)


def test_bars_that_do_not_come_are_told_and_asked_for_again(
    open_as: OpenAs, session: PatternSession, watch: Watch
) -> None:
    watch.allow(r"ERR_FAILED|Failed to load")
    page = opened(open_as, session)

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/bars/**", refuse)
    page.reload()
    expect(page.get_by_text("Bars could not be loaded.")).to_be_visible()
    expect(page.locator(".session-row").first).to_be_visible()
    page.unroute("**/bars/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Bars could not be loaded.")).to_be_hidden()


def test_a_filter_stands_in_the_address_and_is_remembered(
    open_as: OpenAs, looks_right: LooksRight, long_session: PatternSession
) -> None:
    page = opened(open_as, long_session)
    page.keyboard.press("f")
    page.keyboard.press("Space")
    highs = long_session.detections.filter(kind="swing_high").count()
    expect(page.get_by_text(f"{highs} of {long_session.detection_count} shown")).to_be_visible()
    assert "kind=swing_high" in page.url
    page.keyboard.press("j")
    page.keyboard.press("r")
    settle(page, long_session, [(long_session.detections.filter(kind="swing_high")[1].number, "right")])
    page.goto(page.url.split("?")[0])
    expect(page.get_by_text(f"{highs} of {long_session.detection_count} shown")).to_be_visible()
    assert "kind=swing_high" in page.url
    looks_right(page)
    page.goto(f"{page.url.split('?')[0]}?verdict=right")
    expect(page.get_by_text(f"1 of {long_session.detection_count} shown")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("button", name="Clear")).to_be_hidden()
    assert "verdict" not in page.url


def test_a_fast_series_of_presses_loses_nothing_behind_a_moment_without_a_net(
    open_as: OpenAs, long_session: PatternSession, watch: Watch
) -> None:
    watch.allow(r"ERR_INTERNET_DISCONNECTED")
    page = opened(open_as, long_session)
    for number in range(12):
        if number == 4:
            page.context.set_offline(True)
        page.keyboard.press("r" if number % 2 else "w")
    expect(page.get_by_text("wait in this browser and will be sent.")).to_be_visible()
    page.context.set_offline(False)
    expected = [(number + 1, "right" if number % 2 else "wrong") for number in range(12)]
    settle(page, long_session, expected)
    expect(page.get_by_text("All saved")).to_be_visible()


def test_accept_and_next_is_shown_before_it_is_saved(
    open_as: OpenAs, long_session: PatternSession, capsys: pytest.CaptureFixture[str]
) -> None:
    page = opened(open_as, long_session)
    page.evaluate(_WATCH_PRESSES)
    for _ in range(PRESSES):
        page.keyboard.press("r")
    page.wait_for_function(f"window.presses.length === {PRESSES}")
    took: list[tuple[float, float]] = page.evaluate("window.presses")
    with capsys.disabled():
        changed, painted = (statistics.median(each) for each in zip(*took, strict=True))
        print(f"\naccept and next: {changed:.1f} ms to the change, {painted:.1f} ms to its picture (medians)")  # noqa: T201
    settle(page, long_session, [(number, "right") for number in range(1, PRESSES + 1)])


def test_a_completed_session_is_reopened_on_its_page(open_as: OpenAs, session: PatternSession) -> None:
    review(session.created_by, session.pk, 1, verdict="right")
    complete_session(session.created_by, session.pk)
    page = opened(open_as, session)
    expect(page.get_by_role("button", name="Right R")).to_have_count(0)
    page.get_by_role("button", name="Reopen").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Complete session")).to_be_visible()
    page.locator(".session-row").nth(1).click()
    page.keyboard.press("r")
    settle(page, session, [(1, "right"), (2, "right")])


def test_on_a_phone_a_tap_chooses_the_bar_that_was_missed(open_as: OpenAs, session: PatternSession) -> None:
    page = opened(open_as, session, phone=True)
    page.get_by_role("button", name="Missed").click()
    expect(page.get_by_text("Missed at bar")).to_be_visible()
    before = page.get_by_text("Missed at bar").inner_text()
    page.locator("[data-chart] canvas").first.scroll_into_view_if_needed()
    box = page.locator("[data-chart]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.4)
    expect(page.get_by_text(before)).to_have_count(0)
    page.get_by_role("button", name="Take this bar").click()
    expect(page.get_by_text("1 to mend, 0 to keep")).to_be_visible()
