"""The draft as JSON text in a browser: problems in their place, formatting, the form without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.workflows.models import Workflow
from tests.browser.conftest import OpenAs
from tests.factories import make_user, make_workflow, step

LooksRight = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> User:
    return make_user("owen")


@pytest.fixture
def workflow(owner: User) -> Workflow:
    return make_workflow(owner, name="Greet", nodes=[step("hello", title="Say hello"), step("bye")], edges=[])


@pytest.fixture
def page(open_as: OpenAs, workflow: Workflow, owner: User) -> Page:
    page = open_as(owner, f"/workflows/{workflow.pk}/edit/?view=code")
    expect(page.locator("#problem-count")).to_contain_text("can be published")
    return page


def write(page: Page, text: str) -> None:
    """Replace all of the text, as somebody who pastes."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def graph(*nodes: dict[str, object]) -> str:
    return json.pretty({"nodes": list(nodes), "edges": []})


def test_problems_are_underlined_and_lead_to_their_place(page: Page) -> None:
    write(page, graph(step("hello"), {"id": "odd", "type": "nope"}, step("x", {"v": {"=": "1 +"}})))
    expect(page.locator("#problem-count")).to_have_text("2 problems")
    expect(page.locator(".cm-lintRange-error")).to_have_count(2)
    page.get_by_role("button", name="2 problems").click()
    problems = page.locator("#problems")
    expect(problems.get_by_role("heading", name="Node x")).to_be_visible()
    problems.get_by_role("button").first.click()
    expect(page.locator(".cm-activeLine")).to_contain_text("nope")


def test_text_that_is_no_json_is_neither_saved_nor_drawn(page: Page, workflow: Workflow) -> None:
    write(page, '{\n  "nodes": [,]\n}')
    expect(page.locator("#save-state")).to_have_text("Unsaved changes")
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    page.get_by_role("button", name="Canvas").click()
    expect(page.get_by_text("Put the JSON right first")).to_be_visible()
    expect(page.locator("#editor")).to_be_visible()
    write(page, graph(step("hello")))
    expect(page.locator("#save-state")).to_contain_text("Saved")
    page.get_by_role("button", name="Canvas").click()
    expect(page.locator(".react-flow__node")).to_have_count(1)
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "hello"


def test_saving_by_keyboard_makes_a_draft(page: Page, workflow: Workflow) -> None:
    write(page, graph(step("mine")))
    page.keyboard.press("Control+s")
    expect(page.locator("#what-is-edited")).to_have_text("Draft of version 2")
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "mine"
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text('"mine"')


def test_format_lays_the_text_out_and_search_finds(page: Page) -> None:
    write(page, '{"edges":[],"nodes":[{"type":"transform","id":"a","data":{"config":{"output":{}}}}]}')
    page.get_by_role("button", name="Format").click()
    expect(page.locator(".cm-line").nth(1)).to_contain_text('"nodes": [{ "id": "a", "type": "transform"')
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+f")
    expect(page.locator(".cm-search input[name=search]")).to_be_focused()


def test_tab_leaves_the_editor(page: Page) -> None:
    page.locator(".cm-content").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "editor"


def test_without_scripts_it_is_a_form(open_as: OpenAs, workflow: Workflow, owner: User) -> None:
    page = open_as(owner, f"/workflows/{workflow.pk}/edit/", java_script_enabled=False)
    page.get_by_label("Graph", exact=True).fill(graph(step("plain")))
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "plain"


def test_the_editor_looks_right(page: Page, looks_right: LooksRight) -> None:
    looks_right(page)
    write(page, graph({"id": "odd", "type": "nope"}))
    expect(page.locator("#problem-count")).to_have_text("1 problem")
    looks_right(page)
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+f")
    looks_right(page)
