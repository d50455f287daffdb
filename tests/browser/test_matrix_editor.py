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


def test_two_hundred_by_fifty_are_entered_as_quickly_as_two_by_two(
    open_as: OpenAs, looks_right: Callable[[Page], None]
) -> None:
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
    assert page.locator(".matrix-body .matrix-row").count() < 60, "only those in view are there"

    page.locator("#cell-0-0").click()
    page.keyboard.press("End")
    for _ in range(20):
        page.keyboard.press("PageDown")
    expect(page.locator("#cell-199-49")).to_have_class("matrix-cell is-here")
    page.keyboard.press("Home")
    for _ in range(50):
        page.keyboard.type("10")
        page.keyboard.press("Tab")
    expect(page.locator(".matrix-leader")).to_have_text("Option 199 is first with 10.0000.")
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    assert MatrixScore.objects.filter(option__name="Option 199", score=10).count() == 50
    for _ in range(60):
        page.keyboard.press("Control+z")
    expect(page.locator(".matrix-leader")).to_contain_text("A tie: ")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    looks_right(page)


def test_what_is_being_typed_stays_while_the_answer_to_a_save_arrives(open_as: OpenAs) -> None:
    owner = make_user("owner")
    matrix = make_matrix(owner)
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    page.locator("#cell-0-0").click()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.keyboard.type("1")
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    expect(page.locator(".matrix-row.is-first")).to_contain_text("Hold")
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-1-0")).to_have_text("10")


def test_what_was_entered_is_taken_back_and_done_again(open_as: OpenAs) -> None:
    owner = make_user("owner")
    matrix = make_matrix(owner)
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    leader = page.locator(".matrix-leader")
    page.locator("#cell-0-0").click()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(leader).to_have_text("Hold is first with 9.3333.")
    page.keyboard.press("Control+z")
    expect(leader).to_have_text("Expand is first with 7.0000.")
    page.keyboard.press("Control+Shift+Z")
    expect(leader).to_have_text("Hold is first with 9.3333.")
    page.get_by_role("button", name="Undo").click()
    expect(leader).to_have_text("Expand is first with 7.0000.")
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    assert MatrixScore.objects.get(option__name="Hold", criterion__name="Income").score == 6


def test_weights_are_entered_above_and_ties_are_said_to_be_ties(open_as: OpenAs) -> None:
    owner = make_user("owner")
    matrix = make_matrix(owner)
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    pictures = page.locator("#matrix-pictures")
    expect(pictures).to_contain_text("down to less than 62.50 % (a weight of 1.667 instead of 2)")
    expect(pictures).to_contain_text("Hold is first instead of Expand.")
    page.locator("#cell-0-0").click()
    page.keyboard.press("ArrowUp")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator("#cell--1-0")).to_contain_text("62.50 %")
    expect(page.locator("#cell--1-1")).to_contain_text("37.50 %")
    expect(page.locator(".matrix-leader")).to_have_text("A tie: Hold and Expand, exactly 6.7500 each.")
    expect(pictures).to_contain_text("Hold and Expand are exactly equal")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("1001")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-complaint")).to_contain_text("is not between 0 and 1000")


def test_a_lost_connection_loses_nothing(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(r"ERR_INTERNET_DISCONNECTED")
    owner = make_user("owner")
    matrix = make_matrix(owner)
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    page.locator("#cell-0-0").click()
    page.context.set_offline(True)
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-state")).to_contain_text("The server is out of reach")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-leader")).to_contain_text("Hold is first")
    page.context.set_offline(False)
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    assert MatrixScore.objects.get(option__name="Hold", criterion__name="Income").score == 3
    assert MatrixScore.objects.get(option__name="Expand", criterion__name="Income").score == 4


