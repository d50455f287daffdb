"""The steps of strategies, registered with those that every workflow has."""

from orchestrator.graphs.nodetypes import NodeTypeRegistry
from trading.nodes.alert import ALERT
from trading.nodes.filter import FILTER
from trading.nodes.indicators import MOMENTUM, SPREAD, VOLUME
from trading.nodes.market import MARKET
from trading.nodes.orders import LIVE_ORDER, PAPER_ORDER
from trading.nodes.risk import RISK
from trading.nodes.stream import STREAM

NODE_TYPES = (STREAM, MARKET, FILTER, MOMENTUM, SPREAD, VOLUME, RISK, PAPER_ORDER, LIVE_ORDER, ALERT)


def register_node_types(registry: NodeTypeRegistry) -> None:
    for node_type in NODE_TYPES:
        registry.register(node_type)
