from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "trading.strategy"
    label = "strategy"
    verbose_name = "Corporation strategy"

    def ready(self) -> None:
        from orchestrator.executions.runtime.endings import register_ending
        from orchestrator.graphs.nodetypes import node_types
        from trading.strategy.nodes import register_node_types
        from trading.strategy.nodes.step import STEP
        from trading.strategy.services import ending

        register_node_types(node_types)
        register_ending(STEP.name, ending.hint)
