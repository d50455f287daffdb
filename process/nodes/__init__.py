"""The steps of the built-in workflows. They take no configuration and give out ids and counts, no words."""

from orchestrator.graphs.nodetypes import NodeTypeRegistry
from process.nodes.gather import GATHER
from process.nodes.writing import ARCHETYPES, FOLLOW_UP, SYNTHESIS

NODE_TYPES = (GATHER, FOLLOW_UP, SYNTHESIS, ARCHETYPES)


def register_node_types(registry: NodeTypeRegistry) -> None:
    for node_type in NODE_TYPES:
        registry.register(node_type)
