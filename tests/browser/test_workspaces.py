"""A workspace in a browser: notes stand at once, what changes changes in place, and one reads on above."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user
from tests.workspaces.making import make_workspace, tell_of_phase
from workspaces.models import PatternWorkspace, WorkspaceMessage
from workspaces.services.timeline import retell


def test_the_timeline_is_written_into_and_follows_what_happens(
    open_as: OpenAs, looks_right: Callable[[Page], None], watch: Watch
) -> None:
    workspace = make_workspace()
    phase = tell_of_phase(workspace)
    page = open_as(workspace.created_by, f"/workspaces/{workspace.pk}/")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "20")

    page.get_by_role("textbox", name="Note").fill("First line\n<b>second</b>")
    page.get_by_role("button", name="Write").click()
    expect(page.locator('[data-type="note"] .entry-text')).to_have_text("First line\n<b>second</b>")
    expect(page.get_by_role("textbox", name="Note")).to_have_value("")
    with transaction.atomic():
        retell(phase, progress=70)
    expect(bar).to_have_attribute("value", "70", timeout=15_000)
    expect(page.locator("[data-entry]")).to_have_count(3)
    looks_right(page)

    watch.allow(r"403|Forbidden")
    PatternWorkspace.objects.update(created_by=make_user("other"))
    workspace.members.create(user=workspace.created_by, access="viewer")
    page.get_by_role("textbox", name="Note").fill("Not lost")
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_role("alert")).to_contain_text("may not")
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Not lost")


def test_older_entries_come_as_one_scrolls_up_and_what_one_reads_stays_in_place(
    open_as: OpenAs,
) -> None:
    workspace = make_workspace()
    WorkspaceMessage.objects.bulk_create(
        WorkspaceMessage(workspace=workspace, type="note", content=f"note {number}") for number in range(180)
    )
    page = open_as(workspace.created_by, f"/workspaces/{workspace.pk}/")
    entries = page.locator("[data-entry]")
    expect(page.get_by_text("note 179", exact=True)).to_be_in_viewport()
    loaded = entries.count()
    assert loaded < 180
    page.locator("[data-timeline]").evaluate("box => { box.scrollTop = 300 }")
    seen = page.locator("[data-entry]").nth(6)
    name = seen.get_attribute("id")
    expect(entries).not_to_have_count(loaded)
    expect(page.locator(f"[id='{name}']")).to_be_in_viewport()
    for _ in range(4):
        page.locator("[data-timeline]").evaluate("box => { box.scrollTop = 0 }")
        page.wait_for_timeout(300)
    expect(entries).to_have_count(181)
    assert entries.evaluate_all("all => all.every((one, at) => !at || all[at - 1].id < one.id)")
    expect(page.locator("[data-day]")).to_have_count(1)


def test_steps_are_added_moved_and_taken_away(open_as: OpenAs, looks_right: Callable[[Page], None]) -> None:
    workspace = make_workspace()
    page = open_as(workspace.created_by, f"/workspaces/{workspace.pk}/description/")
    page.get_by_label("What is the pattern?").fill("It turns")
    page.get_by_label("Step 1").fill("One")
    for number, text in ((2, "Two"), (3, "Three")):
        page.get_by_role("button", name="Add a step").click()
        page.get_by_label(f"Step {number}").fill(text)
    page.get_by_role("button", name="Move up").nth(2).click()
    page.get_by_role("button", name="Remove").first.click()
    looks_right(page)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".entry-steps li")).to_have_text(["Three", "Two"])
    workspace.refresh_from_db()
    assert workspace.identification_steps == ["Three", "Two"]
    for where in ("/workspaces/", f"/workspaces/{workspace.pk}/members/"):
        page.goto(page.url.split("/workspaces/")[0] + where)
        looks_right(page)
