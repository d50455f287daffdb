from django.apps import AppConfig


class ExecutionsConfig(AppConfig):
    name = "orchestrator.executions"
    label = "executions"

    def ready(self) -> None:
        from orchestrator.executions.nodes import register_node_types
        from orchestrator.graphs.nodetypes import node_types

        register_node_types(node_types)
