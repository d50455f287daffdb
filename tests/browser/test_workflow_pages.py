"""One workflow's pages in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.versions import save_draft
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import chain, make_user, make_workflow, share, step

LooksRight = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> User:
    return make_user("owen")


@pytest.fixture
def workflow(owner: User) -> Workflow:
    return make_workflow(
        owner,
        name="Greet",
        description="Says hello.",
        tags=["demo"],
        nodes=[step("hello", title="Say hello"), step("end")],
        edges=chain("hello", "end"),
    )


def test_a_draft_is_published_from_the_dialog(open_as: OpenAs, workflow: Workflow, owner: User) -> None:
    save_draft(owner, workflow.pk, nodes=[step("hello", {"v": 2})], edges=[])
    page = open_as(owner, f"/workflows/{workflow.pk}/")
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish version 2")
    dialog.get_by_label("What changed").fill("Shorter")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2 is published")).to_be_visible()
    assert workflow.versions.get(is_current=True).note == "Shorter"


def test_archiving_asks_once_and_escape_means_no(open_as: OpenAs, workflow: Workflow, owner: User) -> None:
    page = open_as(owner, f"/workflows/{workflow.pk}/")
    more = page.locator("summary", has_text="More actions")
    more.click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.keyboard.press("Escape")
    workflow.refresh_from_db()
    assert workflow.status == "active"
    more.click()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Its runs go on")).to_be_visible()
    workflow.refresh_from_db()
    assert workflow.status == "archived"


def test_sharing_and_taking_back(open_as: OpenAs, workflow: Workflow, owner: User) -> None:
    make_user("fay")
    page = open_as(owner, f"/workflows/{workflow.pk}/?tab=sharing")
    page.get_by_label("User name").fill("fay")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("fay is viewer now.")).to_be_visible()
    page.get_by_role("button", name="Remove fay").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Access removed.")).to_be_visible()
    assert workflow.permissions.count() == 1


def test_a_version_is_compared_and_restored(open_as: OpenAs, workflow: Workflow, owner: User) -> None:
    save_draft(owner, workflow.pk, nodes=[step("hello", {"v": 2}, title="Say hello")], edges=[])
    page = open_as(owner, f"/workflows/{workflow.pk}/?tab=versions")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("data.config.output.v")).to_be_visible()
    page.get_by_label("To", exact=True).select_option("1")
    expect(page.get_by_text("No difference")).to_be_visible()


def test_the_pages_look_right(
    open_as: OpenAs, looks_right: LooksRight, workflow: Workflow, owner: User
) -> None:
    share(workflow, make_user("fay"), Access.EDITOR)
    save_draft(owner, workflow.pk, nodes=[step("hello", {"text": "x" * 300}), {"id": "odd"}], edges=[])
    page = open_as(owner, f"/workflows/{workflow.pk}/")
    page.wait_for_load_state("networkidle")
    looks_right(page)
    for rest in (
        "?tab=versions",
        "?tab=sharing",
        "?tab=settings",
        "versions/1/",
        "compare/1/2/",
    ):
        looks_right(open_as(owner, f"/workflows/{workflow.pk}/{rest}"))
    page.get_by_role("button", name="Publish").click()
    looks_right(page)


def test_error_pages_look_right(
    open_as: OpenAs, looks_right: LooksRight, watch: Watch, workflow: Workflow
) -> None:
    watch.allow("40[0-9]")
    looks_right(open_as(make_user(), f"/workflows/{workflow.pk}/"))
    looks_right(open_as(workflow.owner, "/workflows/?cursor=nonsense"))
