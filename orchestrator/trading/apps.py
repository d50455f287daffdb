from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "orchestrator.trading"
    label = "trading"
    verbose_name = "Trading"

    def ready(self) -> None:
        from orchestrator.executions.web.panels import register_panel
        from orchestrator.graphs.nodetypes import node_types
        from orchestrator.trading.nodes import register_node_types
        from orchestrator.trading.nodes.stream import STREAM

        register_node_types(node_types)
        register_panel(STREAM.name, "orchestrator.trading.web.panel.draw")
