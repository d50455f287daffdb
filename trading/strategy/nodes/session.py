"""``strategy-session``: a workflow begins a session, as an agent: by schedule, webhook, or in the midst of
other work. It does not wait for the session, which people review in their own time."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from pydantic import Field

from orchestrator.core.errors import DomainError
from orchestrator.core.json import JsonObject
from orchestrator.core.threads import in_thread
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Failed, Outcome, StepContext, Succeeded
from trading.strategy.services.agents import Wanted, begin_session


class SessionConfig(NodeConfig):
    corporation: int = Field(
        gt=0, description="EVE's number of the corporation; whoever the run is started by works with it"
    )
    workflow: UUID | None = Field(
        default=None,
        description="Steps of your own. Empty: the built-in seven",
        json_schema_extra={"format": "workflow"},
    )
    agent: str = Field(
        default="", max_length=100, description="What the initiator is called. Empty: this workflow's name"
    )
    title: str = Field(default="", max_length=200)
    objective: str = Field(
        default="",
        max_length=10_000,
        description="What it is to reach. Whoever sees this run can read it here",
    )
    provider: str = Field(
        default="offline", max_length=20, description="Who answers where a step names nobody"
    )


async def run(step: StepContext) -> Outcome:
    """Output: ``{session, corporation_id, is_new}``. Done again after a crash, it finds what it began."""
    config: SessionConfig = step.config
    wanted = Wanted(
        run=step.execution_id,
        workflow=step.workflow_id,
        person=step.started_by_id,
        key=hashlib.sha256(step.idempotency_key.encode()).hexdigest(),
        corporation=config.corporation,
        steps=config.workflow,
        agent=config.agent,
        title=config.title,
        objective=config.objective,
        provider=config.provider,
    )
    try:
        session, is_new = await in_thread(begin_session, wanted)
    except DomainError as error:
        return Failed(error.code, error.message, retryable=False)
    told: JsonObject = {
        "session": str(session),
        "corporation_id": str(config.corporation),
        "is_new": is_new,
    }
    return Succeeded(told)


SESSION: Final = NodeType(
    name="strategy-session",
    title="Begin strategy session",
    description="Begins a session for a corporation, with this workflow as its initiator.",
    category="Corporation strategy",
    icon="flag",
    config=SessionConfig,
    effect=Effect.IDEMPOTENT,
    run=run,
)
