"""Nodes from elsewhere: their fields find their way into ``config``, and what is right stays as it is."""

from __future__ import annotations

from typing import Any

from orchestrator.graphs.nodetypes import node_types
from orchestrator.graphs.shape import in_own_shape
from tests.factories import node


def ai(data: dict[str, Any]) -> dict[str, Any]:
    return {"id": "ask", "type": "ai", "data": data}


def shaped(*nodes: Any) -> Any:
    return in_own_shape(list(nodes), node_types)


def test_prompt_and_provider_beside_the_title_move_into_config() -> None:
    [found] = shaped(ai({"title": "Ask", "prompt": "Why?", "provider": "gemini"}))
    assert found["data"] == {"title": "Ask", "config": {"prompt": "Why?", "provider": "gemini"}}


def test_what_config_says_goes_first() -> None:
    [found] = shaped(ai({"prompt": "old", "provider": "groq", "config": {"prompt": "new"}}))
    assert found["data"]["config"] == {"prompt": "new", "provider": "groq"}


def test_approvers_of_a_human_node_move_too() -> None:
    [found] = shaped({"id": "ok", "type": "human", "data": {"title": "May I?", "approvers": ["role:admin"]}})
    assert found["data"] == {"title": "May I?", "config": {"approvers": ["role:admin"]}}


def test_nodes_inside_a_map_are_reached() -> None:
    body = {"nodes": [ai({"prompt": "Why?"})], "edges": []}
    [found] = shaped(node("each", "map", {"items": [], "body": body}))
    assert found["data"]["config"]["body"]["nodes"][0]["data"] == {"config": {"prompt": "Why?"}}


def test_everything_else_stays_as_it_is() -> None:
    nodes = [
        node("right", "ai", {"prompt": "Why?"}),
        ai({"colour": "red"}),
        {"id": "x", "type": "unheard-of", "data": {"prompt": "Why?"}},
        {"id": "y", "type": "ai", "data": "nonsense"},
        {"id": "z", "type": "ai", "data": {"prompt": "Why?", "config": 5}},
        "nonsense",
    ]
    assert shaped(*nodes) == nodes
    assert in_own_shape("nonsense", node_types) == "nonsense"
