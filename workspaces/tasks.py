"""What the broker carries for pattern workspaces: deployments to look at, by their ids."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from workspaces.services.deployments import following


@shared_task(name=following.TASK, ignore_result=True)
def follow_deployment(deployment_id: str) -> None:
    """Safe to deliver any number of times."""
    following.follow(UUID(deployment_id))


@shared_task(name="workspaces.sweep_deployments", ignore_result=True)
def sweep_deployments() -> None:
    following.sweep_deployments()
