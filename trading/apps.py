from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "trading"
    label = "trading"
    verbose_name = "Trading"

    def ready(self) -> None:
        from orchestrator.core.metrics import told_by_parts
        from orchestrator.executions.runtime.endings import register_ending
        from orchestrator.executions.web.panels import register_panel
        from orchestrator.graphs.nodetypes import node_types
        from trading.nodes import register_node_types
        from trading.nodes.stream import STREAM
        from trading.queries.recording import feed_metrics
        from trading.services import ending, paying
        from trading.services.markets import market_resolved

        register_node_types(node_types)
        register_ending(STREAM.name, ending.hint)
        market_resolved.connect(paying.hint, dispatch_uid="trading.paying")
        register_panel(STREAM.name, "trading.web.panel.draw")
        if feed_metrics not in told_by_parts:
            told_by_parts.append(feed_metrics)
