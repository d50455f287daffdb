"""The library in a browser: folders, selected rows, templates, tags."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.executions.models import Execution
from orchestrator.executions.services.steering import pause_execution
from orchestrator.workflows.models import BulkJob, Folder, Workflow
from orchestrator.workflows.services.bulk import run_bulk_job
from orchestrator.workflows.services.folders import create_folder
from orchestrator.workflows.services.templates import publish_template
from orchestrator.workflows.services.versions import create_version
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import chain, make_user, make_workflow, start, step

LooksRight = Callable[[Page], None]


def user_with(*names: str) -> User:
    user = make_user()
    for name in names:
        make_workflow(user, name=name)
    return user


def work() -> None:
    """What the task worker would do."""
    for job_id in BulkJob.objects.open().values_list("pk", flat=True):
        run_bulk_job(job_id)


def folder_of(name: str) -> str:
    workflow = Workflow.objects.select_related("folder").get(name=name)
    return workflow.folder.path if workflow.folder else ""


def tick(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()


def test_a_folder_is_made_renamed_and_deleted_by_keyboard(open_as: OpenAs) -> None:
    user = user_with("Invoices")
    page = open_as(user, "/workflows/")
    page.get_by_role("button", name="New folder").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Sales")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Folder “Sales” made.")).to_be_visible()
    page.get_by_role("link", name="Change the folder Sales").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Orders")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Orders")
    ).to_be_visible()
    page.get_by_role("link", name="Change the folder Orders").click()
    page.get_by_role("button", name="Delete folder").click()
    expect(page.get_by_text("Folder “Orders” deleted.")).to_be_visible()
    assert not Folder.objects.exists()


def test_a_name_that_is_taken_is_told_and_kept(open_as: OpenAs, watch: Watch) -> None:
    watch.allow("400")
    user = user_with()
    create_folder(user, name="Sales")
    page = open_as(user, "/workflows/folders/new/")
    page.get_by_label("Name").fill("SALES")
    page.get_by_role("button", name="Make folder").click()
    expect(page.get_by_text("The top level has a folder “SALES” already.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("SALES")


def test_a_row_is_dragged_into_a_folder_and_a_folder_into_another(open_as: OpenAs, watch: Watch) -> None:
    user = user_with("Invoices", "Backups")
    sales = create_folder(user, name="Sales")
    create_folder(user, name="Reports")
    page = open_as(user, "/workflows/")
    tree = page.get_by_role("navigation", name="Folders")
    page.get_by_role("link", name="Invoices").drag_to(tree.get_by_role("link", name="Sales", exact=True))
    expect(page.get_by_text("Moved into Sales.")).to_be_visible()
    expect(tree.get_by_role("link", name="Sales 1", exact=True)).to_be_visible()
    assert folder_of("Invoices") == "Sales"
    sales_1 = tree.get_by_role("link", name="Sales 1", exact=True)
    reports = tree.get_by_role("link", name="Reports", exact=True)
    reports.drag_to(sales_1)
    expect(tree.get_by_role("button", name="Folders in Sales")).to_be_visible()
    assert set(Folder.objects.values_list("path", flat=True)) == {"Sales", "Sales/Reports"}
    watch.allow("400")
    sales_1.drag_to(reports)
    expect(page.get_by_text("cannot lie inside itself")).to_be_visible()
    sales.refresh_from_db()
    assert sales.parent is None


def test_several_rows_are_dragged_together(open_as: OpenAs) -> None:
    user = user_with("One", "Two", "Three")
    create_folder(user, name="Box")
    page = open_as(user, "/workflows/")
    tick(page, "One", "Two")
    page.get_by_role("link", name="Two").drag_to(page.get_by_role("link", name="Box", exact=True))
    expect(page.get_by_text("Moving 2 workflows")).to_be_visible()
    work()
    expect(page.get_by_text("2 workflows moved")).to_be_visible()
    assert [folder_of(name) for name in ("One", "Two", "Three")] == ["Box", "Box", ""]


def test_a_closed_folder_stays_closed(open_as: OpenAs) -> None:
    user = user_with()
    create_folder(user, name="Inner", parent_id=create_folder(user, name="Outer").pk)
    page = open_as(user, "/workflows/")
    tree = page.get_by_role("navigation", name="Folders")
    inner = tree.get_by_role("link", name="Inner", exact=True)
    expect(inner).to_be_visible()
    page.get_by_role("button", name="Folders in Outer").click()
    expect(inner).to_be_hidden()
    page.reload()
    expect(inner).to_be_hidden()
    page.goto("/workflows/?folder=Outer/Inner")
    expect(inner).to_be_visible()


def test_phones_choose_the_folder_from_a_list(open_as: OpenAs) -> None:
    user = user_with("Elsewhere")
    make_workflow(user, name="Inside", folder="Sales/Reports")
    page = open_as(user, "/workflows/", phone=True)
    page.get_by_role("combobox", name="Folder", exact=True).select_option("Sales")
    expect(page.get_by_role("link", name="Elsewhere")).to_have_count(0)
    expect(page.get_by_role("link", name="Inside")).to_be_visible()


def test_selected_rows_are_tagged_in_the_background_with_progress(open_as: OpenAs) -> None:
    user = user_with("One", "Two", "Three")
    page = open_as(user, "/workflows/")
    tick(page, "One", "Three")
    bar = page.get_by_role("region", name="Selection")
    expect(bar.get_by_text("2 selected")).to_be_visible()
    bar.get_by_role("button", name="Tag").click()
    page.get_by_role("combobox", name="Tags").fill("Urgent")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Tagging 2 workflows")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Tagging 2 workflows")).to_be_visible()
    expect(bar).to_be_hidden()
    work()
    expect(page.get_by_text("2 workflows tagged")).to_be_visible()
    expect(page.get_by_role("row", name="One").get_by_role("link", name="urgent")).to_be_visible()
    assert Workflow.objects.filter(tags=["urgent"]).count() == 2


def test_all_that_match_can_be_selected_and_what_failed_is_told(open_as: OpenAs) -> None:
    user = user_with()
    for number in range(30):
        make_workflow(user, name=f"Old {number:02}", publish=False)
    make_workflow(name="Not mine", is_public=True)
    page = open_as(user, "/workflows/?ordering=name")
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("button", name="Select all 31 workflows that match").click()
    expect(page.get_by_text("All 31 workflows that match are selected")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Archiving")).to_be_visible()
    work()
    expect(page.get_by_text("30 workflows archived")).to_be_visible()
    page.get_by_role("link", name="See why").click()
    expect(page.get_by_role("row", name="Not mine")).to_contain_text(
        "You may not change or run this workflow"
    )


def test_deleting_many_asks_for_the_word(open_as: OpenAs, watch: Watch) -> None:
    watch.allow("400")
    user = user_with("One", "Two")
    page = open_as(user, "/workflows/")
    tick(page, "One")
    page.get_by_role("region", name="Selection").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Nothing was deleted")).to_be_visible()
    page.get_by_label("Type delete to confirm").fill("delete")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Deleting 1 workflow")).to_be_visible()
    work()
    expect(page.get_by_text("1 workflow deleted")).to_be_visible()
    expect(page.get_by_role("link", name="One")).to_have_count(0)


def test_a_job_is_cancelled_from_its_bar(open_as: OpenAs) -> None:
    user = user_with("One", "Two")
    page = open_as(user, "/workflows/")
    tick(page, "One", "Two")
    page.get_by_role("region", name="Selection").get_by_role("button", name="Archive").click()
    page.locator(".bulk-job").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("before it was cancelled")).to_be_visible()
    assert Workflow.objects.filter(status="archived").count() == 0


@pytest.mark.usefixtures("engine")
def test_runs_are_cancelled_together(open_as: OpenAs, drain: Callable[[], None]) -> None:
    user = make_user()
    wait = {"id": "w", "type": "timer", "data": {"config": {"seconds": 3600}}}
    workflow = make_workflow(user, name="Sleeper", nodes=[wait])
    for _ in range(2):
        start(workflow)
    drain()
    page = open_as(user, "/executions/")
    page.get_by_role("checkbox", name="Select all on this page").check()
    pause_execution(user, Execution.objects.earliest("id").pk)
    drain()
    expect(page.get_by_role("cell", name="Paused")).to_be_visible()  # its row was replaced, and stays ticked
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Cancel runs").first.click()
    page.get_by_label("Reason").fill("spring cleaning")
    page.get_by_role("dialog").get_by_role("button", name="Cancel runs").click()
    expect(page.get_by_text("Cancelling 2 runs")).to_be_visible()
    work()
    expect(page.get_by_text("2 runs asked to stop")).to_be_visible()
    drain()
    assert set(Execution.objects.values_list("status", flat=True)) == {"cancelled"}


def test_a_template_is_found_looked_at_and_used(open_as: OpenAs) -> None:
    owner, user = make_user(), make_user()
    nodes = [step("a", title="Fetch"), step("b", title="Send")]
    workflow = make_workflow(owner, name="Weekly digest", nodes=nodes, edges=chain("a", "b"))
    publish_template(owner, workflow.pk, description="Sends the news", category="Reports")
    page = open_as(user, "/workflows/templates/")
    expect(page.get_by_role("link", name="Two steps")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("dig")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Weekly digest").click()
    page.get_by_label("Name").fill("My digest")
    page.get_by_role("button", name="Use this template").click()
    expect(page.get_by_role("heading", name="My digest", level=1)).to_be_visible()
    assert Workflow.objects.get(name="My digest").owner == user


def test_filters_are_saved_under_a_name(open_as: OpenAs) -> None:
    user = user_with("Backups")
    make_workflow(user, name="Invoices", tags=["money"])
    page = open_as(user, "/workflows/?tag=money")
    page.get_by_role("button", name="Save these filters").click()
    page.get_by_role("textbox", name="Name").fill("Cash")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/workflows/")
    page.get_by_role("link", name="Cash", exact=True).click()
    expect(page.get_by_role("link", name="Backups")).to_have_count(0)


def test_the_pages_of_the_library_look_right(open_as: OpenAs, looks_right: LooksRight) -> None:
    user = make_user()
    long = "with-a-long-name-" * 8
    for number in range(3):
        make_workflow(user, name=f"Flow {number} {long}", tags=["a", "b" * 50], folder=f"A/B/{long[:90]}")
    workflow = make_workflow(user, name="Compared", nodes=[step("a"), step("b")], edges=chain("a", "b"))
    create_version(user, workflow.pk, nodes=[step("a", {"x": 1}), step("c")], edges=[*chain("a", "c")])
    publish_template(user, workflow.pk, category="Reports")
    page = open_as(user, "/workflows/?search=flow")
    looks_right(page)
    page.get_by_role("checkbox", name="Select all on this page").check()
    looks_right(page)
    folder = Folder.objects.get(path="A/B")
    for address in (
        f"/workflows/folders/{folder.pk}/",
        "/workflows/tags/",
        "/workflows/templates/",
        f"/workflows/templates/{workflow.template.pk}/",
        f"/workflows/{workflow.pk}/template/",
        f"/workflows/{workflow.pk}/?tab=versions",
        f"/workflows/{workflow.pk}/compare/1/2/",
        f"/workflows/{workflow.pk}/compare/1/2/?view=side",
        "/workflows/bulk/",
    ):
        page.goto(address)
        looks_right(page)
