"""The demo's workflows and the examples are drawn so that one can read them."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from orchestrator.core import json
from orchestrator.executions.demo.loading import FILES
from orchestrator.executions.demo.sensors import sensors_workflow
from orchestrator.graphs.nodetypes import node_types
from orchestrator.workflows import examples

LAYOUT = Path(__file__).parents[2] / "static/src/canvas/layout.ts"
ROOM = 16


def read(path: Path) -> Any:
    return pytest.param(json.loads(path.read_bytes()), id=path.stem)


EXAMPLES = sorted(Path(examples.__file__).parent.glob("*.json"))
WORKFLOWS = [*map(read, sorted(FILES.glob("*.json"))), *map(read, EXAMPLES)]


def ports_of(part: dict[str, Any]) -> tuple[str, ...]:
    return tuple(node_types[part["type"]].ports(part["data"].get("config", {})))


def box_of(part: dict[str, Any]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, as the canvas draws it."""
    sizes = {name: int(value) for name, value in re.findall(r"const (\w+) = (\d+);", LAYOUT.read_text())}
    ports, at = ports_of(part), part["position"]
    named = len(ports) > 1 or ports not in ((), ("out",))
    width = max(sizes["WIDTH"], len(ports) * sizes["PORT_WIDTH"]) if named else sizes["WIDTH"]
    height = sizes["HEIGHT"] + (sizes["PORT_ROW"] if named else 0)
    return at["x"], at["y"], at["x"] + width, at["y"] + height


def overlaps(parts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    found = []
    for (one, a), (other, b) in combinations([(each["id"], box_of(each)) for each in parts], 2):
        if a[0] < b[2] + ROOM and b[0] < a[2] + ROOM and a[1] < b[3] + ROOM and b[1] < a[3] + ROOM:
            found.append((one, other))
    return found


def crossed_ports(document: dict[str, Any]) -> list[str]:
    """Nodes whose ports do not stand in the order of what follows below them."""
    parts, found = {each["id"]: each for each in document["nodes"]}, []
    for name, part in parts.items():
        ways = [edge for edge in document["edges"] if edge["source"] == name and "sourceHandle" in edge]
        below = [each for each in ways if parts[each["target"]]["position"]["y"] > part["position"]["y"]]
        below.sort(key=lambda edge: ports_of(part).index(edge["sourceHandle"]))
        places = [parts[edge["target"]]["position"]["x"] for edge in below]
        if places != sorted(places):
            found.append(name)
    return found


@pytest.mark.parametrize("document", [*WORKFLOWS, pytest.param(sensors_workflow(), id="sensors")])
def test_nodes_leave_each_other_room_and_ports_do_not_cross(document: dict[str, Any]) -> None:
    assert overlaps(document["nodes"]) == []
    assert crossed_ports(document) == []


def test_what_lies_on_another_or_crosses_is_found() -> None:
    decision = {"rules": [{"when": "true", "port": "a"}], "default": "b"}
    document: dict[str, Any] = {
        "nodes": [
            {"id": "d", "type": "decision", "position": {"x": 0, "y": 0}, "data": {"config": decision}},
            {"id": "x", "type": "end", "position": {"x": 100, "y": 200}, "data": {}},
            {"id": "y", "type": "end", "position": {"x": 0, "y": 200}, "data": {}},
        ],
        "edges": [
            {"id": "1", "source": "d", "target": "x", "sourceHandle": "a"},
            {"id": "2", "source": "d", "target": "y", "sourceHandle": "b"},
        ],
    }
    assert overlaps(document["nodes"]) == [("x", "y")]
    assert crossed_ports(document) == ["d"]
