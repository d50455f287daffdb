"""Notifications as lists: what was sent to whom, and what became of it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from orchestrator.accounts.models import User
from orchestrator.executions.models import Notification, NotificationEndpoint, NotificationState
from orchestrator.workflows.domain.channels import read_channel
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.models import Workflow


def notifications_for(user: User) -> QuerySet[Notification]:
    """Those the person may see, as rows of a list."""
    rows = Notification.objects.visible_to(user).select_related("workflow", "recipient")
    return rows.defer("facts").order_by("-id")


def given_up(workflow_id: UUID) -> int:
    """How many of a workflow's notifications could not be sent."""
    return Notification.objects.filter(workflow=workflow_id, state=NotificationState.FAILED.value).count()


def dangling_channels(workflow: Workflow, endpoints: list[NotificationEndpoint]) -> list[str]:
    """Channels of the settings that lead nowhere: an endpoint that is not there, or no channel at all."""
    names = {str(each) for each in endpoints}
    found = []
    for text in WorkflowSettings.model_validate(workflow.settings).notification_channels:
        try:
            channel = read_channel(text)
        except ValueError:
            found.append(text)
            continue
        if channel.kind in ("slack", "webhook") and channel.text not in names:
            found.append(text)
    return found
