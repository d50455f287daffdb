"""``subworkflow``: runs another workflow and goes on with what it gave."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import ChildRequest, Failed, Outcome, StepContext, Waiting
from orchestrator.workflows.models import VersionStatus, Workflow, WorkflowStatus, WorkflowVersion

MAX_DEPTH: Final = 10


class SubworkflowConfig(NodeConfig):
    workflow: UUID = Field(description="The workflow to run", json_schema_extra={"format": "workflow"})
    version: Literal["current"] | Annotated[int, Field(ge=1)] = "current"
    input: Any = None


def start(step: StepContext) -> Outcome:
    config: SubworkflowConfig = step.config
    if step.depth + 1 > MAX_DEPTH:
        message = (
            f"Sub-workflows nest deeper than {MAX_DEPTH}; {step.node_id} probably starts its own workflow."
        )
        return Failed("subworkflow_depth", message, retryable=False)
    owner = Workflow.objects.select_related("owner").get(pk=step.workflow_id).owner
    target = Workflow.objects.visible_to(owner).filter(pk=config.workflow).first()
    if target is None:
        message = (
            f"{step.node_id}: there is no workflow {config.workflow}, or this one's owner may not see it."
        )
        return Failed("unknown_workflow", message, retryable=False)
    if target.status == WorkflowStatus.ARCHIVED:
        return Failed("workflow_archived", f"{step.node_id}: {target.name} is archived.", retryable=False)
    versions = WorkflowVersion.objects.filter(workflow=target, status=VersionStatus.PUBLISHED)
    wanted = {"is_current": True} if config.version == "current" else {"number": config.version}
    version = versions.filter(**wanted).only("pk").first()
    if version is None:
        message = f"{step.node_id}: {target.name} has no published version {config.version}."
        return Failed("unknown_version", message, retryable=False)
    return Waiting(child=ChildRequest(target.pk, version.pk, config.input))


SUBWORKFLOW = NodeType(
    name="subworkflow",
    title="Sub-workflow",
    description="Runs another workflow and waits for its result.",
    category="Flow",
    icon="nested",
    config=SubworkflowConfig,
    effect=Effect.WAIT,
    run=start,
)
