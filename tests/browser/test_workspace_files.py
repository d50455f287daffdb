"""Files in a browser: chosen, dropped or pasted, seen before they are sent, and taken away again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings

from tests.browser.conftest import OpenAs
from tests.workspaces.making import make_workspace
from tests.workspaces.test_attachments import picture


def test_files_are_chosen_dropped_pasted_taken_away_and_sent(
    open_as: OpenAs, looks_right: Callable[[Page], None], settings: Settings, tmp_path: Path
) -> None:
    settings.WORKSPACE_FILES = tmp_path / "files"
    workspace = make_workspace()
    page = open_as(workspace.created_by, f"/workspaces/{workspace.pk}/")
    shot = FilePayload(name="chart.png", mimeType="image/png", buffer=picture())
    other = FilePayload(name="other.png", mimeType="image/png", buffer=picture())
    page.locator('input[type="file"]').set_input_files([shot, other])
    expect(page.locator("[data-chosen] li")).to_have_count(2)
    page.get_by_role("button", name="Take away other.png").click()
    for kind, member in (("paste", "clipboardData"), ("drop", "dataTransfer")):
        page.locator("[data-composer]").evaluate(
            """(form, [kind, member]) => {
                const data = new DataTransfer();
                data.items.add(new File(["words"], `${kind}.txt`, { type: "text/plain" }));
                const event = new Event(kind, { bubbles: true, cancelable: true });
                Object.defineProperty(event, member, { value: data });
                form.querySelector("textarea").dispatchEvent(event);
            }""",
            [kind, member],
        )
    expect(page.locator("[data-chosen] li")).to_have_count(3)
    looks_right(page)
    page.get_by_role("button", name="Write").click()
    expect(page.locator(".entry-pictures img")).to_have_count(1)
    expect(page.get_by_role("link", name="paste.txt")).to_be_visible()
    expect(page.get_by_role("link", name="drop.txt")).to_be_visible()
    expect(page.locator("[data-chosen] li")).to_have_count(0)
    await_pictures(page)

    page.goto(page.url.split("/workspaces/")[0] + f"/workspaces/{workspace.pk}/description/")
    page.get_by_label("What is the pattern?").fill("It turns")
    page.locator('input[type="file"]').set_input_files([shot])
    looks_right(page)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("[data-type='pattern_description_submitted'] img")).to_be_visible()
    await_pictures(page)


def await_pictures(page: Page) -> None:
    """Until all of them are there: the files go with the test."""
    page.evaluate("() => Promise.all([...document.images].map((each) => each.decode()))")
