"""The node types that every workflow has. One module each; products register their own beside them."""

from orchestrator.executions.nodes.action import ACTION
from orchestrator.executions.nodes.ai import AI
from orchestrator.executions.nodes.decision import DECISION
from orchestrator.executions.nodes.end import END
from orchestrator.executions.nodes.human import HUMAN
from orchestrator.executions.nodes.map import MAP
from orchestrator.executions.nodes.subworkflow import SUBWORKFLOW
from orchestrator.executions.nodes.timer import TIMER
from orchestrator.executions.nodes.transform import TRANSFORM
from orchestrator.executions.nodes.wait import WAIT
from orchestrator.graphs.nodetypes import NodeTypeRegistry

BUILT_IN = (ACTION, AI, DECISION, END, HUMAN, MAP, SUBWORKFLOW, TIMER, TRANSFORM, WAIT)


def register_node_types(registry: NodeTypeRegistry) -> None:
    for node_type in BUILT_IN:
        registry.register(node_type)
