"""Compiled graphs by version, kept in memory: a published version never changes."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from orchestrator.graphs.compiled import CompiledGraph, compile_graph
from orchestrator.graphs.model import read_graph
from orchestrator.graphs.nodetypes import node_types
from orchestrator.graphs.problems import InvalidGraph, errors_in
from orchestrator.graphs.reach import Reach
from orchestrator.workflows.models import WorkflowVersion

EMPTY = CompiledGraph(nodes={}, entries=(), reach=Reach({}, {}))


@lru_cache(maxsize=500)
def graph_of(version_id: UUID) -> CompiledGraph:
    """Raises InvalidGraph if the version cannot run here, e.g. because a node type is not installed."""
    version = WorkflowVersion.objects.only("nodes", "edges").get(pk=version_id)
    graph, problems = read_graph(version.document)
    if errors_in(problems):
        raise InvalidGraph(errors_in(problems))
    return compile_graph(graph, node_types)
