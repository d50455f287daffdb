"""The JSON editor in a browser: problems beside the text, saving, conflicts, publishing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.versions import save_draft
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user, make_workflow, share, step

LooksRight = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> User:
    return make_user("owen")


@pytest.fixture
def workflow(owner: User) -> Workflow:
    return make_workflow(owner, name="Greet", nodes=[step("hello", title="Say hello"), step("bye")], edges=[])


@pytest.fixture
def page(open_as: OpenAs, workflow: Workflow, owner: User) -> Page:
    page = open_as(owner, f"/workflows/{workflow.pk}/edit/")
    expect(page.get_by_text("The graph can be published.")).to_be_visible()
    return page


def text_of(page: Page) -> str:
    return str(page.locator("#id_document").input_value())


def write(page: Page, text: str) -> None:
    """Replace all of the text, as somebody who pastes."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def graph(*nodes: dict[str, object]) -> str:
    return json.pretty({"nodes": list(nodes), "edges": []})


def test_problems_stand_beside_the_text_and_lead_to_their_place(page: Page) -> None:
    write(page, graph(step("hello"), {"id": "odd", "type": "nope"}, step("x", {"v": {"=": "1 +"}})))
    problems = page.locator("#problems")
    expect(problems.get_by_role("heading", name="Node odd")).to_be_visible()
    expect(problems.get_by_role("heading", name="Node x")).to_be_visible()
    expect(page.locator("#problem-count")).to_have_text("2 problems")
    expect(page.locator(".cm-lintRange-error")).to_have_count(2)
    problems.get_by_role("button").first.click()
    selected = page.locator("#editor").evaluate("host => host.shadowRoot.getSelection?.().toString()")
    expect(page.locator(".cm-activeLine")).to_contain_text("nope")
    assert selected is None or "nope" in selected


def test_a_syntax_error_is_told_with_its_line_and_goes_when_it_is_put_right(page: Page) -> None:
    write(page, '{\n  "nodes": [,]\n}')
    expect(page.locator("#problems")).to_contain_text("Line 2")
    page.locator("#problems").get_by_role("button").click()
    expect(page.locator(".cm-activeLine")).to_contain_text("[,]")
    write(page, graph(step("hello")))
    expect(page.get_by_text("The graph can be published.")).to_be_visible()


def test_the_picture_follows_the_text(page: Page) -> None:
    write(page, graph(step("hello", title="Another title")))
    expect(page.locator("#picture [data-node=hello]").first).to_contain_text("Another title")
    page.locator("#picture [data-node=hello]").first.click()
    expect(page.locator(".cm-activeLine")).to_contain_text('"hello"')


def test_saving_by_keyboard_makes_a_draft(page: Page, workflow: Workflow) -> None:
    expect(page.locator("#save-state")).to_have_text("Saved")
    write(page, graph(step("mine")))
    expect(page.locator("#save-state")).to_have_text("Unsaved changes")
    page.keyboard.press("Control+s")
    expect(page.locator("#save-state")).to_have_text("Saved")
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "mine"
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text('"mine"')


def test_leaving_with_unsaved_changes_asks(page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    write(page, graph(step("mine")))
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Workflows").click(
        no_wait_after=True
    )
    expect(page.locator("#save-state")).to_have_text("Unsaved changes")
    assert asked == ["beforeunload"]
    page.keyboard.press("Control+s")
    expect(page.locator("#save-state")).to_have_text("Saved")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Workflows").click()
    expect(page.get_by_role("heading", name="Workflows", level=1)).to_be_visible()
    assert asked == ["beforeunload"]


def test_publishing_saves_notes_and_leads_to_the_workflow(page: Page, workflow: Workflow) -> None:
    write(page, graph(step("mine")))
    page.get_by_role("button", name="Publish").click()
    page.get_by_label("What changed").fill("Only one step")
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    current = workflow.versions.get(is_current=True)
    assert (current.number, current.note, current.nodes[0]["id"]) == (2, "Only one step", "mine")


def test_a_graph_with_problems_is_saved_and_not_published(
    page: Page, workflow: Workflow, watch: Watch
) -> None:
    watch.allow("400")
    write(page, graph({"id": "odd", "type": "nope"}))
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Not published.")).to_be_visible()
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "odd"
    assert workflow.versions.get(is_current=True).number == 1


@pytest.fixture
def overtaken(page: Page, workflow: Workflow, watch: Watch) -> Page:
    """Ben has saved since the page was opened; here the first try to save is refused."""
    watch.allow("409")
    ben = make_user("ben")
    share(workflow, ben, Access.EDITOR)
    save_draft(ben, workflow.pk, nodes=[step("theirs")], edges=[])
    write(page, graph(step("mine")))
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog", name="Somebody else has saved")).to_contain_text("ben has saved")
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "theirs"
    return page


def test_the_second_editor_may_replace_theirs(overtaken: Page, workflow: Workflow) -> None:
    overtaken.get_by_role("button", name="Save mine in its place").click()
    expect(overtaken.locator("#save-state")).to_have_text("Saved")
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "mine"


def test_the_second_editor_may_load_theirs_and_get_mine_back(overtaken: Page, workflow: Workflow) -> None:
    overtaken.get_by_role("button", name="Load theirs into the editor").click()
    expect(overtaken.locator(".cm-content")).to_contain_text('"theirs"')
    expect(overtaken.locator("#save-state")).to_have_text("Saved")
    overtaken.locator(".cm-content").focus()
    overtaken.keyboard.press("Control+z")
    expect(overtaken.locator(".cm-content")).to_contain_text('"mine"')
    overtaken.keyboard.press("Control+s")
    expect(overtaken.locator("#save-state")).to_have_text("Saved")
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "mine"


def test_the_second_editor_may_decide_later(overtaken: Page) -> None:
    overtaken.get_by_role("button", name="Decide later").click()
    assert json.loads(text_of(overtaken))["nodes"][0]["id"] == "mine"
    expect(overtaken.locator("#save-state")).to_have_text("Unsaved changes")


def test_format_lays_the_text_out_and_search_finds(page: Page) -> None:
    write(page, '{"edges":[],"nodes":[{"type":"transform","id":"a","data":{"config":{"output":{}}}}]}')
    page.get_by_role("button", name="Format").click()
    assert text_of(page).startswith('{\n  "nodes": [{ "id": "a", "type": "transform"')
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
    page.keyboard.press("Control+f")
    looks_right(page)
