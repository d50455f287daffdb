"""The editor of decision matrices as people use it: by keys, at once, saved by itself, late or not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user
from tests.trading.strategy.making import (
    make_bare_session,
    make_corporation,
    make_matrix,
    make_recommendation,
    make_step,
)
from trading.strategy.domain.drafts import CriterionDraft, OptionDraft, ScoreDraft
from trading.strategy.models import MatrixScore
from trading.strategy.services.matrices import create_matrix
from trading.strategy.services.matrix_scores import ScoreChange, set_scores

SAVED = "All changes saved"


def test_scores_are_entered_by_keys_told_at_once_and_saved(
    open_as: OpenAs, looks_right: Callable[[Page], None]
) -> None:
    owner = make_user("owner")
    matrix = make_matrix(owner)
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    expect(page.locator(".matrix-leader")).to_have_text("Expand is first with 7.0000.")

    page.locator("#cell-0-0").click()
    page.keyboard.type("9")
    page.keyboard.press("Tab")
    page.keyboard.type("7,5")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-leader")).to_have_text("Hold is first with 8.5000.")
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    expect(page.locator("#matrix-pictures")).to_contain_text("8.5000")

    page.keyboard.press("Delete")
    expect(page.locator(".matrix-leader")).to_contain_text("1 score is missing.")
    page.keyboard.type("11")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-complaint")).to_contain_text("not between 0 and 10")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.get_by_label("Reason").fill("Three calm months")
    page.get_by_label("Source").fill("wallet journal")
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    stored = MatrixScore.objects.get(option__name="Hold", criterion__name="Safety")
    assert (stored.score, stored.reason, stored.source) == (
        Decimal("7.5"),
        "Three calm months",
        "wallet journal",
    )
    looks_right(page)


def test_who_was_late_sees_what_is_new_and_decides_about_the_same_cell(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(r"409")
    owner = make_user("owner")
    matrix = make_matrix(owner)
    hold, expand = matrix.options.all()
    income, safety = matrix.criteria.all()
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    expect(page.locator(".matrix-leader")).to_be_visible()
    set_scores(
        owner,
        matrix.pk,
        [ScoreChange(hold.pk, income.pk, Decimal(2)), ScoreChange(expand.pk, safety.pk, Decimal(4))],
    )

    page.locator("#cell-0-0").click()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-conflicts")).to_contain_text("owner entered 2, you 8.")
    expect(page.locator("#cell-1-1")).to_have_text("4")
    page.get_by_role("button", name="Keep mine (8)").click()
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    assert MatrixScore.objects.get(option=hold, criterion=income).score == 8


def test_two_hundred_by_fifty_answer_at_once(open_as: OpenAs) -> None:
    owner = make_user("owner")
    matrix = create_matrix(
        owner,
        make_corporation(owner).pk,
        title="Large",
        options=[OptionDraft(f"Option {at}") for at in range(200)],
        criteria=[CriterionDraft(f"Criterion {at}", Decimal(at + 1)) for at in range(50)],
        scores=[
            ScoreDraft(row, column, Decimal((row * 7 + column * 3) % 11))
            for row in range(200)
            for column in range(50)
        ],
    )
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    expect(page.locator(".matrix-leader")).to_contain_text("A tie: ")
    page.locator("#cell-0-0").click()
    taken = page.evaluate(
        """() => {
            const grid = document.querySelector(".matrix-grid");
            const press = (key) => (document.activeElement ?? grid).dispatchEvent(
                new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            const started = performance.now();
            for (let at = 0; at < 20; at += 1) { press("5"); press("Enter"); }
            return (performance.now() - started) / 20;
        }"""
    )
    page.keyboard.press("PageDown")
    assert page.locator(".matrix-body .matrix-row").count() < 60
    assert taken < 100, f"{taken:.0f} ms for an entry"


def test_without_a_script_the_forms_do_the_same(open_as: OpenAs, looks_right: Callable[[Page], None]) -> None:
    owner = make_user("owner")
    matrix = make_matrix(owner)
    option = matrix.options.all()[0]
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/options/{option.pk}/")
    page.get_by_role("textbox", name="Score").first.fill("9.5")
    page.get_by_role("button", name="Save scores").click()
    expect(page.locator(".matrix-leader")).to_contain_text("Hold is first with 9.0000.")
    page.goto(page.url + f"options/{option.pk}/")
    looks_right(page)


def test_recommendations_are_judged_where_they_are_listed(
    open_as: OpenAs, looks_right: Callable[[Page], None]
) -> None:
    owner = make_user("owner")
    make_recommendation(make_step(make_bare_session(make_corporation(owner))))
    page = open_as(owner, "/strategy/recommendations/")
    page.get_by_role("button", name="Carried out").click()
    page.get_by_label("What came of it").select_option("partial")
    page.get_by_label("Note").fill("Half of it")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("1 case: too few to say anything.")).to_be_visible()
    looks_right(page)
