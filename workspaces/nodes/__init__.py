"""The steps of coding runs. They take no configuration: what is worked on stands with the batch."""

from orchestrator.graphs.nodetypes import NodeTypeRegistry
from workspaces.nodes.coding import NODE_TYPES


def register_node_types(registry: NodeTypeRegistry) -> None:
    for node_type in NODE_TYPES:
        registry.register(node_type)
