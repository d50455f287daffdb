"""What is kept of strategy sessions, in a browser: the log and its filters, recommendations, calibration."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.factories import make_user
from tests.trading.strategy.making import make_advice, make_session
from tests.trading.strategy.sessions.scene import make_scene, make_steps
from trading.strategy.domain.vocabulary import Outcome
from trading.strategy.models import Recommendation
from trading.strategy.services.judging import record_outcome

Looks = Callable[[Page], None]
Drain = Callable[[], None]


def test_the_log_is_narrowed_by_what_which_step_and_when(
    open_as: OpenAs, looks_right: Looks, drain: Drain
) -> None:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, {"step_type": "situation"}))
    drain()
    page = open_as(scene.user, f"/strategy/sessions/{session.pk}/")
    with page.expect_navigation():
        page.get_by_role("link", name="All of the log").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    looks_right(page)
    page.get_by_role("combobox", name="Event").select_option("step_answered")
    expect(rows).to_have_count(1)
    page.get_by_role("combobox", name="Step").select_option("0")
    expect(page).to_have_url(re.compile("event=step_answered&step=0"))
    expect(page.get_by_role("link", name="CSV")).to_have_attribute("href", re.compile("step=0"))
    page.get_by_label("From").fill("2026-01-01T00:00")
    page.get_by_label("to", exact=True).fill("2026-01-02T00:00")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Nothing of that kind")).to_be_visible()
    looks_right(page)


def test_a_recommendation_goes_from_proposed_to_an_outcome(open_as: OpenAs, looks_right: Looks) -> None:
    scene = make_scene()
    page = open_as(scene.user, "/strategy/recommendations/")
    expect(page.get_by_text("No recommendation yet")).to_be_visible()
    looks_right(page)
    session = make_session(scene.corporation)
    row = make_advice(session)
    page.goto(f"/strategy/recommendations/?session={session.pk}")
    card = page.get_by_role("article", name="Keep a reserve")
    expect(card.get_by_text("4 h old")).to_be_visible()
    looks_right(page)
    for act, state in (("Accept", "Accepted"), ("Carried out", "Done")):
        card.get_by_role("button", name=re.compile(act)).click()
        expect(card.get_by_text(state, exact=True)).to_be_visible()
    card.get_by_role("combobox", name="What came of it").select_option("partial")
    card.get_by_role("textbox", name="Note").fill("It held for a month.")
    card.get_by_role("button", name="Record").click()
    expect(card.get_by_text("It held for a month.")).to_be_visible()
    row.refresh_from_db()
    assert (row.outcome, row.status) == ("partial", "done")
    expect(page.get_by_text("1 case: too few")).to_be_visible()
    looks_right(page)


def test_calibration_is_readable_with_many_judgements(open_as: OpenAs, looks_right: Looks) -> None:
    scene = make_scene()
    session = make_session(scene.corporation)
    first = make_advice(session)
    for number in range(20, 44):
        row = Recommendation.objects.create(
            step=first.step, number=number, title=f"Do {number}", confidence_score=number % 10 / 10 + 0.05,
            status="done", done_at=session.created_at,
        )  # fmt: skip
        record_outcome(scene.user, row.pk, Outcome.SUCCESS if number % 3 else Outcome.FAILURE, note="")
    page = open_as(scene.user, "/strategy/recommendations/")
    picture = page.get_by_role("img", name=re.compile("What came true"))
    expect(picture.locator("circle")).to_have_count(5)
    expect(page.get_by_role("group", name="Confidence and outcome in numbers")).to_contain_text(
        "60 % to 80 %"
    )
    looks_right(page)
    page = open_as(make_user("other"), "/strategy/recommendations/")
    expect(page.get_by_text("No recommendation yet")).to_be_visible()
