from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ExecutionsConfig(AppConfig):
    name = "orchestrator.executions"
    label = "executions"

    def ready(self) -> None:
        from orchestrator.executions.nodes import register_node_types
        from orchestrator.executions.services.bulk_actions import register_execution_actions
        from orchestrator.executions.services.notifications.announcing import note_workflow_news
        from orchestrator.graphs.nodetypes import node_types
        from orchestrator.workflows.bulk import bulk_subjects
        from orchestrator.workflows.services import announcing

        register_node_types(node_types)
        register_execution_actions(bulk_subjects)
        announcing.listeners.append(note_workflow_news)
        post_migrate.connect(_make_partitions, sender=self)


def _make_partitions(**_: object) -> None:
    """A new installation has its months before the first run, without waiting for beat."""
    from orchestrator.core.clock import utc_now
    from orchestrator.executions.services.partitions import make_event_partitions

    make_event_partitions(now=utc_now())
