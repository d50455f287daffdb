"""The canvas in a browser: adding, connecting, forms, keys, undo, the clipboard, inner graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow
from tests.browser.conftest import OpenAs
from tests.factories import make_user, make_workflow, node, step

LooksRight = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> User:
    return make_user("owen")


def at(part: dict[str, Any], x: int, y: int) -> dict[str, Any]:
    return {**part, "position": {"x": x, "y": y}}


@pytest.fixture
def workflow(owner: User) -> Workflow:
    parts = [at(step("hello", title="Say hello"), 0, 0), at(step("bye", title="Say goodbye"), 0, 200)]
    edges = [{"id": "e1", "source": "hello", "target": "bye"}]
    return make_workflow(owner, name="Greet", nodes=parts, edges=edges)


@pytest.fixture
def page(open_as: OpenAs, workflow: Workflow, owner: User) -> Page:
    return opened(open_as(owner, f"/workflows/{workflow.pk}/edit/"))


def opened(page: Page) -> Page:
    expect(page.locator(".react-flow__node").first).to_be_visible()
    expect(page.locator("#problem-count")).to_contain_text("can be published")
    return page


def box(page: Page, node_id: str) -> Locator:
    return page.locator(f".react-flow__node[data-id={node_id}]")


def saved(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("#save-state")).to_contain_text("Saved")


def draft(workflow: Workflow) -> tuple[dict[str, Any], list[Any]]:
    """Nodes by id and edges as they are stored."""
    version = workflow.versions.get(status="draft")
    return {each["id"]: each for each in version.nodes}, version.edges


def drag(page: Page, start: Locator, x: float, y: float) -> None:
    start.hover()
    page.mouse.down()
    page.mouse.move(x - 5, y - 5, steps=6)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


def test_a_node_is_dragged_from_the_palette_and_connected(page: Page, workflow: Workflow) -> None:
    page.get_by_role("button", name="Add Tab").click()
    page.get_by_role("button", name="Timer").drag_to(
        page.locator(".react-flow__pane"), target_position={"x": 900, "y": 420}
    )
    timer = box(page, "timer")
    expect(timer).to_be_focused()
    goal = timer.locator(".react-flow__handle.target").bounding_box()
    assert goal
    start = box(page, "bye").locator(".react-flow__handle.source")
    drag(page, start, goal["x"] + goal["width"] / 2, goal["y"] + goal["height"] / 2)
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    saved(page)
    nodes, edges = draft(workflow)
    assert nodes["timer"]["type"] == "timer"
    assert {"source": "bye", "target": "timer"}.items() <= edges[-1].items()


def test_the_keyboard_alone_adds_fills_in_connects_and_saves(page: Page, workflow: Workflow) -> None:
    page.locator(".stage").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(box(page, "hello")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(box(page, "bye")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Search node types")).to_be_focused()
    page.keyboard.type("decis")
    page.keyboard.press("Enter")
    expect(box(page, "decision")).to_be_focused()
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    page.keyboard.press("F2")
    page.keyboard.type("Which way?")
    expect(box(page, "decision")).to_contain_text("Which way?")
    page.get_by_role("button", name="Add rule").press("Enter")
    page.get_by_role("textbox", name="When").focus()
    page.keyboard.type("input.n > 1")
    page.get_by_role("textbox", name="Port", exact=True).focus()
    page.keyboard.type("back")
    expect(box(page, "decision")).to_contain_text("back")
    box(page, "decision").focus()
    page.keyboard.press("c")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.locator(".react-flow__edge")).to_have_count(3)
    saved(page)
    nodes, edges = draft(workflow)
    assert nodes["decision"]["data"]["config"]["rules"] == [{"when": "input.n > 1", "port": "back"}]
    assert {"source": "decision", "target": "hello", "sourceHandle": "back"}.items() <= edges[-1].items()


def test_undo_and_redo(page: Page) -> None:
    box(page, "bye").click()
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node")).to_have_count(1)
    expect(page.locator(".react-flow__edge")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".react-flow__node")).to_have_count(2)
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".react-flow__node")).to_have_count(1)
    page.get_by_role("button", name="Undo: Delete").click()
    expect(page.locator(".react-flow__node")).to_have_count(2)


def test_a_mistake_in_an_expression_is_told_while_typing(page: Page) -> None:
    box(page, "hello").click()
    page.get_by_role("button", name="Add to output").click()
    field = page.get_by_role("textbox", name="name", exact=True)
    field.focus()
    page.keyboard.type("inpt.amount")
    panel = page.get_by_label("Settings of what is selected")
    expect(panel.get_by_text('did you mean "input"')).to_be_visible()
    expect(box(page, "hello").locator(".flow-node")).to_contain_class("has-error")
    page.get_by_role("button", name="1 problem").click()
    expect(page.locator("#problems").get_by_text("There is no name")).to_be_visible()
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("inp")
    page.keyboard.press("Escape")
    page.keyboard.type("ut.amount")
    expect(page.locator("#problem-count")).to_contain_text("can be published")


def test_names_in_scope_are_offered(page: Page) -> None:
    box(page, "bye").click()
    page.get_by_role("button", name="Add to output").click()
    page.get_by_role("textbox", name="name", exact=True).focus()
    page.keyboard.type("nodes.hello.out")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("output")
    page.keyboard.press("Enter")
    page.keyboard.type(".")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("ok")


def test_a_field_shows_the_expression_that_stands_in_its_place(open_as: OpenAs, owner: User) -> None:
    settings = {"to": [{"=": "input.email"}], "subject": "Hello", "text": "Dear {{ input.name }}"}
    mail = node("mail", "action", {"action": "email.send", "with": settings})
    workflow = make_workflow(owner, nodes=[mail])
    page = opened(open_as(owner, f"/workflows/{workflow.pk}/edit/"))
    box(page, "mail").click()
    expect(page.get_by_role("textbox", name="Item 1")).to_have_text("input.email")
    expect(page.get_by_role("textbox", name="Text")).to_have_text("Dear {{ input.name }}")
    page.get_by_role("textbox", name="Subject").focus()
    page.keyboard.press("End")
    page.keyboard.type("!")
    saved(page)
    stored = draft(workflow)[0]["mail"]["data"]["config"]
    assert stored == {"action": "email.send", "with": {**settings, "subject": "Hello!"}}


def test_nodes_are_copied_with_their_edges_and_duplicated(page: Page, workflow: Workflow) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box(page, "hello").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(page.locator(".react-flow__node")).to_have_count(4)
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    page.keyboard.press("Control+d")
    expect(page.locator(".react-flow__node")).to_have_count(6)
    saved(page)
    assert set(draft(workflow)[0]) == {"hello", "bye", "hello_2", "bye_2", "hello_3", "bye_3"}


def test_a_node_is_disabled_moved_and_put_on_an_edge(page: Page, workflow: Workflow) -> None:
    box(page, "bye").click()
    page.keyboard.press("d")
    expect(box(page, "bye")).to_contain_text("Disabled")
    box(page, "bye").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".react-flow__edge").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Insert a node here").click()
    page.get_by_role("button", name="Transform").click()
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    saved(page)
    nodes, edges = draft(workflow)
    assert nodes["bye"]["data"]["disabled"] is True
    assert nodes["bye"]["position"]["x"] > 0
    assert [(each["source"], each["target"]) for each in edges] == [
        ("hello", "transform"),
        ("transform", "bye"),
    ]


def test_the_body_of_a_map_is_a_graph_of_its_own(open_as: OpenAs, owner: User) -> None:
    each = node("each", "map", {"items": [1, 2], "body": {"nodes": [step("inner")], "edges": []}})
    workflow = make_workflow(owner, nodes=[each])
    page = opened(open_as(owner, f"/workflows/{workflow.pk}/edit/"))
    box(page, "each").dblclick()
    expect(box(page, "inner")).to_be_visible()
    box(page, "inner").click()
    page.get_by_label("Id, for expressions").fill("renamed")
    page.keyboard.press("Enter")
    expect(box(page, "renamed")).to_be_visible()
    page.get_by_role("button", name="Whole graph").click()
    expect(box(page, "each")).to_be_visible()
    saved(page)
    body = draft(workflow)[0]["each"]["data"]["config"]["body"]
    assert [part["id"] for part in body["nodes"]] == ["renamed"]


def test_one_node_is_tried_with_sample_data(page: Page) -> None:
    box(page, "hello").click()
    page.get_by_role("button", name="Add to output").click()
    page.get_by_role("textbox", name="name", exact=True).focus()
    page.keyboard.type("input.n * 2")
    page.get_by_role("tab", name="Try").click()
    page.get_by_label("Sample data").fill('{"input": {"n": 21}}')
    page.get_by_role("button", name="Try this node").click()
    expect(page.get_by_text("Succeeded", exact=True)).to_be_visible()
    expect(page.get_by_label("Output", exact=True)).to_contain_text('"name": 42')
    page.get_by_label("Sample data").fill('{"input": {}}')
    page.get_by_role("button", name="Try this node").click()
    expect(page.get_by_text("Failed", exact=True)).to_be_visible()


def test_a_phone_shows_the_graph_and_its_forms(open_as: OpenAs, workflow: Workflow, owner: User) -> None:
    page = opened(open_as(owner, f"/workflows/{workflow.pk}/edit/", phone=True))
    box(page, "hello").click()
    page.get_by_label("Title").fill("Say hi")
    expect(box(page, "hello")).to_contain_text("Say hi")
    page.get_by_role("button", name="Close the panel").click()
    saved(page)
    assert draft(workflow)[0]["hello"]["data"]["title"] == "Say hi"


def test_the_builder_looks_right(page: Page, looks_right: LooksRight) -> None:
    looks_right(page)
    box(page, "hello").click()
    looks_right(page)
    page.get_by_role("tab", name="Behaviour").click()
    looks_right(page)
    page.get_by_role("tab", name="Try").click()
    looks_right(page)
    page.locator(".stage").focus()
    page.keyboard.press("Tab")
    looks_right(page)
    page.keyboard.press("Escape")
    page.locator(".stage").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of the builder")).to_be_visible()
    looks_right(page)
