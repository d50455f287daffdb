"""Letting people into a workspace, and taking it back."""

from __future__ import annotations

from typing import Final, NoReturn
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.accounts.services.guessing import count_try
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.rate import Rate
from workspaces.access import May, find_workspace
from workspaces.domain.vocabulary import Access
from workspaces.models import WorkspaceMember

MOST_MEMBERS: Final = 100
_TRIES: Final = Rate(60, 3_600)


def let_in(
    user: User, workspace_id: UUID, *, username: str, access: str = Access.VIEWER.value
) -> WorkspaceMember:
    """As viewer or editor; whoever is in already gets the new access.

    Raises NotFound, NotAllowed, TooManyTries, and InvalidInput about ``username`` and ``access``.
    """
    if access not in set(Access):
        _refuse("access", f"Choose one of {', '.join(Access)}.")
    find_workspace(user, workspace_id, May.OWN)
    count_try("workspace_let_in", user, _TRIES)
    with transaction.atomic():
        workspace = find_workspace(user, workspace_id, May.OWN, lock=True)
        person = _account(username.strip())
        if person is None:
            _refuse("username", "Nobody has this user name. Look at the spelling.")
        if person.pk == workspace.created_by_id:
            _refuse("username", "This person began the workspace, and is in it anyway.")
        members = WorkspaceMember.objects.filter(workspace=workspace)
        known = members.filter(user=person).first()
        if known is None and members.count() >= MOST_MEMBERS:
            _refuse("username", f"At most {MOST_MEMBERS} people can be let into a workspace.")
        member = known or WorkspaceMember(workspace=workspace, user=person)
        member.access = access
        member.save()
        record_audit(
            user,
            "workspace.let_in",
            workspace,
            after={"user": person.username, "access": access},
        )
    return member


@transaction.atomic
def take_back(user: User, workspace_id: UUID, *, user_id: UUID) -> None:
    """From now on this person is not in it. Who is in may leave by themselves, but for the owner.

    Raises NotFound, NotAllowed, and WrongState for the owner: a workspace has one.
    """
    need = May.READ if user_id == user.pk else May.OWN
    workspace = find_workspace(user, workspace_id, need, lock=True)
    if user_id == workspace.created_by_id:
        raise WrongState("A workspace is not without its owner. Delete it if it is no longer needed.")
    member = WorkspaceMember.objects.filter(workspace=workspace, user=user_id).select_related("user").first()
    if member is None:
        raise NotFound("This person is not in the workspace.")
    before = {"user": member.user.username, "access": member.access}
    member.delete()
    record_audit(user, "workspace.taken_back", workspace, before=before)


def _account(name: str) -> User | None:
    if not name or "\x00" in name:
        return None
    return User.objects.filter(Exact(Lower("username"), name.lower()), is_active=True).first()


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidInput(message, fields={field: [message]})
