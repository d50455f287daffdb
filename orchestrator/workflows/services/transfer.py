"""Workflows as files: out of one installation, into another."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json, JsonObject
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.versions import latest_version

FORMAT: Final = "orchestrator.workflow/1"


class WorkflowFile(BaseModel):
    """The exported document. Also what ``manage.py run_workflow`` reads, where only the graph is required."""

    model_config = ConfigDict(extra="forbid")

    format: str = Field(default=FORMAT, pattern=r"^orchestrator\.workflow/1$")
    name: str = Field(default="Imported workflow", min_length=1, max_length=200)
    description: str = ""
    category: str = Field(default="", max_length=100)
    tags: list[str] = []
    settings: dict[str, Any] = {}
    estimated_minutes: int | None = Field(default=None, ge=0)
    nodes: list[Any]
    edges: list[Any] = []


def export_workflow(user: User, workflow_id: UUID) -> JsonObject:
    """The workflow and the graph that an editor opens, without owner, sharing or history."""
    workflow = find_workflow(user, workflow_id, Access.VIEWER)
    latest = latest_version(workflow)
    exported: JsonObject = WorkflowFile(
        name=workflow.name,
        description=workflow.description,
        category=workflow.category,
        tags=workflow.tags,
        settings=workflow.settings,
        estimated_minutes=workflow.estimated_minutes,
        nodes=latest.nodes,
        edges=latest.edges,
    ).model_dump(mode="json")
    return exported


def read_workflow_file(document: Json) -> WorkflowFile:
    """Raises InvalidInput with the fields that are not right."""
    try:
        return WorkflowFile.model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        fields = {".".join(map(str, fault["loc"])) or "file": [fault["msg"]] for fault in faults}
        raise InvalidInput("This is not a workflow file.", fields=fields) from error


def import_workflow(user: User, document: Json) -> Workflow:
    """A new workflow of the person's own, with the file's graph as its draft."""
    file = read_workflow_file(document)
    return create_workflow(user, **file.model_dump(exclude={"format"}), note="Imported")
