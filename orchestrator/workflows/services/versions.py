"""Drafting, publishing and restoring the graph of a workflow."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, TooLarge, WrongState
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.kept import Kept
from orchestrator.graphs.model import MAX_EDGES, MAX_NODES
from orchestrator.graphs.nodetypes import node_types
from orchestrator.graphs.problems import InvalidGraph, Problem, errors_in
from orchestrator.graphs.shape import in_own_shape
from orchestrator.graphs.validation import validate_graph
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import (
    Access,
    VersionStatus,
    Workflow,
    WorkflowStatus,
    WorkflowVersion,
)
from orchestrator.workflows.services.announcing import announce_publication

MAX_DOCUMENT_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 60
MAX_KEPT: Final = 10_000
_OF_A_SAVE: Final = ("nodes", "edges", "checksum", "author", "updated_at", "note")
MAX_TITLES: Final = 20_000
"""Characters of node titles that are kept to be found."""


class DraftConflict(WrongState):
    """Somebody else saved the draft since this person loaded it. Nothing was written."""

    code = "draft_conflict"


def document_of(nodes: Json, edges: Json) -> JsonObject:
    """A graph document within the size limits, as it is stored. Raises InvalidInput or TooLarge."""
    document: JsonObject = {
        "nodes": nodes if nodes is not None else [],
        "edges": edges if edges is not None else [],
    }
    for name, limit in (("nodes", MAX_NODES), ("edges", MAX_EDGES)):
        part = document[name]
        if not isinstance(part, list):
            raise InvalidInput(f'"{name}" must be a list.', fields={name: ["Must be a list."]})
        if len(part) > limit:
            message = f"The graph has {len(part):,} {name}; the limit is {limit:,}."
            raise TooLarge(message)
    if json.depth_of(document, limit=MAX_DEPTH) > MAX_DEPTH:
        raise InvalidInput(f"The graph is nested deeper than {MAX_DEPTH} levels.")
    if len(json.dumps(document)) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"The graph is larger than {MAX_DOCUMENT_BYTES:,} bytes.")
    return {**document, "nodes": in_own_shape(document["nodes"], node_types)}


def check_graph(document: JsonObject, *, internal: bool = False) -> list[Problem]:
    """All problems of a graph, with the node types that are installed: for people, or the product itself."""
    return validate_graph(document, node_types, internal=internal)


def first_draft(workflow: Workflow, user: User, document: JsonObject, *, note: str = "") -> WorkflowVersion:
    """The draft of a workflow that has no version yet."""
    draft = WorkflowVersion(workflow=workflow, number=1)
    return _write(draft, user, document, note=note, now=workflow.created_at)


def _put_draft(
    workflow: Workflow,
    latest: WorkflowVersion,
    user: User,
    document: JsonObject,
    *,
    note: str = "",
    parent: WorkflowVersion | None = None,
) -> WorkflowVersion:
    """Write the draft of a workflow whose row the caller has locked; the first save makes a new number."""
    draft = latest
    if latest.status != VersionStatus.DRAFT:
        parent = parent or workflow.versions.filter(is_current=True).first()
        draft = WorkflowVersion(workflow=workflow, number=latest.number + 1, parent=parent)
    _write(draft, user, document, note=note, now=utc_now())
    _touch(workflow, user, titles=titles_of(document))
    return draft


def _write(
    draft: WorkflowVersion, user: User, document: JsonObject, *, note: str, now: datetime
) -> WorkflowVersion:
    changed = None if draft._state.adding else _OF_A_SAVE
    draft.nodes, draft.edges = document["nodes"], document["edges"]
    draft.checksum = json.checksum(document)
    draft.author, draft.updated_at = user, now
    draft.note = note or draft.note
    draft.save(update_fields=changed)
    return draft


def titles_of(document: JsonObject) -> str:
    """What the nodes are called, a line each, as far as it is worth searching."""
    nodes = document["nodes"]
    data = [node.get("data") for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
    titles = [each.get("title") for each in data if isinstance(each, dict)]
    found = dict.fromkeys(title.strip() for title in titles if isinstance(title, str) and title.strip())
    return "\n".join(found)[:MAX_TITLES].replace("\0", "")


@transaction.atomic
def save_draft(
    user: User, workflow_id: UUID, *, nodes: Json, edges: Json, note: str = "", base: str | None = None
) -> WorkflowVersion:
    """Save the graph as the workflow's draft, problems and all.

    ``base`` is the checksum of the graph that the person's edit began with: if the stored one is another
    by now, DraftConflict is raised instead of overwriting somebody's work.
    """
    document = document_of(nodes, edges)
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    return store_draft(user, workflow, latest_version(workflow), document, note=note, base=base)


def store_draft(
    user: User,
    workflow: Workflow,
    latest: WorkflowVersion,
    document: JsonObject,
    *,
    note: str = "",
    base: str | None = None,
) -> WorkflowVersion:
    """As ``save_draft``, of a workflow that the caller has locked, whose latest version it has read since."""
    if base is not None and base != latest.checksum:
        by = latest.author.username if latest.author else "somebody"
        raise DraftConflict(
            f"{by} has saved this workflow since you opened it.",
            checksum=latest.checksum,
            saved_by=by,
            saved_at=latest.updated_at.isoformat(),
        )
    if latest.checksum == json.checksum(document) and not note:
        return latest
    draft = _put_draft(workflow, latest, user, document, note=note)
    record_audit(
        user, "version.drafted", workflow, after={"number": draft.number, "checksum": draft.checksum}
    )
    return draft


@transaction.atomic
def publish_draft(user: User, workflow_id: UUID, *, note: str = "") -> WorkflowVersion:
    """Make the draft the current version. Raises InvalidGraph; WrongState without a draft."""
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    draft = latest_version(workflow)
    if draft.status != VersionStatus.DRAFT:
        raise WrongState("There is no draft to publish: nothing has changed since the current version.")
    problems = errors_in(check_graph(draft.document))
    if problems:
        raise InvalidGraph(problems)
    workflow.versions.filter(is_current=True).update(is_current=False)
    draft.status, draft.is_current = VersionStatus.PUBLISHED.value, True
    draft.published_at = draft.updated_at = utc_now()
    draft.note = note or draft.note
    draft.save(update_fields=["status", "is_current", "published_at", "updated_at", "note"])
    if workflow.status == WorkflowStatus.DRAFT:
        workflow.status = WorkflowStatus.ACTIVE.value
    _touch(workflow, user)
    record_audit(user, "version.published", workflow, after={"number": draft.number, "note": draft.note})
    announce_publication(workflow, user, draft.number, draft.note)
    return draft


@transaction.atomic
def create_version(
    user: User, workflow_id: UUID, *, nodes: Json, edges: Json, note: str = ""
) -> WorkflowVersion:
    """Save and publish in one step: the graph becomes the new current version or nothing changes."""
    save_draft(user, workflow_id, nodes=nodes, edges=edges, note=note or "New version")
    return publish_draft(user, workflow_id, note=note)


@transaction.atomic
def restore_version(user: User, workflow_id: UUID, number: int) -> WorkflowVersion:
    """Make the graph of an earlier version current again, as a new version. A draft is overwritten."""
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    source = find_version(workflow, number)
    note = f"Restored from version {number}"
    _put_draft(workflow, latest_version(workflow), user, source.document, note=note, parent=source)
    return publish_draft(user, workflow_id)


@transaction.atomic
def archive_old_versions(user: User, workflow_id: UUID, *, keep: int) -> int:
    """Put away all but the newest ``keep`` published versions; how many went. The current one always stays.

    They are left out of the history and take no new runs. Nothing is deleted: runs keep the version that
    they ran on.
    """
    if not 1 <= keep <= MAX_KEPT:
        message = f"Keep 1 to {MAX_KEPT:,} versions."
        raise InvalidInput(message, fields={"keep": [message]})
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    kept = workflow.versions.filter(status=VersionStatus.PUBLISHED, archived_at__isnull=True)
    newest = list(kept.order_by("-number").values_list("pk", flat=True)[:keep])
    old = kept.filter(is_current=False).exclude(pk__in=newest)
    numbers = sorted(old.values_list("number", flat=True))
    if numbers:
        old.update(archived_at=utc_now())
        record_audit(user, "version.archived", workflow, after={"numbers": numbers, "keep": keep})
    return len(numbers)


@transaction.atomic
def unarchive_version(user: User, workflow_id: UUID, number: int) -> WorkflowVersion:
    """Take one version back into the history. Idempotent."""
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    version = find_version(workflow, number)
    if version.archived_at is not None:
        version.archived_at = None
        version.save(update_fields=["archived_at"])
        record_audit(user, "version.unarchived", workflow, after={"number": number})
    return version


def find_version(workflow: Workflow, number: int) -> WorkflowVersion:
    """Raises NotFound."""
    version = workflow.versions.filter(number=number).first()
    if version is None:
        raise NotFound(f"{workflow.name} has no version {number}.")
    return version


def latest_version(workflow: Workflow) -> WorkflowVersion:
    """The draft if there is one, else the newest version: what an editor opens."""
    latest = _LATEST.first(workflow=workflow.pk)
    assert latest is not None, "a workflow always has a version"
    latest.workflow = workflow
    return latest


_LATEST: Final = Kept(
    WorkflowVersion,
    lambda workflow: (
        WorkflowVersion.objects.filter(workflow=workflow)
        .select_related("author")
        .defer(*User.unseen("author"))
        .order_by("-number")[:1]
    ),
    {"workflow": UUID},
)


def _touch(workflow: Workflow, user: User, *, titles: str | None = None) -> None:
    """Titles only if they are others by now: they are what takes PostgreSQL longest, being searched."""
    workflow.updated_at, workflow.last_edited_by = utc_now(), user
    changed = ["status", "updated_at", "last_edited_by"]
    if titles is not None and titles != workflow.node_titles:
        workflow.node_titles = titles
        changed.append("node_titles")
    workflow.save(update_fields=changed)
