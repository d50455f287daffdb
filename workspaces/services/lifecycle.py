"""A workspace from the first word to the verified release: who may move it where, and what that writes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.core.json import Json
from workspaces.access import May, find_workspace
from workspaces.domain.descriptions import clean_steps
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.releases import Release
from workspaces.domain.vocabulary import MOVES, MessageType, WorkspaceStatus
from workspaces.models import AlgorithmVersion, Attachment, PatternWorkspace
from workspaces.services.attachments import keep_files, on_disk, prepared
from workspaces.services.timeline import tell

STATUS_WORDS = {
    WorkspaceStatus.SOON: "soon",
    WorkspaceStatus.IMPLEMENTING: "being implemented",
    WorkspaceStatus.BETA: "in beta",
    WorkspaceStatus.IN_REVIEW: "in review",
    WorkspaceStatus.VERIFIED: "verified",
}


def create_workspace(
    user: User, *, pattern_type: str, name: str = "", category: str = "", description: str = ""
) -> PatternWorkspace:
    """The one workspace of a pattern type.

    Raises NotAllowed, and InvalidInput also for a type that is taken.
    """
    if not user.may_build:
        raise NotAllowed("Your role lets you read, not begin workspaces.")
    pattern = PATTERNS.get(pattern_type)
    if pattern is None:
        known = ", ".join(PATTERNS)
        message = f"There is no detector for “{pattern_type[:50]}”. Choose one of {known}."
        raise InvalidInput(message, fields={"pattern_type": [message]})
    try:
        with transaction.atomic():
            workspace = PatternWorkspace.objects.create(
                pattern_type=pattern.key,
                name=name.strip() or pattern.name,
                category=category.strip() or pattern.category,
                description=description.strip(),
                created_by=user,
            )
            tell(
                workspace, MessageType.PATTERN_CREATED, f"{workspace.name}: the workspace was begun", by=user
            )
            record_audit(user, "workspace.created", workspace, after={"pattern_type": pattern.key})
    except IntegrityError as error:
        message = f"{pattern.name} has its workspace already. Ask an admin to be let in."
        raise InvalidInput(message, fields={"pattern_type": [message]}) from error
    return workspace


def describe(
    user: User,
    workspace_id: UUID,
    *,
    name: str | None = None,
    category: str | None = None,
    description: str | None = None,
    reasoning: str | None = None,
    steps: Sequence[Json] | None = None,
    files: Sequence[UploadedFile[bytes]] = (),
) -> PatternWorkspace:
    """What the pattern is and how a person finds it; what is None stays as it is, files are added.

    The timeline tells it, unless nothing but ``name`` or ``category`` is given. Raises NotFound, NotAllowed,
    InvalidInput.
    """
    find_workspace(user, workspace_id, May.WORK)  # before files are looked into
    is_renamed = name is not None or category is not None
    with on_disk(workspace_id, prepared(files)) as rows, transaction.atomic():
        workspace = find_workspace(user, workspace_id, May.WORK, lock=True)
        if is_renamed:
            _rename(user, workspace, name, category)
        if not is_renamed or rows or not description is reasoning is steps is None:
            _describe(user, workspace, description, reasoning, steps, rows)
    return workspace


def _rename(user: User, workspace: PatternWorkspace, name: str | None, category: str | None) -> None:
    before = {"name": workspace.name, "category": workspace.category}
    if name is not None:
        workspace.name = name.strip()
    if not workspace.name:
        raise InvalidInput("Say what it is called.", fields={"name": ["Say what it is called."]})
    if category is not None:
        workspace.category = category.strip()
    after = {"name": workspace.name, "category": workspace.category}
    if after != before:
        _store(workspace, "name", "category")
        record_audit(user, "workspace.renamed", workspace, before=before, after=after)


def _describe(
    user: User,
    workspace: PatternWorkspace,
    description: str | None,
    reasoning: str | None,
    steps: Sequence[Json] | None,
    files: Sequence[Attachment],
) -> None:
    if description is not None:
        workspace.description = description.strip()
    if not workspace.description:
        raise InvalidInput("Say what the pattern is.", fields={"description": ["Say what the pattern is."]})
    if reasoning is not None:
        workspace.user_reasoning = reasoning.strip()
    if steps is not None:
        workspace.identification_steps = clean_steps(steps)
    added = keep_files(user, workspace, files)
    workspace.attachments = [*workspace.attachments, *added]
    _store(workspace, "description", "user_reasoning", "identification_steps", "attachments")
    tell(
        workspace,
        MessageType.PATTERN_DESCRIPTION_SUBMITTED,
        f"{user.username} described the pattern",
        by=user,
        content=workspace.description,
        data={"reasoning": workspace.user_reasoning, "steps": workspace.identification_steps},
        attachments=added,
    )


@transaction.atomic
def approve(user: User, workspace_id: UUID, *, comment: str = "") -> PatternWorkspace:
    """Beta → in review: the person holds it for good. The minor number rises.

    Raises NotFound, NotAllowed, and WrongState in any other status, or before anything was tested.
    """
    workspace = find_workspace(user, workspace_id, May.WORK, lock=True)
    _require(workspace, WorkspaceStatus.BETA, "approved")
    if workspace.success_rate is None:
        raise WrongState("Review at least one detection before you approve: nothing was tested yet.")
    workspace.approved_by, workspace.approved_at = user, utc_now()
    move(workspace, WorkspaceStatus.IN_REVIEW, by=user)
    tell(
        workspace, MessageType.USER_APPROVED, f"{user.username} approved it", by=user, content=comment.strip()
    )
    number(workspace, Release.read(workspace.version).after_approval())
    _store(workspace, "approved_by", "approved_at")
    record_audit(user, "workspace.approved", workspace, after={"comment": comment.strip()})
    return workspace


@transaction.atomic
def verify(user: User, workspace_id: UUID, *, comment: str = "") -> PatternWorkspace:
    """In review → verified, by an admin who is not the one that approved it, unless the server allows that.

    1.0.0 the first time. Raises NotFound, NotAllowed, WrongState.
    """
    workspace = find_workspace(user, workspace_id, lock=True)
    _require_admin(user)
    _require(workspace, WorkspaceStatus.IN_REVIEW, "verified")
    if workspace.approved_by_id == user.pk and not settings.WORKSPACE_VERIFY_OWN:
        raise NotAllowed("Who approved it does not verify it. Another admin has to look.")
    workspace.verified_by, workspace.verified_at = user, utc_now()
    _store(workspace, "verified_by", "verified_at")
    move(workspace, WorkspaceStatus.VERIFIED, by=user)
    tell(
        workspace,
        MessageType.ADMIN_VERIFIED,
        f"{user.username} verified it",
        by=user,
        content=comment.strip(),
    )
    number(workspace, Release.read(workspace.version).after_verification())
    record_audit(user, "workspace.verified", workspace, after={"comment": comment.strip()})
    return workspace


@transaction.atomic
def send_back(user: User, workspace_id: UUID, *, comment: str) -> PatternWorkspace:
    """In review or verified → beta, by an admin with a reason.

    Raises NotFound, NotAllowed, WrongState, InvalidInput.
    """
    workspace = find_workspace(user, workspace_id, lock=True)
    _require_admin(user)
    if not comment.strip():
        raise InvalidInput("Say why it goes back.", fields={"comment": ["Say why it goes back."]})
    move(workspace, WorkspaceStatus.BETA, by=user, reason=comment.strip())
    record_audit(user, "workspace.sent_back", workspace, after={"comment": comment.strip()})
    return workspace


def move(
    workspace: PatternWorkspace, status: WorkspaceStatus, *, by: User | None = None, reason: str = ""
) -> None:
    """To another status, with its message and the time stamp that belongs to it. Raises WrongState."""
    before = WorkspaceStatus(workspace.status)
    if status not in MOVES[before]:
        raise WrongState(f"A workspace that is {STATUS_WORDS[before]} cannot become {STATUS_WORDS[status]}.")
    workspace.status = status.value
    changed = ["status"]
    if status is WorkspaceStatus.BETA and workspace.implemented_at is None:
        workspace.implemented_at = utc_now()
        changed.append("implemented_at")
    if status is WorkspaceStatus.IN_REVIEW:
        changed += ["approved_by", "approved_at"]
    _store(workspace, *changed)
    tell(
        workspace,
        MessageType.STATUS_CHANGED,
        f"It is {STATUS_WORDS[status]} now",
        by=by,
        content=reason,
        data={"from": before.value, "to": status.value},
    )


def number(workspace: PatternWorkspace, release: Release) -> None:
    """Give the workspace, and the algorithm that new sessions use, this version number."""
    before = workspace.version
    if str(release) == before:
        return
    workspace.version = str(release)
    _store(workspace, "version")
    AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).update(number=str(release))
    tell(
        workspace,
        MessageType.VERSION_UPDATED,
        f"Version {release}",
        data={"from": before, "to": str(release)},
    )


def _store(workspace: PatternWorkspace, *fields: str) -> None:
    workspace.updated_at = utc_now()
    workspace.save(update_fields=[*fields, "updated_at"])


def _require(workspace: PatternWorkspace, status: WorkspaceStatus, done: str) -> None:
    if workspace.status != status:
        now = STATUS_WORDS[WorkspaceStatus(workspace.status)]
        raise WrongState(f"Only what is {STATUS_WORDS[status]} can be {done}. This is {now}.")


def _require_admin(user: User) -> None:
    if not user.is_admin:
        raise NotAllowed("Only admins verify workspaces.")
