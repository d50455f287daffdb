"""Choosing in the builder whom an approval asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Access, Workflow
from tests.browser.conftest import OpenAs
from tests.browser.test_builder import box, draft, opened, saved
from tests.factories import make_user, make_workflow, node, share

LooksRight = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> User:
    return make_user("owen")


@pytest.fixture
def workflow(owner: User) -> Workflow:
    asks = node("ask", "human", {"approvers": ["role:admin"]}, title="Ask") | {"position": {"x": 0, "y": 0}}
    workflow = make_workflow(owner, nodes=[asks])
    share(workflow, make_user("bob", first_name="Bob", last_name="Builder"), Access.VIEWER)
    return workflow


def test_approvers_are_found_by_name_and_chosen_by_keyboard(
    open_as: OpenAs, looks_right: LooksRight, owner: User, workflow: Workflow
) -> None:
    page = opened(open_as(owner, f"/workflows/{workflow.pk}/edit/"))
    box(page, "ask").click()
    field = page.get_by_role("combobox", name="Approvers")
    chips = page.get_by_role("group", name="Approvers").locator(".tag")
    expect(chips).to_have_text(["All admins"])
    field.fill("build")
    expect(page.get_by_role("option", name="Bob Builder")).to_have_attribute("aria-selected", "true")
    looks_right(page)
    field.press("Enter")
    expect(chips).to_have_text(["All admins", "Bob Builder"])
    field.fill("carol")
    field.press("ArrowUp")
    field.press("Enter")
    expect(chips).to_have_text(["All admins", "Bob Builder", "carol"])
    page.get_by_role("button", name="Remove All admins").click()
    saved(page)
    nodes, _ = draft(workflow)
    assert nodes["ask"]["data"]["config"]["approvers"] == ["user:bob", "user:carol"]
    field.press("Escape")
    field.press("Backspace")
    expect(chips).to_have_text(["Bob Builder"])
