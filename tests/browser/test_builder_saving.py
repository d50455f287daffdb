"""Saving in the builder: by itself, against somebody else, without the server, without permission."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Access, Workflow, WorkflowPermission
from orchestrator.workflows.services.versions import save_draft
from tests.browser.conftest import OpenAs
from tests.browser.test_builder import at, box, draft, opened, owner, saved, workflow
from tests.browser.watching import Watch
from tests.factories import make_user, share, step

__all__ = ["owner", "workflow"]  # fixtures

LooksRight = Callable[[Page], None]


@pytest.fixture
def page(open_as: OpenAs, workflow: Workflow, owner: User) -> Page:
    return opened(open_as(owner, f"/workflows/{workflow.pk}/edit/"))


def retitle(page: Page, title: str) -> None:
    box(page, "hello").click()
    page.get_by_label("Title").fill(title)


def test_a_change_is_saved_by_itself(page: Page, workflow: Workflow) -> None:
    retitle(page, "Greet")
    expect(page.locator("#save-state")).to_have_text("Unsaved changes")
    expect(page.locator("#save-state")).to_contain_text("Saved")
    expect(page.locator("#what-is-edited")).to_have_text("Draft of version 2")
    assert draft(workflow)[0]["hello"]["data"]["title"] == "Greet"


def test_canvas_and_code_are_one_draft(page: Page, workflow: Workflow) -> None:
    retitle(page, "From the canvas")
    page.get_by_role("button", name="Code").click()
    expect(page.locator(".cm-content")).to_contain_text("From the canvas")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('{"nodes": [{"id": "mine", "type": "transform"}]}')
    page.get_by_role("button", name="Canvas").click()
    expect(page.locator(".react-flow__node")).to_have_count(1)
    expect(box(page, "mine")).to_be_visible()
    page.get_by_role("button", name="Undo: Edit the text").click()
    expect(box(page, "hello")).to_contain_text("From the canvas")


def test_leaving_with_unsaved_changes_asks(page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    menu = page.get_by_role("navigation", name="Main").get_by_role("link", name="Workflows")
    retitle(page, "Other")
    menu.click(no_wait_after=True)
    expect(page.locator("#save-state")).to_be_visible()
    assert asked == ["beforeunload"]
    saved(page)
    menu.click()
    expect(page.get_by_role("heading", name="Workflows", level=1)).to_be_visible()
    assert asked == ["beforeunload"]


def test_publishing_saves_notes_and_leads_to_the_workflow(page: Page, workflow: Workflow) -> None:
    retitle(page, "Published")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_label("What changed").fill("Another title")
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    current = workflow.versions.get(is_current=True)
    assert (current.number, current.note) == (2, "Another title")


def test_a_graph_with_problems_is_saved_and_not_published(
    page: Page, workflow: Workflow, watch: Watch
) -> None:
    watch.allow("400")
    page.get_by_role("button", name="Add Tab").click()
    page.get_by_role("button", name="Approval").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Not published.")).to_be_visible()
    assert "human" in draft(workflow)[0]
    assert workflow.versions.get(is_current=True).number == 1


@pytest.fixture
def overtaken(page: Page, workflow: Workflow, watch: Watch) -> Page:
    """Ben has saved since the page was opened; here the first try to save is refused."""
    watch.allow("409")
    ben = make_user("ben")
    share(workflow, ben, Access.EDITOR)
    save_draft(ben, workflow.pk, nodes=[at(step("theirs"), 0, 0)], edges=[])
    retitle(page, "Mine")
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog", name="Somebody else has saved")
    expect(dialog).to_contain_text("ben has saved this workflow at")
    expect(dialog.get_by_label("Differences")).to_contain_text("Node “theirs” removed")
    assert set(draft(workflow)[0]) == {"theirs"}
    return page


def test_the_second_editor_may_replace_theirs(overtaken: Page, workflow: Workflow) -> None:
    overtaken.get_by_role("button", name="Save mine in its place").click()
    expect(overtaken.locator("#save-state")).to_contain_text("Saved")
    assert draft(workflow)[0]["hello"]["data"]["title"] == "Mine"


def test_the_second_editor_may_take_theirs_and_get_mine_back(overtaken: Page, workflow: Workflow) -> None:
    overtaken.get_by_role("button", name="Take theirs").click()
    expect(box(overtaken, "theirs")).to_be_visible()
    expect(overtaken.locator("#save-state")).to_contain_text("Saved")
    overtaken.keyboard.press("Control+z")
    expect(box(overtaken, "hello")).to_contain_text("Mine")
    saved(overtaken)
    assert draft(workflow)[0]["hello"]["data"]["title"] == "Mine"


def test_the_second_editor_may_save_a_copy(overtaken: Page, workflow: Workflow, owner: User) -> None:
    overtaken.get_by_role("button", name="Save mine as a copy").click()
    expect(box(overtaken, "theirs")).to_be_visible()
    copy = Workflow.objects.get(name="Greet (my copy)")
    assert copy.versions.get().nodes[0]["data"]["title"] == "Mine"
    assert copy.owner == owner


def test_the_second_editor_may_decide_later(overtaken: Page, looks_right: LooksRight) -> None:
    looks_right(overtaken)
    overtaken.get_by_role("button", name="Decide later").click()
    expect(box(overtaken, "hello")).to_contain_text("Mine")
    expect(overtaken.locator("#save-state")).to_have_text("Not saved: somebody else has")
    overtaken.get_by_role("button", name="Decide").click()
    expect(overtaken.get_by_role("dialog", name="Somebody else has saved")).to_be_visible()


def test_without_the_server_the_work_is_kept_and_found_again(
    page: Page, workflow: Workflow, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    retitle(page, "Written on a train")
    expect(page.locator("#save-state")).to_have_text("Not saved: kept in this browser")
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(False)
    page.reload()
    expect(box(page, "hello")).to_contain_text("Say hello")
    page.get_by_role("button", name="Restore them").click()
    expect(box(page, "hello")).to_contain_text("Written on a train")
    expect(page.locator("#what-is-edited")).to_have_text("Draft of version 2")
    assert draft(workflow)[0]["hello"]["data"]["title"] == "Written on a train"


def test_an_editor_who_lost_permission_is_told_and_keeps_the_work(
    open_as: OpenAs, workflow: Workflow, watch: Watch
) -> None:
    watch.allow("403")
    eve = make_user("eve")
    share(workflow, eve, Access.EDITOR)
    page = opened(open_as(eve, f"/workflows/{workflow.pk}/edit/"))
    WorkflowPermission.objects.filter(user=eve).update(access=Access.VIEWER.value)
    retitle(page, "Mine")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert")).to_contain_text("You may not change this workflow any more")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as JSON").click()
    assert '"Mine"' in download.value.path().read_text()
    assert not workflow.versions.filter(status="draft").exists()
    page.on("dialog", lambda dialog: dialog.accept())
