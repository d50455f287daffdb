"""What the nodes of a version are called, kept in memory: a published version never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from orchestrator.core.json import Json
from orchestrator.graphs.model import read_graph
from orchestrator.graphs.nodetypes import node_types
from orchestrator.graphs.titles import titles_in
from orchestrator.workflows.models import VersionStatus, WorkflowVersion

_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Names:
    """``titles`` by node id, those inside maps included; ``maps`` are the ids of the graph's map nodes."""

    titles: Mapping[str, str]
    maps: tuple[str, ...]


_NOTHING: Final = Names({}, ())
_kept: dict[UUID, Names] = {}


def names_of(version_id: UUID) -> Names:
    return names_of_all([version_id]).get(version_id, _NOTHING)


def names_of_all(version_ids: Iterable[UUID]) -> dict[UUID, Names]:
    """By version; one query for those that are not known yet. Versions that are gone are left out."""
    wanted = set(version_ids)
    found = {version: _kept[version] for version in wanted & _kept.keys()}
    missing = wanted - found.keys()
    if missing:
        rows = WorkflowVersion.objects.filter(pk__in=missing).values_list("pk", "status", "nodes")
        for version, status, nodes in rows:
            found[version] = _read(nodes)
            if status != VersionStatus.DRAFT:
                _keep(version, found[version])
    return found


def _keep(version: UUID, names: Names) -> None:
    while len(_kept) >= _KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[version] = names


def _read(nodes: Json) -> Names:
    graph, _ = read_graph({"nodes": nodes, "edges": []})
    kinds = {node.id: node_types.get(node.type) for node in graph.nodes}
    maps = tuple(node for node, kind in kinds.items() if kind is not None and kind.body is not None)
    return Names(titles_in(nodes), maps)
