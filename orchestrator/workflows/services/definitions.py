"""Creating, describing, copying, archiving and deleting workflows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import Json
from orchestrator.workflows.access import find_workflow, require_builder
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.models import (
    Access,
    Workflow,
    WorkflowPermission,
    WorkflowStatus,
    WorkflowVersion,
)
from orchestrator.workflows.services.folders import (
    folder_at,
    lock_with_tree,
    may_file,
    put_into,
    require_filing,
)
from orchestrator.workflows.services.tags import check_tags
from orchestrator.workflows.services.versions import (
    document_of,
    first_draft,
    latest_version,
    store_draft,
    titles_of,
)

DESCRIBING: Final = frozenset(
    {"name", "description", "category", "tags", "settings", "estimated_minutes", "is_public"}
)


@transaction.atomic
def create_workflow(
    user: User, *, nodes: Json = None, edges: Json = None, note: str = "", folder: str = "", **fields: Any
) -> Workflow:
    """A new workflow owned by ``user``, with its first draft, in the folder at this path.

    Raises NotAllowed for viewers, InvalidInput.
    """
    require_builder(user)
    now = utc_now()
    workflow = Workflow(owner=user, last_edited_by=user, created_at=now, updated_at=now, **_checked(fields))
    workflow.folder = folder_at(user, folder, user)
    document = document_of(nodes, edges)
    workflow.node_titles = titles_of(document)
    workflow.save(force_insert=True)
    WorkflowPermission.objects.create(
        workflow=workflow, user=user, access=Access.OWNER.value, granted_by=user
    )
    first_draft(workflow, user, document, note=note)
    record_audit(user, "workflow.created", workflow, after={"name": workflow.name})
    return workflow


@transaction.atomic
def describe_workflow(user: User, workflow_id: UUID, *, folder: str | None = None, **fields: Any) -> Workflow:
    """Change what is said about a workflow, apart from its graph. Raises InvalidInput.

    ``folder`` is a path in its owner's tree, which only the owner and admins see: from others an empty
    one changes nothing, and any other raises NotAllowed.
    """
    need = Access.OWNER if "is_public" in fields else Access.EDITOR
    if folder is None:
        workflow = find_workflow(user, workflow_id, need, lock=True)
    else:
        workflow = lock_with_tree(user, workflow_id, need)
        if folder or may_file(user, workflow):
            require_filing(user, workflow)
            put_into(workflow, folder_at(workflow.owner, folder, user), user)
    changed = {name: value for name, value in _checked(fields).items() if getattr(workflow, name) != value}
    if not changed:
        return workflow
    before = {name: getattr(workflow, name) for name in changed}
    for name, value in changed.items():
        setattr(workflow, name, value)
    workflow.updated_at, workflow.last_edited_by = utc_now(), user
    workflow.save(update_fields=[*changed, "updated_at", "last_edited_by"])
    record_audit(user, "workflow.described", workflow, before=before, after=changed)
    return workflow


@transaction.atomic
def change_workflow(
    user: User,
    workflow_id: UUID,
    *,
    nodes: Json = None,
    edges: Json = None,
    note: str = "",
    base_checksum: str | None = None,
    **fields: Any,
) -> WorkflowVersion | None:
    """Describe a workflow and save its draft in one transaction; what is not given stays.

    The version that holds the graph, if there was one to save.
    """
    if fields:
        describe_workflow(user, workflow_id, **fields)
    if nodes is None and edges is None:
        return None
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    latest = latest_version(workflow)
    document = document_of(latest.nodes if nodes is None else nodes, latest.edges if edges is None else edges)
    return store_draft(user, workflow, latest, document, note=note, base=base_checksum)


@transaction.atomic
def archive_workflow(user: User, workflow_id: UUID, *, archived: bool = True) -> Workflow:
    """Put a workflow away, or take it out again. Its runs go on; no new ones can start. Idempotent."""
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    before = workflow.status
    if archived:
        workflow.status = WorkflowStatus.ARCHIVED.value
    elif before == WorkflowStatus.ARCHIVED:
        published = workflow.versions.filter(is_current=True).exists()
        workflow.status = (WorkflowStatus.ACTIVE if published else WorkflowStatus.DRAFT).value
    if workflow.status != before:
        workflow.updated_at, workflow.last_edited_by = utc_now(), user
        workflow.save(update_fields=["status", "updated_at", "last_edited_by"])
        after = {"status": workflow.status}
        record_audit(user, "workflow.archived" if archived else "workflow.restored", workflow, after=after)
    return workflow


@transaction.atomic
def delete_workflow(user: User, workflow_id: UUID) -> None:
    """Delete for good, with all versions and runs. Raises WrongState while runs of it are under way."""
    workflow = find_workflow(user, workflow_id, Access.OWNER, lock=True)
    under_way = workflow.executions.filter(finished_at__isnull=True).count()
    if under_way:
        raise WrongState(
            f"{under_way} runs of this workflow are under way. Cancel them first, or archive it."
        )
    record_audit(user, "workflow.deleted", workflow, before={"name": workflow.name})
    workflow.delete()


@transaction.atomic
def duplicate_workflow(user: User, workflow_id: UUID, *, name: str = "") -> Workflow:
    """A copy of what the person sees, owned by them, as a draft with the same graph."""
    source = find_workflow(user, workflow_id, Access.VIEWER)
    version = source.versions.order_by("-is_current", "-number").first()
    assert version is not None, "a workflow always has a version"
    return create_workflow(
        user,
        name=name or f"{source.name} (copy)"[:200],
        description=source.description,
        category=source.category,
        tags=source.tags,
        settings=source.settings,
        estimated_minutes=source.estimated_minutes,
        nodes=version.nodes,
        edges=version.edges,
        note=f"Copied from {source.name}, version {version.number}",
    )


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored. Raises InvalidInput naming the field."""
    unknown = set(fields) - DESCRIBING
    assert not unknown, f"not fields of a workflow: {unknown}"
    values = dict(fields)
    if "settings" in values:
        values["settings"] = check_settings(values["settings"])
    if "tags" in values:
        values["tags"] = check_tags(values["tags"])
    if "name" in values and not str(values["name"]).strip():
        raise InvalidInput("A workflow needs a name.", fields={"name": ["A workflow needs a name."]})
    return values


def check_settings(settings: Json) -> dict[str, Json]:
    """Only what differs from the defaults, checked. Raises InvalidInput with the field's path."""
    try:
        checked = WorkflowSettings.model_validate(settings or {}, context={"saving": True})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        fields = {".".join(("settings", *map(str, fault["loc"]))): [fault["msg"]] for fault in faults}
        raise InvalidInput("The settings are not right.", fields=fields) from error
    return checked.model_dump(mode="json", exclude_defaults=True)
