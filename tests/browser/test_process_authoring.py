"""Authors in a browser: the simulator as an instrument, and phases put in order by dragging."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from process.models import ProcessVersion, PromptPack, Session
from process.services.interchange import import_version
from process.services.kinds import store_node_types
from tests.browser.conftest import OpenAs
from tests.browser.test_process import STORY
from tests.browser.watching import Watch, axe, scrolls_sideways
from tests.factories import make_user


def author() -> User:
    return make_user("ada", role=Role.ADMIN, is_staff=True, is_superuser=True)


def draft() -> ProcessVersion:
    store_node_types()  # a test before may have emptied all tables
    return import_version(None, json.loads(STORY.read_bytes()))


def at(version: ProcessVersion, page: str) -> str:
    return f"/admin/process/processversion/{version.pk}/{page}/"


def test_the_simulator_is_stepped_through_and_follows_each_choice(open_as: OpenAs) -> None:
    version = draft()
    page = open_as(author(), at(version, "simulate"))
    page.evaluate("() => { window.stays = true }")
    expect(page.locator("[aria-current=step]")).to_contain_text("Before we begin")
    page.get_by_role("button", name="Forward").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("What do you want to tell?")
    expect(page.locator(".au-timeline").get_by_text("Love and partnership")).to_have_count(1)
    page.get_by_label("Relationships").uncheck()
    expect(page.locator(".au-timeline").get_by_text("Love and partnership")).to_have_count(0)
    page.get_by_label("Tells of").select_option("single_event")
    expect(page.locator(".au-timeline").get_by_text("Childhood")).to_have_count(0)
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_label("How would you like to be called?").fill("Grace")
    page.get_by_role("button", name="Forward").click()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_label("How would you like to be called?")).to_have_value("Grace")
    page.get_by_label("Answer what is left blank").uncheck()
    expect(page.get_by_role("status").filter(has_text="This still needs an answer")).to_be_visible()
    page.get_by_role("button", name="Run to the end").click()
    expect(page.get_by_text("Comes to the end.")).to_be_visible()
    assert page.evaluate("window.stays"), "the page was never loaded anew"
    assert not Session.objects.exists()


def test_without_htmx_the_simulator_works_by_plain_forms(open_as: OpenAs, watch: Watch) -> None:
    watch.allow("ERR_FAILED|htmx is not defined")
    version, ada = draft(), author()
    page = open_as(ada)
    page.route("**/htmx.js", lambda route: route.abort())
    page.goto(at(version, "simulate"))
    page.get_by_role("button", name="Forward").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("What do you want to tell?")
    page.get_by_label("Relationships").uncheck()
    page.get_by_role("button", name="Walk again").click()
    expect(page.locator(".au-timeline").get_by_text("Love and partnership")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_authors_pages_look_right(open_as: OpenAs, scheme: str) -> None:
    version, ada = draft(), author()
    PromptPack.objects.get_or_create(template_name="Scenes")
    for name in ("simulate", "compare", "packs", "change"):
        page = open_as(ada, at(version, name), scheme=scheme)
        _looks_right(page)
        page.set_viewport_size({"width": 390, "height": 844})
        _looks_right(page)
        assert not scrolls_sideways(page), f"{name} scrolls sideways at 390 px"


def _looks_right(page: Page) -> None:
    """Within our part: the admin's theme around it is not ours."""
    assert axe(page, ".authoring") == []


def test_rows_are_put_in_order_by_dragging(open_as: OpenAs) -> None:
    version = draft()
    keys = list(version.nodes.values_list("node_key", flat=True))
    page = open_as(author(), at(version, "change"))
    handles = page.locator("#nodes-data .original [x-sort\\:handle]")
    expect(handles).to_have_count(len(keys))
    for rows in ("commitments", "edges", "sections"):
        handle = page.locator(f"#{rows}-data .original [x-sort\\:handle]").first
        expect(handle, f"{rows} have a handle").to_be_visible()
    handles.nth(2).drag_to(handles.nth(1))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    expected = [keys[0], keys[2], keys[1], *keys[3:]]
    assert list(version.nodes.values_list("node_key", flat=True)) == expected
