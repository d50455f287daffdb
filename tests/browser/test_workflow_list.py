"""The list of workflows in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from orchestrator.analytics.models import RunSum
from orchestrator.core.clock import utc_now
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user, make_workflow

LooksRight = Callable[[Page], None]


def test_searching_shows_what_was_found_as_one_types_and_stands_in_the_address(open_as: OpenAs) -> None:
    user = make_user()
    make_workflow(user, name="Send invoices", tags=["money"])
    make_workflow(user, name="Backups", publish=False)
    page = open_as(user, "/workflows/")
    page.keyboard.press("/")
    page.keyboard.type("invo")
    expect(page.get_by_role("link", name="Backups")).to_have_count(0)
    expect(page.locator("mark")).to_have_text("invoices")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    assert page.url.endswith("/workflows/?search=invo")
    page.reload()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("invo")
    page.get_by_role("searchbox", name="Search").fill("")
    expect(page.get_by_role("link", name="Backups")).to_be_visible()
    page.get_by_label("Status").select_option("draft")
    expect(page.get_by_role("link", name="Send invoices")).to_have_count(0)
    assert page.url.endswith("/workflows/?status=draft")


def test_tags_narrow_the_list_and_are_taken_away_again(open_as: OpenAs) -> None:
    user = make_user()
    make_workflow(user, name="Invoices", tags=["money"])
    make_workflow(user, name="Backups")
    page = open_as(user, "/workflows/")
    page.get_by_role("navigation", name="Tags").get_by_role("link", name="money").click()
    expect(page.get_by_role("link", name="Backups")).to_have_count(0)
    page.get_by_role("link", name="money : take away").click()
    expect(page.get_by_role("link", name="Backups")).to_be_visible()
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Favourites").click()
    expect(page.get_by_text("No favourites yet")).to_be_visible()


def test_a_star_changes_in_its_place_and_the_row_leads_to_the_workflow(open_as: OpenAs) -> None:
    user = make_user()
    workflow = make_workflow(user, name="Invoices")
    page = open_as(user, "/workflows/")
    page.get_by_role("button", name="Add Invoices to favourites").click()
    expect(page.get_by_role("button", name="Remove Invoices from favourites")).to_be_visible()
    assert workflow.favorites.filter(user=user).exists()
    page.get_by_role("cell", name="Active").click(force=True)  # the link lies above it
    expect(page.get_by_role("heading", name="Invoices", level=1)).to_be_visible()


def test_the_list_learns_how_its_workflows_did_and_has_a_dash_for_those_without_runs(open_as: OpenAs) -> None:
    user = make_user()
    ran, idle = make_workflow(user, name="Ran"), make_workflow(user, name="Idle")
    RunSum.objects.create(workflow_id=ran.pk, quarter=utc_now(), success=3, failure=1, duration_ms=4_500)
    page = open_as(user, "/workflows/")
    row = page.locator(f'tr[data-workflow="{ran.pk}"]')
    expect(row).to_contain_text("75 %")
    expect(row).to_contain_text("1.5 s")
    expect(page.locator(f"#rate-{idle.pk}")).to_have_text("\N{EN DASH}")


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
    expect(page.get_by_role("group", name="Compose a greeting, Transform")).to_be_visible()


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
