"""Changes of workflows as occasions."""

from __future__ import annotations

from orchestrator.executions.models import NotificationKind, Occasion
from orchestrator.workflows.services.announcing import WorkflowNews


def note_workflow_news(news: WorkflowNews) -> None:
    """In the transaction of the change."""
    Occasion.objects.create(
        kind=NotificationKind.UPDATE.value,
        workflow=news.workflow,
        facts={
            "subject": news.subject,
            "by": news.by.get_full_name() or news.by.username,
            "note": news.note,
            "people": [str(each) for each in news.people],
        },
    )
