"""The step of a session as authors draw it, and the step by which a workflow begins one."""

from orchestrator.graphs.nodetypes import NodeTypeRegistry
from trading.strategy.nodes.session import SESSION
from trading.strategy.nodes.step import STEP

NODE_TYPES = (STEP, SESSION)


def register_node_types(registry: NodeTypeRegistry) -> None:
    for node_type in NODE_TYPES:
        registry.register(node_type)
