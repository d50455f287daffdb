"""The graph view of a version in a browser: what is drawn there is what is stored."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from orchestrator.accounts.models import Role, User
from orchestrator.core.json import Json
from process.domain.drawing import read_redrawing
from process.models import FlowEdge, ProcessNode, ProcessVersion
from process.queries.graph import graph_of
from process.services.freezing import freeze
from process.services.graphing import redraw
from tests.browser.conftest import PHONE, OpenAs
from tests.browser.watching import Watch, axe, scrolls_sideways
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.storing import store


def make_version() -> ProcessVersion:
    origins = make_section("origins", make_prompt("where", node="talk"))
    talk = make_node("talk", "bye", prompts=(make_prompt(required=True),))
    welcome = make_node("welcome", "talk", text="Hello.")
    return store(make_process(welcome, talk, make_node("bye", text="Bye."), sections=(origins,)))


def make_author() -> User:
    return make_user(role=Role.ADMIN, is_staff=True, is_superuser=True)


def open_graph(open_as: OpenAs, version: ProcessVersion, user: User | None = None, **options: Any) -> Page:
    address = f"/admin/process/processversion/{version.pk}/graph/"
    page = open_as(user or make_author(), address, **options)
    expect(card(page, "Welcome")).to_be_visible()
    return page


def card(page: Page, name: str) -> Locator:
    return page.locator(".react-flow__node").filter(has=page.get_by_text(name, exact=True))


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


def choose(page: Page, name: str) -> None:
    """By the list of phases, which needs no pointer on the canvas."""
    panel(page).get_by_role("region", name="Phases").get_by_role("button", name=name).click()


def stored(page: Page) -> None:
    expect(page.get_by_text("All stored")).to_be_visible()


def drag(page: Page, start: Locator, to: tuple[float, float]) -> None:
    box = start.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def test_a_phase_is_put_elsewhere_and_stays_there(open_as: OpenAs) -> None:
    version = make_version()
    page = open_graph(open_as, version)
    talk, bye = (place_of(page, name) for name in ("Talk", "Bye"))
    box = card(page, "Bye").bounding_box()
    assert box is not None
    drag(page, card(page, "Bye"), (box["x"] + box["width"] / 2 + 170, box["y"] + box["height"] / 2 + 30))
    expect(page.get_by_text("Storing…")).to_be_visible()
    stored(page)
    moved = ProcessNode.objects.get(node_key="bye")
    assert moved.x is not None
    assert moved.x > bye[0] + 50
    page.reload()
    expect(card(page, "Bye")).to_be_visible()
    assert place_of(page, "Bye") == (moved.x, moved.y)
    assert place_of(page, "Talk") == talk, "the others stay where they were seen"

    page.get_by_role("button", name="Tidy").click()
    stored(page)
    assert place_of(page, "Bye") == bye
    page.get_by_role("button", name="Undo").click()
    stored(page)
    moved.refresh_from_db()
    assert place_of(page, "Bye") == (moved.x, moved.y) != bye


def place_of(page: Page, name: str) -> tuple[float, float]:
    style = card(page, name).get_attribute("style") or ""
    found = re.search(r"translate\((-?[\d.]+)px, (-?[\d.]+)px\)", style)
    assert found, style
    return float(found[1]), float(found[2])


def test_phases_are_connected_by_hand_with_a_condition(open_as: OpenAs) -> None:
    version = make_version()
    page = open_graph(open_as, version)
    target = card(page, "Bye").locator(".react-flow__handle.target").bounding_box()
    assert target is not None
    start = card(page, "Welcome").locator(".react-flow__handle.source")
    drag(page, start, (target["x"] + target["width"] / 2, target["y"] + target["height"] / 2))
    expect(panel(page).get_by_role("heading", name="Welcome → Bye")).to_be_visible()

    panel(page).get_by_label("Who takes it").select_option("scope_match")
    expect(panel(page).get_by_text("Choose at least one.")).to_be_visible()
    panel(page).get_by_label("Single event").check()
    expect(panel(page).locator(".pg-verdict")).to_have_text("Taken if scope is single event")
    stored(page)
    way = FlowEdge.objects.get(from_node__node_key="welcome", to_node__node_key="bye")
    assert (way.condition_type, way.condition_value) == ("scope_match", {"scopes": ["single_event"]})

    page.reload()
    expect(page.locator(".way-label").get_by_text("if scope is single event")).to_be_visible()
    findings = panel(page).get_by_role("region", name="Findings")
    findings.get_by_role("button", name=re.compile("never taken")).click()
    expect(panel(page).get_by_role("heading", name="Welcome → Bye")).to_be_visible()
    panel(page).get_by_role("button", name="Change the order").click()
    panel(page).get_by_role("button", name="Try the way to Bye earlier").click()
    stored(page)
    panel(page).get_by_role("button", name="Close, back to the overview").click()
    expect(findings.get_by_text("never taken")).to_have_count(0)


def test_an_expression_is_checked_while_it_is_written(open_as: OpenAs, watch: Watch) -> None:
    watch.allow("400")
    version = make_version()
    page = open_graph(open_as, version)
    choose(page, "Talk")
    panel(page).get_by_role("button", name="Bye always").click()
    panel(page).get_by_label("Who takes it").select_option("expression")
    text = panel(page).get_by_label("Expression", exact=True)
    text.fill("scope.type ==")
    expect(panel(page).get_by_role("alert")).to_be_visible()
    text.fill("profile.has_wings")
    expect(panel(page).get_by_text("The profile has no flag “has_wings”.")).to_be_visible()
    text.fill("profile.has_children")
    panel(page).get_by_role("button", name="Store the expression").click()
    stored(page)
    assert FlowEdge.objects.get(to_node__node_key="bye").condition_value == {
        "expression": "profile.has_children"
    }


def test_by_keyboard_a_phase_is_added_connected_and_undone(open_as: OpenAs) -> None:
    version = make_version()
    page = open_graph(open_as, version)
    choose(page, "Talk")
    page.get_by_role("button", name="Add phase").press("Enter")
    panel(page).get_by_label("Name").fill("A scene")
    expect(panel(page).get_by_label("Key")).to_have_value("a_scene")
    panel(page).get_by_label("Purpose").fill("To see it.")
    panel(page).get_by_role("button", name="Add phase").press("Enter")
    expect(card(page, "A scene")).to_be_visible()
    panel(page).get_by_label("Add way from A scene to").select_option(label="Bye")
    expect(panel(page).get_by_role("heading", name="A scene → Bye")).to_be_visible()
    stored(page)
    scene = version.nodes.get(node_key="a_scene")
    assert list(scene.incoming.values_list("from_node__node_key", flat=True)) == ["talk"]
    assert list(scene.outgoing.values_list("to_node__node_key", flat=True)) == ["bye"]
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
        stored(page)
    expect(card(page, "A scene")).to_have_count(0)
    assert (version.nodes.count(), version.edges.count()) == (3, 2)


def test_what_is_refused_is_told_at_its_field(open_as: OpenAs, watch: Watch) -> None:
    watch.allow("400")
    version = make_version()
    page = open_graph(open_as, version)
    choose(page, "Talk")
    key = panel(page).get_by_label("Key")
    key.fill("Not a key")
    key.press("Enter")
    expect(panel(page).get_by_text("Small letters, digits and _")).to_be_visible()
    expect(key).to_have_value("Not a key")
    key.fill("chat")
    key.press("Enter")
    stored(page)
    expect(card(page, "Talk").get_by_text("chat")).to_be_visible()
    assert version.nodes.filter(node_key="chat").exists()


def test_a_second_author_is_told_and_may_go_on(open_as: OpenAs, watch: Watch) -> None:
    watch.allow("409")
    version, ada = make_version(), make_author()
    page = open_graph(open_as, version, ada)
    talk = version.nodes.get(node_key="talk")
    values: Json = {"do": "change_phase", "id": str(talk.pk), "values": {"purpose": "Theirs."}}
    theirs = read_redrawing({"revision": version.revision, "changes": [values]})
    redraw(ada, version.pk, revision=theirs.revision, changes=theirs.changes)

    choose(page, "Talk")
    name = panel(page).get_by_label("Name")
    name.fill("Chat")
    name.press("Enter")
    expect(page.get_by_text("Somebody else changed this draft")).to_be_visible()
    expect(panel(page).get_by_label("Purpose")).to_have_value("Theirs.")
    page.get_by_role("button", name="Do it again").click()
    expect(card(page, "Chat")).to_be_visible()
    talk.refresh_from_db()
    assert (talk.node_name, talk.purpose) == ("Chat", "Theirs.")


def test_a_phase_with_prompts_is_deleted_only_after_a_question(open_as: OpenAs) -> None:
    version = make_version()
    page = open_graph(open_as, version)
    choose(page, "Talk")
    panel(page).get_by_role("button", name="Delete phase").click()
    asked = page.get_by_role("dialog", name="Delete “Talk”?")
    expect(asked).to_contain_text("2 prompts")
    asked.get_by_role("button", name="Keep it").click()
    assert version.nodes.filter(node_key="talk").exists()
    panel(page).get_by_role("button", name="Delete phase").click()
    asked.get_by_role("button", name="Delete phase").click()
    expect(card(page, "Talk")).to_have_count(0)
    stored(page)
    assert not version.nodes.filter(node_key="talk").exists()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_what_is_in_use_is_looked_at_and_cloned(open_as: OpenAs) -> None:
    version = make_version()
    freeze(version)
    page = open_graph(open_as, version)
    expect(page.get_by_text("Sessions rest on this version")).to_be_visible()
    expect(page.get_by_role("button", name="Add phase")).to_have_count(0)
    before = card(page, "Bye").bounding_box()
    assert before is not None
    drag(page, card(page, "Bye"), (before["x"] + 200, before["y"] + 20))
    choose(page, "Talk")
    expect(panel(page).get_by_label("Name")).not_to_be_editable()
    expect(panel(page).get_by_role("button", name="Delete phase")).to_have_count(0)
    assert ProcessNode.objects.get(node_key="bye").x is None
    page.get_by_role("link", name="Clone").click()
    expect(page.get_by_text("A draft is made with all of")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_graph_is_usable_by_everybody_and_on_phones(open_as: OpenAs, theme: str) -> None:
    version = make_version()
    page = open_graph(open_as, version, scheme=theme)
    canvas = "rgb(13, 18, 28)" if theme == "dark" else "rgb(247, 248, 250)"
    expect(page.locator(".react-flow__background")).to_have_css("background-color", canvas)
    assert _findings(page) == []
    choose(page, "Talk")
    assert _findings(page) == []
    panel(page).get_by_role("region", name="Ways on").get_by_role("button").first.click()
    expect(panel(page).get_by_label("Who takes it")).to_be_visible()
    assert _findings(page) == []
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert not scrolls_sideways(page)
    expect(card(page, "Welcome")).to_be_visible()
    stage, beside = page.locator(".stage").bounding_box(), panel(page).bounding_box()
    assert stage is not None
    assert beside is not None
    assert beside["y"] >= stage["y"] + stage["height"] - 1
    assert _findings(page) == []


def _findings(page: Page) -> list[str]:
    """Of our part of the page; the frame around it is the admin theme's."""
    return axe(page, "#process-graph")


def test_the_graph_shows_every_phase_and_way(open_as: OpenAs) -> None:
    version = make_version()
    page = open_graph(open_as, version)
    shown: Any = graph_of(version)
    expect(page.locator(".react-flow__node")).to_have_count(len(shown["phases"]))
    expect(page.locator(".react-flow__edge")).to_have_count(len(shown["ways"]))
    expect(card(page, "Welcome").get_by_text("Start")).to_be_visible()
    expect(card(page, "Bye").get_by_text("End")).to_be_visible()
    expect(card(page, "Talk")).to_contain_text("2 prompts, 1 required")
