"""Graphs from elsewhere in our own shape: what belongs to a node's type stands in ``data.config``.

Other products keep it in ``data`` itself: ``{"prompt": …, "provider": …}`` for an AI node, ``{"approvers":
[…]}`` for a human one. Such fields are moved when a graph is saved, so that stored graphs have one shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.core.json import Json
from orchestrator.graphs.model import NodeData
from orchestrator.graphs.nodetypes import NodeTypeRegistry


def in_own_shape(nodes: Json, types: NodeTypeRegistry) -> Json:
    """The same nodes; only those that had such fields are new. What ``config`` says already goes first."""
    if not isinstance(nodes, list):
        return nodes
    return [_node(node, types) if isinstance(node, Mapping) else node for node in nodes]


def _node(node: Mapping[str, Any], types: NodeTypeRegistry) -> Any:
    kind, data = types.get(str(node.get("type"))), node.get("data")
    if kind is None or not isinstance(data, Mapping):
        return node
    config = data.get("config", {})
    if not isinstance(config, Mapping):
        return node
    known = set(kind.config.model_fields) - set(NodeData.model_fields)
    strays = {name: value for name, value in data.items() if name in known}
    body = config.get("body")
    if isinstance(body, Mapping) and isinstance(body.get("nodes"), list):
        config = {**config, "body": {**body, "nodes": in_own_shape(body["nodes"], types)}}
    elif not strays:
        return node
    kept = {name: value for name, value in data.items() if name not in strays}
    return {**node, "data": {**kept, "config": {**strays, **config}}}
