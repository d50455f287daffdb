"""The list of workflows in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user, make_workflow

LooksRight = Callable[[Page], None]


def test_filters_apply_as_they_change_and_stand_in_the_address(open_as: OpenAs) -> None:
    user = make_user()
    make_workflow(user, name="Invoices", tags=["money"])
    make_workflow(user, name="Backups", publish=False)
    page = open_as(user, "/workflows/")
    page.get_by_label("Tag", exact=True).select_option("money")
    expect(page.get_by_role("link", name="Backups")).to_have_count(0)
    assert page.url.endswith("/workflows/?tag=money")
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("searchbox").fill("backups")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Invoices")).to_have_count(0)
    assert "search=backups" in page.url
    page.get_by_text("Favourites", exact=True).click()
    expect(page.get_by_text("No workflow matches these filters")).to_be_visible()


def test_a_star_changes_in_its_place_and_the_row_leads_to_the_workflow(open_as: OpenAs) -> None:
    user = make_user()
    workflow = make_workflow(user, name="Invoices")
    page = open_as(user, "/workflows/")
    page.get_by_role("button", name="Add Invoices to favourites").click()
    expect(page.get_by_role("button", name="Remove Invoices from favourites")).to_be_visible()
    assert workflow.favorites.filter(user=user).exists()
    page.get_by_role("cell", name="Active").click(force=True)  # the link lies above it
    expect(page.get_by_role("heading", name="Invoices", level=1)).to_be_visible()


def test_what_somebody_else_deleted_is_told_in_the_corner(open_as: OpenAs, watch: Watch) -> None:
    watch.allow("404")
    user = make_user()
    workflow = make_workflow(user, name="Invoices")
    page = open_as(user, "/workflows/")
    workflow.delete()
    page.get_by_role("button", name="Add Invoices to favourites").click()
    expect(page.get_by_text("There is no such workflow")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("There is no such workflow")).to_have_count(0)


def test_a_workflow_is_made_from_an_example_by_keyboard(open_as: OpenAs) -> None:
    page = open_as(make_user(), "/workflows/")
    page.get_by_role("link", name="New workflow").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").focus()
    page.keyboard.type("Mine")
    page.get_by_role("radio", name="Blank").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mine", level=1)).to_be_visible()
    expect(page.locator("#picture [data-node=greet]").first).to_be_visible()


def test_the_menu_of_phones_leads_on(open_as: OpenAs) -> None:
    page = open_as(make_user(), "/workflows/", phone=True)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Workflows").click()
    expect(page.get_by_role("heading", name="Workflows", level=1)).to_be_visible()


def test_the_lists_and_forms_look_right(open_as: OpenAs, looks_right: LooksRight) -> None:
    user = make_user()
    looks_right(open_as(user, "/workflows/"))
    for number in range(55):
        make_workflow(
            user,
            name=f"Workflow {number} " + "with-a-long-name-" * 6 * (number % 2),
            tags=["a", "b"],
            folder="F",
        )
    looks_right(open_as(user, "/workflows/?tag=a"))
    looks_right(open_as(user, "/workflows/new/"))
    looks_right(open_as(user, "/workflows/node-types/"))
    looks_right(open_as(None, "/login/"))
