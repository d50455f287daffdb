from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkflowsConfig(AppConfig):
    name = "orchestrator.workflows"
    label = "workflows"

    def ready(self) -> None:
        from orchestrator.core.postgres.leakproof import trust_search_operators
        from orchestrator.workflows.bulk import bulk_subjects
        from orchestrator.workflows.services.bulk_actions import register_workflow_actions

        register_workflow_actions(bulk_subjects)
        post_migrate.connect(_store_templates, sender=self)
        post_migrate.connect(trust_search_operators, sender=self)


def _store_templates(**_: object) -> None:
    """After an upgrade the examples are those of the new release."""
    from django.db import connection

    from orchestrator.workflows.models import WorkflowTemplate
    from orchestrator.workflows.services.templates import store_builtin_templates

    if WorkflowTemplate._meta.db_table in connection.introspection.table_names():
        store_builtin_templates()
