"""The settings of one workflow in a browser: tags as chips; and tabs on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from tests.browser.conftest import OpenAs
from tests.factories import make_user, make_workflow

LooksRight = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> User:
    return make_user("owen")


def test_tags_of_one_workflow_are_chips_that_are_added_and_taken_away_by_keyboard(
    open_as: OpenAs, looks_right: LooksRight, owner: User
) -> None:
    make_workflow(owner, tags=["known"])
    workflow = make_workflow(owner, tags=["one", "two"])
    page = open_as(owner, f"/workflows/{workflow.pk}/?tab=settings")
    chips = page.get_by_role("list", name="Tags").get_by_role("listitem")
    expect(chips).to_have_text(["one", "two"])
    expect(page.locator("#known-tags option[value=known]")).to_have_count(1)
    field = page.get_by_role("combobox", name="Tags")
    field.press("Backspace")
    field.fill("Three")
    field.press("Enter")
    expect(chips).to_have_text(["one", "three"])
    looks_right(page)
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    workflow.refresh_from_db()
    assert workflow.tags == ["one", "three"]


def test_the_open_tab_is_in_view_on_a_phone(open_as: OpenAs, owner: User) -> None:
    page = open_as(owner, "/settings/ai/", phone=True)
    tabs = page.get_by_role("navigation", name="Settings")
    expect(tabs.get_by_role("link", name="AI providers")).to_be_in_viewport(ratio=0.9)
    expect(tabs.get_by_role("link", name="Profile")).not_to_be_in_viewport(ratio=0.9)
