from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProcessConfig(AppConfig):
    name = "process"
    label = "process"
    verbose_name = "Guided processes"

    def ready(self) -> None:
        from orchestrator.graphs.nodetypes import node_types
        from process.nodes import register_node_types

        register_node_types(node_types)
        post_migrate.connect(_store_node_types, sender=self)


def _store_node_types(**_: object) -> None:
    from django.db import connection

    from process.models import NodeType
    from process.services.kinds import store_node_types

    if NodeType._meta.db_table in connection.introspection.table_names():
        store_node_types()
