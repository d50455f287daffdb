"""The picture of a graph as it stands in a page."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from orchestrator.executions.demo.sensors import sensors_workflow
from orchestrator.workflows.drawing import fitted
from tests.factories import chain, edge, node, step

TEMPLATE = Template("{% load graph %}{% graph_picture nodes edges marks name %}")
SVG = "{http://www.w3.org/2000/svg}"


def draw(nodes: Any, edges: Any = (), marks: Any = None, name: str = "") -> str:
    return TEMPLATE.render(Context({"nodes": nodes, "edges": edges, "marks": marks, "name": name}))


def svg(page: str) -> ElementTree.Element:
    """The picture; fails if it is not well-formed."""
    found = re.search(r"<svg xmlns.*?</svg>\s*</div>", page, re.DOTALL)
    assert found
    return ElementTree.fromstring(found[0].rpartition("</div>")[0])


def test_every_node_and_edge_can_be_found_by_its_id() -> None:
    picture = svg(draw([step("a"), step("b")], chain("a", "b")))
    assert [each.get("data-node") for each in picture.iter(f"{SVG}g") if each.get("data-node")] == ["a", "b"]
    assert [each.get("data-edge") for each in picture.iter(f"{SVG}g") if each.get("data-edge")] == ["a-out-b"]


def test_text_of_people_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'
    drawn = {**edge("a", "b"), "label": evil}
    page = draw([step("a", title=evil), step("b", title="<b>")], [drawn], name=evil)
    svg(page)
    assert "<script>" not in page
    assert "<b>" not in page


def test_there_is_no_inline_style_and_no_handler() -> None:
    page = draw([step("a"), node("m", "map", {}), node("s", "subworkflow", {})], chain("a", "m", "s"))
    assert not re.search(r"\s(style|on\w+)=", page)


def test_those_who_do_not_see_the_picture_are_told_it() -> None:
    page = draw([step("a", title="Begin"), step("b", title="End")], chain("a", "b"), name="Order")
    words = re.sub(r"<[^>]+>", "", page.split("<ol")[1])
    assert "Begin (Transform), leads to End" in words
    assert 'aria-label="2 nodes and 1 edge"' in page
    assert "Graph of Order" in page


def test_marks_show_as_state_icon_and_word() -> None:
    marks = {"nodes": {"a": {"state": "failed", "note": "Failed"}}, "edges": ["a-out-b"]}
    page = draw([step("a"), step("b")], chain("a", "b"), marks)
    first = next(each for each in svg(page).iter(f"{SVG}g") if each.get("data-node") == "a")
    assert first.get("data-state") == "failed"
    texts = [each.text for each in first.iter(f"{SVG}text")]
    assert texts == ["a", "Failed"]
    assert "circle-x" in page
    assert 'data-edge="a-out-b" data-taken' in page
    assert "graph-run" in page


def test_labels_are_the_edge_s_own_else_its_port_else_its_condition() -> None:
    drawn = [
        {**edge("a", "b", port="yes"), "label": "sure"},
        edge("a", "c", port="no"),
        edge("a", "d", when="input.amount > 100 && input.customer != 'nobody'"),
    ]
    page = draw([step(name) for name in "abcd"], drawn)
    assert re.findall(r'class="edge-label"[^>]*>(?:<title>.*?</title>)?([^<]+)', page) == [
        "sure",
        "no",
        "input.amount &gt; 100 &amp;&amp; inp…",
    ]


def test_special_nodes_look_special() -> None:
    page = draw([node("m", "map", {}), node("s", "subworkflow", {}), step("d", disabled=True), step("p")])
    classes = re.findall(r'class="node([^"]*)" data-node="(\w)"', page)
    assert classes == [(" is-stack", "m"), (" is-nested", "s"), (" disabled", "d"), ("", "p")]
    assert "Disabled" in page


@pytest.mark.parametrize("nodes", [None, "text", [], [None, 5, {"id": 7}], [{"id": "a"}]])
def test_a_broken_draft_gives_what_can_be_drawn_of_it(nodes: Any) -> None:
    assert 'aria-label="0 nodes and 0 edges"' in draw(nodes, nodes)


def test_a_type_that_is_not_installed_is_named() -> None:
    assert "teleport" in draw([node("a", "teleport")])


def test_a_hundred_nodes_are_close_and_their_edges_thin() -> None:
    document = sensors_workflow()
    for each in document["nodes"]:
        each["position"]["x"] *= 0.6
    page = draw(document["nodes"], document["edges"])
    assert "graph-dense" in page
    assert page.count('class="node narrow"') == 106


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Short", "Short"), ("A title that is much too long for its box", "A title that is mu…"), ("", "")],
)
def test_titles_are_cut_to_their_boxes(text: str, shown: str) -> None:
    assert fitted(text, 120, 13) == shown
