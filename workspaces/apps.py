from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "workspaces"
    label = "workspaces"
    verbose_name = "Pattern workspaces"

    def ready(self) -> None:
        from orchestrator.graphs.nodetypes import node_types
        from workspaces.nodes import register_node_types

        register_node_types(node_types)
