"""Publishing a workflow as a template, withdrawing it, and beginning a workflow with one."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.rls import as_server
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.examples import examples
from orchestrator.workflows.models import Access, Workflow, WorkflowTemplate
from orchestrator.workflows.services.definitions import create_workflow

_MAX_CATEGORY = 100


@transaction.atomic
def publish_template(
    user: User, workflow_id: UUID, *, description: str | None = None, category: str | None = None
) -> WorkflowTemplate:
    """Show a copy of the current version to everybody, or bring the one that is shown up to date.

    Without a description or category it takes the workflow's. Raises WrongState without a current version.
    """
    workflow = find_workflow(user, workflow_id, Access.OWNER, lock=True)
    current = workflow.versions.filter(is_current=True).first()
    if current is None:
        raise WrongState(f"“{workflow.name}” has no published version yet; publish it first.")
    template = WorkflowTemplate.objects.filter(workflow=workflow).first() or WorkflowTemplate(
        workflow=workflow, created_at=utc_now()
    )
    template.name, template.tags = workflow.name, workflow.tags
    template.description = workflow.description if description is None else description.strip()
    template.category = workflow.category if category is None else category.strip()
    if len(template.category) > _MAX_CATEGORY:
        message = f"A category has at most {_MAX_CATEGORY} characters."
        raise InvalidInput(message, fields={"category": [message]})
    template.version_number, template.checksum = current.number, current.checksum
    template.nodes, template.edges, template.settings = current.nodes, current.edges, workflow.settings
    template.author, template.updated_at = user, utc_now()
    template.save()
    _flag(workflow, True)
    record_audit(user, "template.published", workflow, after={"version": current.number})
    return template


@transaction.atomic
def withdraw_template(user: User, workflow_id: UUID) -> None:
    """Nobody finds it any more; workflows that began with it stay. Idempotent."""
    workflow = find_workflow(user, workflow_id, Access.OWNER, lock=True)
    deleted, _ = WorkflowTemplate.objects.filter(workflow=workflow).delete()
    if deleted:
        _flag(workflow, False)
        record_audit(user, "template.withdrawn", workflow)


@transaction.atomic
def use_template(user: User, template_id: UUID, *, name: str = "", folder: str = "") -> Workflow:
    """A workflow of the person's own with the template's graph as its draft."""
    template = find_template(user, template_id)
    workflow = create_workflow(
        user,
        name=name.strip() or template.name,
        description=template.description,
        category=template.category,
        tags=template.tags,
        settings=template.settings,
        nodes=template.nodes,
        edges=template.edges,
        folder=folder,
        note=f"From the template {template.name}",
    )
    with as_server("whoever uses a template is counted, and may not change it otherwise"):
        WorkflowTemplate.objects.filter(pk=template.pk).update(uses=F("uses") + 1)
    return workflow


def find_template(user: User, template_id: UUID) -> WorkflowTemplate:
    """Raises NotFound."""
    found = WorkflowTemplate.objects.visible_to(user).select_related("author", "workflow")
    template = found.filter(pk=template_id).first()
    if template is None:
        raise NotFound("There is no such template.")
    return template


@transaction.atomic
def store_builtin_templates() -> None:
    """The examples that come with the product stand among the templates; those it no longer has go."""
    known = {each.key: each for each in examples()}
    WorkflowTemplate.objects.exclude(builtin="").exclude(builtin__in=known).delete()
    stored = {each.builtin: each for each in WorkflowTemplate.objects.filter(builtin__in=known)}
    for key, example in known.items():
        document = {"nodes": example.nodes, "edges": example.edges}
        template = stored.get(key) or WorkflowTemplate(builtin=key, created_at=utc_now())
        about = [example.name, example.description, example.settings, example.category, list(example.tags)]
        checksum = json.checksum([document, *about])
        if template.checksum == checksum:
            continue
        template.name, template.description = example.name, example.description
        template.category, template.tags, template.checksum = (
            example.category or "Examples",
            list(example.tags),
            checksum,
        )
        template.nodes, template.edges, template.settings = example.nodes, example.edges, example.settings
        template.updated_at = utc_now()
        template.save()


def _flag(workflow: Workflow, published: bool) -> None:
    if workflow.is_template != published:
        workflow.is_template = published
        workflow.save(update_fields=["is_template"])