def test_who_was_logged_out_goes_on_after_a_log_in_elsewhere(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(r"401|403")
    owner = make_user("owner")
    matrix = make_matrix(owner)
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/")
    page.locator("#cell-0-0").click()
    (log_in,) = (each for each in page.context.cookies() if each["name"] == "sessionid")
    page.context.clear_cookies()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-state")).to_contain_text("You are logged out")
    expect(page.locator("#cell-0-0")).to_have_text("3")

    page.context.add_cookies(
        [{"name": log_in["name"], "value": log_in["value"], "url": page.url.split("/strategy/")[0]}]
    )
    page.get_by_role("button", name="Try again").click()  # the token for forms is another by now
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    assert MatrixScore.objects.get(option__name="Hold", criterion__name="Income").score == 3


def test_what_somebody_else_may_only_read_is_shown_and_not_changed(
    open_as: OpenAs, looks_right: Callable[[Page], None]
) -> None:
    owner, reader = make_user("owner"), make_user("reader")
    matrix = make_matrix(owner)
    page = open_as(reader, "/strategy/matrices/")
    expect(page.get_by_text("No matrix yet")).to_be_visible()
    looks_right(page)
    page.goto("/strategy/matrices/new/")
    expect(page.get_by_text("No corporation to work in")).to_be_visible()
    looks_right(page)
    matrix.corporation.members.create(user=reader, access="reader")
    page.goto("/strategy/matrices/")
    looks_right(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Where to move").click()
    expect(page.get_by_text("You may look at this matrix")).to_be_visible()
    page.locator("#cell-0-0").click()
    page.keyboard.type("3")
    expect(page.locator("#cell-0-0")).to_have_text("6")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    looks_right(page)


def test_a_matrix_is_begun_filled_and_taken_along_as_a_table(
    open_as: OpenAs, looks_right: Callable[[Page], None]
) -> None:
    owner = make_user("owner")
    make_corporation(owner)
    page = open_as(owner, "/strategy/matrices/new/")
    looks_right(page)
    page.get_by_role("textbox", name="Title").fill("By hand")
    with page.expect_navigation():
        page.get_by_role("button", name="Begin it").click()
    expect(page.get_by_text("Nothing to score yet")).to_be_visible()
    looks_right(page)
    for kind, name in (("option", "Hold"), ("option", "Expand"), ("criterion", "Income")):
        page.get_by_role("textbox", name=f"New {kind}").fill(name)
        with page.expect_navigation():
            page.get_by_role("button", name=f"Add {kind}").click()
    page.locator("#cell-0-0").click()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator(".matrix-state")).to_have_text(SAVED)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    table = download.value.path()
    assert table.read_text().splitlines() == ["Option,Income", "Weight,1", "Hold,7", "Expand,"]

    page.goto("/strategy/matrices/new/")
    page.get_by_role("textbox", name="Title").fill("Again")
    page.get_by_label("Or a table with its scores").set_input_files(table)
    with page.expect_navigation():
        page.get_by_role("button", name="Begin it").click()
    expect(page.locator(".matrix-leader")).to_have_text("Hold is first with 7.0000. 1 score is missing.")
    with page.expect_navigation():
        page.get_by_role("link", name="Change Income").click()
    looks_right(page)
    page.get_by_role("button", name="Delete").click()
    with page.expect_navigation():
        page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing to score yet")).to_be_visible()


def test_without_a_script_the_forms_do_the_same(open_as: OpenAs) -> None:
    owner = make_user("owner")
    matrix = make_matrix(owner)
    page = open_as(owner, f"/strategy/matrices/{matrix.pk}/", java_script_enabled=False)
    with page.expect_navigation():
        page.get_by_role("link", name="Hold").click()
    page.get_by_role("textbox", name="Score").first.fill("9.5")
    page.get_by_role("textbox", name="Reason").first.fill("Three calm months")
    with page.expect_navigation():
        page.get_by_role("button", name="Save scores").click()
    expect(page.get_by_role("row", name="Hold")).to_contain_text("9.0000")
    with page.expect_navigation():
        page.get_by_role("link", name="Safety").click()
    page.get_by_label("Weight").fill("3")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name="Safety")).to_contain_text("0.6000")
    page.get_by_role("textbox", name="Title of the matrix").fill("Where to stay")
    with page.expect_navigation():
        page.get_by_role("button", name="Rename").last.click()
    expect(page.get_by_role("heading", name="Where to stay")).to_be_visible()


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
