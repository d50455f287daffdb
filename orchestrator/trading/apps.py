from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "orchestrator.trading"
    label = "trading"
    verbose_name = "Trading"

    def ready(self) -> None:
        from orchestrator.graphs.nodetypes import node_types
        from orchestrator.trading.nodes import register_node_types

        register_node_types(node_types)
