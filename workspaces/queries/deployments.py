"""What pages and the API show of deployments."""

from __future__ import annotations

from django.db.models import QuerySet

from workspaces.models import ClaudeExecution, Deployment, PatternWorkspace, VercelConnection


def deployments_of(workspace: PatternWorkspace) -> QuerySet[Deployment]:
    """The newest first; without logs, which only a deployment's own page shows."""
    rows = Deployment.objects.filter(workspace=workspace).select_related("version", "triggered_by")
    return rows.defer("logs").order_by("-id")


def latest_of_run(run: ClaudeExecution) -> Deployment | None:
    rows = Deployment.objects.filter(execution=run).select_related("version", "triggered_by")
    return rows.order_by("-id").first()


def connection_of(workspace: PatternWorkspace) -> VercelConnection | None:
    rows = VercelConnection.objects.filter(workspace=workspace).select_related("updated_by")
    return rows.defer("token", "webhook_secret").first()
