"""The step of a session as authors draw it."""

from orchestrator.graphs.nodetypes import NodeTypeRegistry
from trading.strategy.nodes.step import STEP

NODE_TYPES = (STEP,)


def register_node_types(registry: NodeTypeRegistry) -> None:
    for node_type in NODE_TYPES:
        registry.register(node_type)
