"""Pictures of graphs: no box on another, every line from border to border, always the same."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.executions.demo.sensors import sensors_workflow
from orchestrator.graphs.layout import Box, Layout, Point, lay_out
from orchestrator.graphs.model import Graph, read_graph

Ends = list[tuple[str, str]]
Places = dict[str, tuple[float, float]]
DEMO = Path(__file__).parents[2] / "orchestrator/executions/demo/files"


def graph(names: list[str], ends: Ends, places: Places | None = None) -> Graph:
    nodes: list[dict[str, Any]] = [{"id": name, "type": "transform"} for name in names]
    for node in nodes if places else ():
        x, y = (places or {})[node["id"]]
        node["position"] = {"x": x, "y": y}
    edges = [
        {"id": f"e{number}", "source": source, "target": target}
        for number, (source, target) in enumerate(ends)
    ]
    read, problems = read_graph({"nodes": nodes, "edges": edges})
    assert not problems
    return read


@st.composite
def graphs(draw: Callable[..., Any]) -> Graph:
    names = [f"n{number}" for number in range(draw(st.integers(1, 30)))]
    ends = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=60))
    places = st.tuples(st.integers(-600, 600), st.integers(-600, 600))
    chosen = draw(st.none() | st.fixed_dictionaries({name: places for name in names}))
    return graph(names, ends, chosen)


def overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def on_border(point: Point, box: Box) -> bool:
    inside = box.x - 0.01 <= point.x <= box.right + 0.01 and box.y - 0.01 <= point.y <= box.bottom + 0.01
    at_edge = min(
        abs(point.x - box.x), abs(point.x - box.right), abs(point.y - box.y), abs(point.y - box.bottom)
    )
    return inside and at_edge < 0.01


def numbers(path: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", path)]


def check(layout: Layout, drawn: Graph) -> None:
    assert set(layout.boxes) == {node.id for node in drawn.nodes}
    assert [line.id for line in layout.lines] == [edge.id for edge in drawn.edges]
    assert not [pair for pair in combinations(layout.boxes.values(), 2) if overlap(*pair)]
    for line in layout.lines:
        assert on_border(line.start, layout.boxes[line.source]), line
        assert on_border(line.end, layout.boxes[line.target]), line
        coordinates = numbers(line.path)
        assert coordinates[:2] == pytest.approx(line.start, abs=0.06)
        assert coordinates[-2:] == pytest.approx(line.end, abs=0.06)
        assert all(-0.1 <= x <= layout.width + 0.1 for x in coordinates[::2]), line
        assert all(-0.1 <= y <= layout.height + 0.1 for y in coordinates[1::2]), line
    assert all(box.x >= 0 and box.right <= layout.width for box in layout.boxes.values())
    assert all(box.y >= 0 and box.bottom <= layout.height for box in layout.boxes.values())


@given(graphs())
def test_boxes_are_apart_and_lines_begin_and_end_at_their_borders(drawn: Graph) -> None:
    check(lay_out(drawn), drawn)


@given(graphs())
def test_a_graph_always_gives_the_same_picture(drawn: Graph) -> None:
    assert lay_out(drawn) == lay_out(drawn)


@given(graphs(), st.randoms(use_true_random=False))
def test_boxes_do_not_depend_on_the_order_of_edges(drawn: Graph, chance: random.Random) -> None:
    edges = list(drawn.edges)
    chance.shuffle(edges)
    assert lay_out(Graph(nodes=drawn.nodes, edges=tuple(edges))).boxes == lay_out(drawn).boxes


def test_an_author_s_arrangement_is_kept() -> None:
    places = {"a": (-50.0, 40.0), "b": (300.0, 10.0), "c": (20.0, 400.0)}
    boxes = lay_out(graph(["a", "b", "c"], [("a", "b"), ("b", "c")], places)).boxes
    for one, other in combinations(places, 2):
        moved = (boxes[other].x - boxes[one].x, boxes[other].y - boxes[one].y)
        assert moved == (places[other][0] - places[one][0], places[other][1] - places[one][1])


@pytest.mark.parametrize(
    "places",
    [
        pytest.param({"a": (0, 0), "b": (0, 0), "c": (0, 0)}, id="never arranged"),
        pytest.param({"a": (0, 0), "b": (40, 10), "c": (0, 300)}, id="on each other"),
        pytest.param({"a": (0, 0), "b": (0, 1e9), "c": (0, 300)}, id="absurdly far"),
    ],
)
def test_positions_that_are_no_arrangement_are_not_used(places: Places) -> None:
    ends = [("a", "b"), ("b", "c")]
    assert lay_out(graph(["a", "b", "c"], ends, places)) == lay_out(graph(["a", "b", "c"], ends))


def test_one_node_without_a_position_has_everything_laid_out() -> None:
    nodes = [{"id": "a", "type": "end", "position": {"x": 900, "y": 900}}, {"id": "b", "type": "end"}]
    drawn, _ = read_graph({"nodes": nodes, "edges": [{"id": "e", "source": "a", "target": "b"}]})
    boxes = lay_out(drawn).boxes
    assert boxes["a"].x == boxes["b"].x
    assert boxes["a"].bottom < boxes["b"].y


def test_every_edge_but_those_that_close_a_loop_leads_down() -> None:
    ends = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("a", "d")]
    boxes = lay_out(graph(["a", "b", "c", "d"], ends)).boxes
    for source, target in ends:
        assert (boxes[source].bottom < boxes[target].y) is ((source, target) != ("c", "b"))


def test_a_chain_is_a_straight_line() -> None:
    names = [f"n{number}" for number in range(20)]
    layout = lay_out(graph(names, list(pairwise(names))))
    assert len({box.x for box in layout.boxes.values()}) == 1
    assert all("C" not in line.path for line in layout.lines)


def test_a_tree_needs_no_crossing() -> None:
    names = [f"n{number}" for number in range(15)]
    order = (9, 3, 8, 14, 1, 12, 5, 2, 4, 6, 7, 10, 13, 11)
    ends = [(names[(number - 1) // 2], names[number]) for number in order]
    layout = lay_out(graph(names, ends))
    lines = [(line.start, line.end) for line in layout.lines]
    same_gap = [(one, other) for one, other in combinations(lines, 2) if one[0].y == other[0].y]
    assert same_gap
    for (start, end), (other_start, other_end) in same_gap:
        assert (start.x - other_start.x) * (end.x - other_end.x) >= 0


def test_a_wide_layer_becomes_a_block_that_can_be_read() -> None:
    names = [f"n{number}" for number in range(100)]
    fan = [("start", name) for name in names] + [(name, "end") for name in names]
    drawn = graph(["start", *names, "end"], fan)
    layout = lay_out(drawn)
    check(layout, drawn)
    assert layout.width < 2_600
    assert layout.height < 2_000
    rows = {layout.boxes[name].y for name in names}
    assert len(rows) > 5
    assert [name for name in names if layout.boxes[name].y == min(rows)] == names[: 100 // len(rows) + 1]


def test_a_loop_s_way_back_passes_beside_the_boxes() -> None:
    layout = lay_out(graph(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")]))
    back = layout.lines[2]
    assert back.start.x == layout.boxes["c"].right
    assert back.end.x == layout.boxes["a"].right
    assert max(numbers(back.path)[::2]) > layout.boxes["b"].right


def test_a_line_goes_round_a_box_in_its_way() -> None:
    places: Places = {"a": (0, 0), "b": (0, 140), "c": (0, 280)}
    layout = lay_out(graph(["a", "b", "c"], [("a", "c")], places))
    xs = numbers(layout.lines[0].path)[::2]
    assert min(xs) < layout.boxes["b"].x or max(xs) > layout.boxes["b"].right


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.json")), ids=lambda path: path.stem)
@pytest.mark.parametrize("arranged", [True, False], ids=["arranged", "laid out"])
def test_the_demo_s_workflows_are_drawn(path: Path, arranged: bool) -> None:
    document = json.loads(path.read_bytes())
    for node in () if arranged else document["nodes"]:
        del node["position"]
    drawn, _ = read_graph(document)
    check(lay_out(drawn), drawn)


def test_a_hundred_sensors_stay_where_they_were_put() -> None:
    drawn, _ = read_graph(sensors_workflow())
    layout = lay_out(drawn)
    check(layout, drawn)
    assert layout.boxes["s01"].x - layout.boxes["s00"].x == 240


@pytest.mark.parametrize("seed", range(3))
def test_the_largest_graph_is_laid_out(seed: int) -> None:
    """Two thousand nodes in at most 0.6 s each on the machine that this was written on."""
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(2_000)]
    ends = [(names[chance.randrange(2_000)], names[chance.randrange(2_000)]) for _ in range(4_000)]
    drawn = graph(names, ends + list(pairwise(names))[: 1_000 * seed])
    layout = lay_out(drawn)
    rows: dict[float, list[Box]] = {}
    for box in layout.boxes.values():
        rows.setdefault(box.y, []).append(box)
    assert len(layout.boxes) == 2_000
    for row in rows.values():
        row.sort(key=lambda box: box.x)
        assert all(left.right < right.x for left, right in pairwise(row))


def test_a_draft_that_is_wrong_is_drawn_as_far_as_it_goes() -> None:
    nodes = [{"id": "a", "type": "end"}, {"id": "a", "type": "end"}, {"id": "b", "type": "end"}]
    edges = [
        {"id": "e", "source": "a", "target": "b"},
        {"id": "f", "source": "a", "target": "nowhere"},
        {"id": "g", "source": "b", "target": "b"},
    ]
    drawn, _ = read_graph({"nodes": nodes, "edges": edges})
    layout = lay_out(drawn)
    assert set(layout.boxes) == {"a", "b"}
    assert [line.id for line in layout.lines] == ["e", "g"]


def test_an_empty_graph_has_an_empty_picture() -> None:
    layout = lay_out(Graph())
    assert (dict(layout.boxes), layout.lines) == ({}, ())
