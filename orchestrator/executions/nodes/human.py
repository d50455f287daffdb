"""``human``: asks people, and goes on with their answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from orchestrator.core.schemas import SchemaObject
from orchestrator.executions.domain.arrivals import APPROVED, REJECTED
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import ApprovalRequest, Outcome, StepContext, TimerPort, Waiting

Address = Annotated[str, Field(pattern=r"^(user:[\w.@+-]{1,150}|role:(admin|user|viewer))$")]


class HumanConfig(NodeConfig):
    title: str = Field(default="", max_length=200, description="What is asked")
    instructions: str = Field(default="", max_length=10_000)
    approvers: list[Address] = Field(
        min_length=1, max_length=50, description="People who see the workflow, or everybody of a role",
        json_schema_extra={"format": "people"},
    )  # fmt: skip
    quorum: Literal["any", "all"] | Annotated[int, Field(ge=1, le=50)] = Field(
        default="any", description="How many must approve: any of them, all, or a number"
    )
    form: SchemaObject | None = Field(
        default=None,
        description="JSON Schema of what approvers may edit",
        json_schema_extra={"format": "json-schema"},
    )
    payload: Any = Field(default=None, description="What is to be approved")
    deadline_seconds: float | None = Field(default=None, gt=0, le=366 * 86_400)
    on_deadline: Literal["approve", "reject", "escalate"] = "reject"
    escalate_to: list[Address] = Field(default=[], max_length=50, json_schema_extra={"format": "people"})
    escalation_seconds: float | None = Field(
        default=None, gt=0, le=366 * 86_400, description="How long those have whom it is escalated to"
    )
    on_escalation_deadline: Literal["approve", "reject"] = "reject"
    remind_halfway: bool = Field(default=True, description="Remind people when half of the time is over")
    remind_before_seconds: list[Annotated[float, Field(gt=0, le=366 * 86_400)]] = Field(
        default=[86_400], max_length=5, description="Remind people so long before the deadline"
    )
    starter_may_approve: bool = Field(default=True, description="May whoever started the run answer?")

    @model_validator(mode="after")
    def _somebody_to_escalate_to(self) -> Self:
        if self.on_deadline == "escalate" and not self.escalate_to:
            raise ValueError("escalate_to says whom to ask when the deadline passes")
        return self

    @model_validator(mode="after")
    def _enough_people(self) -> Self:
        named = {*self.approvers, *self.escalate_to}
        by_name = all(each.startswith("user:") for each in named)
        if by_name and isinstance(self.quorum, int) and self.quorum > len(named):
            raise ValueError(f"quorum asks for {self.quorum} people, and {len(named)} are named")
        return self


def ask(step: StepContext) -> Outcome:
    config: HumanConfig = step.config
    deadline = None
    if config.deadline_seconds is not None:
        deadline = step.now + timedelta(seconds=config.deadline_seconds)
    request = ApprovalRequest(
        title=config.title or step.title,
        instructions=config.instructions,
        approvers=tuple(config.approvers),
        quorum=config.quorum,
        form=config.form,
        payload=config.payload,
        deadline_at=deadline,
        on_deadline=config.on_deadline,
        escalate_to=tuple(config.escalate_to),
        starter_may_approve=config.starter_may_approve,
        escalation_seconds=config.escalation_seconds,
        on_escalation_deadline=config.on_escalation_deadline,
        reminders={
            "halfway": config.remind_halfway,
            "before_seconds": list(config.remind_before_seconds),
        },
    )
    timers = (TimerPort(deadline, "deadline"),) if deadline else ()
    return Waiting(approval=request, timers=timers)


def _ports(config: Mapping[str, Any]) -> tuple[str, ...]:
    return (APPROVED, REJECTED)


HUMAN = NodeType(
    name="human",
    title="Approval",
    description="Asks people to approve, reject or edit, with a deadline.",
    category="People",
    icon="person",
    config=HumanConfig,
    effect=Effect.WAIT,
    run=ask,
    ports=_ports,
)
