"""What people ask of deployments: deploy what is in use, deploy again, cancel."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import WrongState
from workspaces.access import May, find_in_workspace, find_workspace
from workspaces.domain.deployments import FINAL
from workspaces.domain.vocabulary import DeployStatus, Target
from workspaces.models import AlgorithmVersion, Deployment
from workspaces.services.deployments.accounts import can_deploy_to_vercel
from workspaces.services.deployments.following import hint
from workspaces.services.deployments.story import give_up, open_deployment

_CALLED = "deployment"


@transaction.atomic
def deploy(user: User, workspace_id: UUID) -> Deployment:
    """The version in use to the workspace's target; after one that failed, that again.

    Raises NotFound, NotAllowed, and WrongState where there is nothing to do, or no token to do it with.
    """
    workspace = find_workspace(user, workspace_id, May.WORK, lock=True)
    version = AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).first()
    if version is None:
        raise WrongState("There is no version yet: a coding run makes the first one.")
    version.workspace = workspace
    if workspace.deploy_target == Target.LOCAL:
        raise WrongState(f"Version {version.number} is in use on this server already.")
    if not can_deploy_to_vercel(workspace):
        raise WrongState("There is no token for Vercel. The owner enters one where the target is chosen.")
    last = Deployment.objects.filter(version=version, target=workspace.deploy_target).first()
    if last is not None and last.status not in FINAL:
        raise WrongState(f"Version {version.number} is on its way already.")
    failed = last if last is not None and last.status != DeployStatus.READY else None
    row = open_deployment(version, by=user, run=version.execution, retry_of=failed)
    record_audit(user, "deployment.asked", workspace, after={"deployment": str(row.pk)})
    transaction.on_commit(lambda: hint(row.pk))
    return row


@transaction.atomic
def cancel_deployment(user: User, deployment_id: UUID) -> Deployment:
    """Raises NotFound, NotAllowed, and WrongState for one that is over."""
    row = find_in_workspace(Deployment, user, deployment_id, May.WORK, lock=True, called=_CALLED)
    if row.status in FINAL:
        raise WrongState(f"This deployment is over: it is {row.status}.")
    give_up(row, f"{user.username} cancelled it.")
    record_audit(user, "deployment.cancelled", row.workspace, after={"deployment": str(row.pk)})
    transaction.on_commit(lambda: hint(row.pk))
    return row


def find_deployment(user: User, deployment_id: UUID) -> Deployment:
    """Raises NotFound."""
    return find_in_workspace(Deployment, user, deployment_id, called=_CALLED)
