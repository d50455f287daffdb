"""Sharing a workflow with others, and starring it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, WorkflowFavorite, WorkflowPermission
from orchestrator.workflows.services.announcing import announce_share


@transaction.atomic
def grant_access(user: User, workflow_id: UUID, *, username: str, access: str) -> WorkflowPermission:
    """Give a person access to a workflow, or change it. Raises InvalidInput for an unknown person."""
    workflow = find_workflow(user, workflow_id, Access.OWNER, lock=True)
    person = User.objects.filter(username__iexact=username, is_active=True).first()
    if person is None:
        message = f'There is nobody called "{username}".'
        raise InvalidInput(message, fields={"username": [message]})
    if person.pk == workflow.owner_id and access != Access.OWNER:
        raise WrongState("The owner's own access cannot be lowered.")
    before = WorkflowPermission.objects.filter(workflow=workflow, user=person).values_list(
        "access", flat=True
    )
    was = before.first()
    permission, _ = WorkflowPermission.objects.update_or_create(
        workflow=workflow, user=person, defaults={"access": access, "granted_by": user}
    )
    record_audit(
        user,
        "permission.granted",
        workflow,
        before={"user": person.username, "access": was},
        after={"user": person.username, "access": access},
    )
    if was != access:
        announce_share(workflow, user, permission)
    return permission


@transaction.atomic
def revoke_access(user: User, workflow_id: UUID, *, person_id: UUID) -> None:
    """Take a person's access away. Raises NotFound if they have none, WrongState for the owner."""
    workflow = find_workflow(user, workflow_id, Access.OWNER, lock=True)
    if person_id == workflow.owner_id:
        raise WrongState("The owner's access cannot be taken away.")
    permission = (
        WorkflowPermission.objects.filter(workflow=workflow, user_id=person_id).select_related("user").first()
    )
    if permission is None:
        raise NotFound("This person has no access to the workflow.")
    before = {"user": permission.user.username, "access": permission.access}
    permission.delete()
    record_audit(user, "permission.revoked", workflow, before=before)


@transaction.atomic
def set_favorite(user: User, workflow_id: UUID, *, favorite: bool) -> None:
    """Star or unstar. Idempotent."""
    workflow = find_workflow(user, workflow_id, Access.VIEWER)
    if favorite:
        WorkflowFavorite.objects.get_or_create(workflow=workflow, user=user)
    else:
        WorkflowFavorite.objects.filter(workflow=workflow, user=user).delete()
