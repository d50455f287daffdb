"""Two graphs in one picture: what was there only before, only after, and in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.graphs.diff import GraphDiff, PartDiff
from orchestrator.workflows.models import WorkflowVersion

SAME: Final = ""
NOTES: Final[Mapping[str, str]] = {
    "added": "Added",
    "removed": "Removed",
    "changed": "Changed",
    "moved": "Moved",
}


@dataclass(frozen=True, slots=True)
class Overlay:
    """A graph that holds the parts of both, and how each part fared, by its id."""

    nodes: list[Any]
    edges: list[Any]
    node_states: Mapping[str, str]
    edge_states: Mapping[str, str]


def overlay(before: WorkflowVersion, after: WorkflowVersion, diff: GraphDiff) -> Overlay:
    """Parts of the later version stand as they are, removed ones where they stood.

    An edge that now connects other nodes is drawn twice: as it was, and as it is.
    """
    nodes = [*_parts(after.nodes), *_only(before.nodes, diff.nodes.removed)]
    turned = [
        key
        for key, changes in diff.edges.changed.items()
        if any(change.path in ("source", "target") for change in changes)
    ]
    old_edges = [{**edge, "id": f"{edge['id']}-before"} for edge in _only(before.edges, turned)]
    edges = [*_parts(after.edges), *_only(before.edges, diff.edges.removed), *old_edges]
    edge_states = _states(diff.edges) | {str(edge["id"]): "removed" for edge in old_edges}
    return Overlay(nodes, edges, _states(diff.nodes), edge_states)


def states_before(part: PartDiff) -> dict[str, str]:
    """For a picture of the earlier graph alone."""
    return {key: state for key, state in _states(part).items() if state != "added"}


def states_after(part: PartDiff) -> dict[str, str]:
    """For a picture of the later graph alone."""
    return {key: state for key, state in _states(part).items() if state != "removed"}


def _states(part: PartDiff) -> dict[str, str]:
    return {
        **dict.fromkeys(part.added, "added"),
        **dict.fromkeys(part.removed, "removed"),
        **dict.fromkeys(part.changed, "changed"),
        **dict.fromkeys(part.moved, "moved"),
    }


def _only(parts: Any, keys: Any) -> list[dict[str, Any]]:
    wanted = set(keys)
    return [part for part in _parts(parts) if str(part.get("id")) in wanted]


def _parts(parts: Any) -> list[dict[str, Any]]:
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
