"""What the nodes of a stored graph are called, also of one that would not pass as a graph."""

from __future__ import annotations

from orchestrator.core.json import Json


def titles_in(nodes: Json, found: dict[str, str] | None = None) -> dict[str, str]:
    """Titles by node id, those inside maps included; the outer node wins where ids meet."""
    found = {} if found is None else found
    inner: list[Json] = []
    for node in nodes if isinstance(nodes, list) else ():
        if not isinstance(node, dict):
            continue
        data = node.get("data")
        data = data if isinstance(data, dict) else {}
        found.setdefault(str(node.get("id")), str(data.get("title") or node.get("id")))
        config = data.get("config")
        body = config.get("body") if isinstance(config, dict) else None
        inner.append(body.get("nodes") if isinstance(body, dict) else None)
    for nodes_inside in inner:
        if nodes_inside:
            titles_in(nodes_inside, found)
    return found
