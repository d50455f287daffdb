"""A workflow with a hundred parallel branches, too regular to write by hand."""

from __future__ import annotations

from typing import Any, Final

SENSORS: Final = 100
_COLUMNS: Final = 10
_ACROSS, _DOWN = 240, 100
_MIDDLE: Final = (_COLUMNS - 1) * _ACROSS // 2
_BELOW: Final = 200 + SENSORS // _COLUMNS * _DOWN


def sensors_workflow() -> dict[str, Any]:
    """The document of “A hundred sensors”: a fan-out, a join, and a decision over what came together."""
    readings = [_reading(number) for number in range(SENSORS)]
    names = [reading["id"] for reading in readings]
    collected = {"=": f"[{', '.join(f'nodes.{name}.output.value' for name in names)}]"}
    nodes = [
        _node("begin", "transform", _MIDDLE, 0, "Begin", {"output": {"limit": 92}}),
        *readings,
        _node("collect", "transform", _MIDDLE, _BELOW, "Collect", {"output": {"values": collected}}),
        _node("sum_up", "transform", _MIDDLE, _BELOW + 120, "Sum up", {"output": _SUMMARY}),
        _node("judge", "decision", _MIDDLE, _BELOW + 240, "Too hot?", _JUDGE),
        _node(
            "alarm",
            "action",
            _MIDDLE - 120,
            _BELOW + 380,
            "Raise alarm",
            _log(
                "{{ nodes.sum_up.output.hot == 1 ? 'One is' : string(nodes.sum_up.output.hot) + ' are' }} hot"
            ),
        ),
        _node(
            "calm",
            "action",
            _MIDDLE + 120,
            _BELOW + 380,
            "All is well",
            _log("All sensors are below the limit"),
        ),
    ]
    edges = [
        *(_edge("begin", name) for name in names),
        *(_edge(name, "collect") for name in names),
        _edge("collect", "sum_up"),
        _edge("sum_up", "judge"),
        _edge("judge", "alarm", "hot"),
        _edge("judge", "calm", "calm"),
    ]
    return {
        "name": "A hundred sensors",
        "description": "Reads a hundred generated sensors side by side, joins what they say and judges it.",
        "category": "examples",
        "tags": ["demo", "parallel"],
        "nodes": nodes,
        "edges": edges,
    }


_SUMMARY: Final = {
    "count": {"=": "size(nodes.collect.output.values)"},
    "average": {"=": "round(avg(nodes.collect.output.values), 1)"},
    "highest": {"=": "max(nodes.collect.output.values)"},
    "hot": {"=": "size(nodes.collect.output.values.filter(v, v > nodes.begin.output.limit))"},
}
_ALARM: Final = (
    "{{ nodes.sum_up.output.hot == 1 ? 'One sensor is' : string(nodes.sum_up.output.hot) + ' are' }} hot"
)
_CALM: Final = "All sensors are below the limit"
_JUDGE: Final = {"rules": [{"when": "nodes.sum_up.output.hot > 0", "port": "hot"}], "default": "calm"}


def _reading(number: int) -> dict[str, Any]:
    """A made-up temperature between 20 and 99 that looks irregular and is always the same."""
    value = {"=": f"20 + ({number} * 37 + 11) % 80"}
    x, y = number % _COLUMNS * _ACROSS, 140 + number // _COLUMNS * _DOWN
    return _node(f"s{number:02}", "transform", x, y, f"Sensor {number}", {"output": {"value": value}})


def _node(node_id: str, kind: str, x: int, y: int, title: str, config: dict[str, Any]) -> dict[str, Any]:
    data = {"title": title, "config": config}
    return {"id": node_id, "type": kind, "position": {"x": x, "y": y}, "data": data}


def _edge(source: str, target: str, port: str | None = None) -> dict[str, Any]:
    drawn = {"id": f"{source}-{target}", "source": source, "target": target}
    return {**drawn, "sourceHandle": port} if port else drawn


def _log(message: str) -> dict[str, Any]:
    return {"action": "log", "with": {"message": message}}
