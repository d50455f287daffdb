"""Who may do what in a workspace: its creator and editors work in it, viewers read, admins verify."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, TypeVar
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotAllowed, NotFound
from orchestrator.core.kept import Kept, KeptValues
from workspaces.domain.vocabulary import Access
from workspaces.models import (
    ClaudeExecution,
    Deployment,
    PatternSession,
    PatternWorkspace,
    WorkspaceMember,
)

Part = TypeVar("Part", ClaudeExecution, Deployment, PatternSession)


class May(IntEnum):
    """Each includes those before."""

    READ = 1
    WORK = 2
    OWN = 3


_VERBS = {May.READ: "see", May.WORK: "work in", May.OWN: "decide about"}


def rights_in(user: User, workspace: PatternWorkspace) -> May | None:
    """None for somebody who may not even know of it. People with the role viewer only read."""
    if user.is_admin:
        return May.OWN
    if workspace.created_by_id == user.pk:
        return May.OWN if user.may_build else May.READ
    member = _MEMBER.rows(workspace=workspace.pk, user=user.pk)
    if not member:
        return None
    return May.WORK if member[0][0] == Access.EDITOR and user.may_build else May.READ


_MEMBER: Final = KeptValues(
    WorkspaceMember,
    lambda workspace, user: WorkspaceMember.objects.filter(workspace=workspace, user=user).values_list(
        "access"
    ),
    {"workspace": UUID, "user": UUID},
)


def find_workspace(
    user: User, workspace_id: UUID, need: May = May.READ, *, lock: bool = False
) -> PatternWorkspace:
    """Raises NotFound for one that the person may not see, NotAllowed for one that they may only see.

    ``lock`` takes the row's lock: whatever changes a workspace or writes into its timeline comes one after
    the other.
    """
    workspace = (_LOCKED if lock else _FOUND).first(workspace=workspace_id)
    rights = rights_in(user, workspace) if workspace is not None else None
    if workspace is None or rights is None:
        raise NotFound("There is no such workspace, or none that you were let into.")
    if rights < need:
        raise NotAllowed(f"You may not {_VERBS[need]} this workspace.")
    return workspace


_FOUND: Final = Kept(
    PatternWorkspace,
    lambda workspace: PatternWorkspace.objects.filter(pk=workspace).order_by(),
    {"workspace": UUID},
)
_LOCKED: Final = Kept(
    PatternWorkspace,
    lambda workspace: PatternWorkspace.objects.filter(pk=workspace).order_by().select_for_update(),
    {"workspace": UUID},
)


def find_in_workspace(
    model: type[Part], user: User, part_id: UUID, need: May = May.READ, *, lock: bool = False, called: str
) -> Part:
    """A row that belongs to a workspace. Raises NotFound and NotAllowed as for the workspace.

    ``lock`` takes the workspace's row and then this one: whatever changes either comes one after the other.
    """
    rows = model._default_manager
    known = rows.filter(pk=part_id).values_list("workspace_id", flat=True).first()
    missing = f"There is no such {called}, or none that you may see."
    if known is None:
        raise NotFound(missing)
    try:
        workspace = find_workspace(user, known, need, lock=lock)
    except NotFound as error:
        raise NotFound(missing) from error
    part = (rows.select_for_update(of=("self",)) if lock else rows).get(pk=part_id)
    part.workspace = workspace
    return part
