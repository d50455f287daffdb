"""What changed between two graphs, node by node and edge by edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.core.json import Json, JsonObject

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a node or edge; ``path`` is dotted. A side that lacks the field has None."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class PartDiff:
    """The ids that appeared, went, moved (only their position changed) or changed, with the fields."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphDiff:
    nodes: PartDiff
    edges: PartDiff

    @property
    def is_empty(self) -> bool:
        parts = (self.nodes, self.edges)
        return not any(part.added or part.removed or part.moved or part.changed for part in parts)


def diff_graphs(before: JsonObject, after: JsonObject) -> GraphDiff:
    """Compare two documents ``{"nodes", "edges"}`` by id. Parts without an id are left out."""
    return GraphDiff(
        nodes=_diff_parts(_by_id(before.get("nodes")), _by_id(after.get("nodes"))),
        edges=_diff_parts(_by_id(before.get("edges")), _by_id(after.get("edges"))),
    )


def _by_id(parts: Json) -> dict[str, JsonObject]:
    found = parts if isinstance(parts, list) else []
    return {str(part["id"]): part for part in found if isinstance(part, dict) and "id" in part}


def _diff_parts(before: Mapping[str, JsonObject], after: Mapping[str, JsonObject]) -> PartDiff:
    moved, changed = [], {}
    for key in (key for key in after if key in before):
        changes = _diff_values("", before[key], after[key])
        lasting = tuple(change for change in changes if not change.path.startswith("position"))
        if lasting:
            changed[key] = lasting
        elif changes:
            moved.append(key)
    return PartDiff(
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
        moved=tuple(moved),
        changed=changed,
    )


def _diff_values(path: str, before: object, after: object) -> Sequence[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            change
            for key in [*before, *(key for key in after if key not in before)]
            for change in _diff_values(
                f"{path}.{key}" if path else key, before.get(key, _MISSING), after.get(key, _MISSING)
            )
        ]
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return []
    return [Change(path, _present(before), _present(after))]


def _present(value: object) -> Json:
    return None if value is _MISSING else value  # type: ignore[return-value]  # it came out of JSON
