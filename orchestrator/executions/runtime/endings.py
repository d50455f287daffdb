"""What products want to hear of: that a run of theirs is over, however it ended.

Every ending goes through the engine's commit of it, so that is where they are told. Who is killed between
the commit and the telling tells nobody: a product also looks by itself, now and then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from orchestrator.graphs.compiled import CompiledGraph

Heard: TypeAlias = Callable[[UUID], None]
"""Called in the engine's thread with the run's id: it only leaves a message, and never fails."""

_listeners: dict[str, Heard] = {}


def register_ending(node_type: str, heard: Heard) -> None:
    """For runs whose graph has a node of that kind."""
    _listeners[node_type] = heard


def tell_over(execution_id: UUID, graph: CompiledGraph) -> None:
    """To be called once the run's end is stored."""
    if _listeners:
        kinds = {node.type.name for node in graph.nodes.values()}
        for heard in {_listeners[kind] for kind in kinds & _listeners.keys()}:
            heard(execution_id)
