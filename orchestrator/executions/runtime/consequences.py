"""What an event of a run means for other tables: approvals to ask or close, child runs to start or stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.arrivals import APPROVED, DEADLINE_COMMENT, ChildEnded
from orchestrator.executions.domain.reminders import next_reminder
from orchestrator.executions.domain.state import Firing, State
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Approval, ApprovalStatus, Execution, NotificationKind, Occasion
from orchestrator.executions.runtime.claims import Claim
from orchestrator.executions.runtime.side_effects import (
    Announce,
    CloseApproval,
    EscalateApproval,
    PostMail,
    RequestApproval,
    SideEffect,
    StartChild,
    cancel_child,
)
from orchestrator.graphs.steps import ApprovalRequest, ChildRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """What the step being recorded asks for, under the id that its event carries."""

    id: UUID
    approval: ApprovalRequest | None = None
    child: ChildRequest | None = None


def side_effects_of(
    claim: Claim, state: State, event: ev.Event, firing: Firing | None, asked: Asked | None
) -> Iterator[SideEffect]:
    """``firing`` is the event's firing as it was before; ``asked`` belongs to a step that begins to wait."""
    match event:
        case ev.StepWaiting() | ev.StepStuck() if asked is not None:
            if asked.approval is not None:
                yield RequestApproval(_approval(claim, event, asked.id, asked.approval))
            if asked.child is not None:
                yield StartChild(_child(claim, asked.id, asked.child))
        case ev.StepWaiting() if event.approval is not None:
            others = [str(each) for each in _list(event.approval["escalate_to"])]
            deadline = min((moment for moment, _ in event.timers), default=None)
            then = str(event.approval["on_deadline"])
            yield EscalateApproval(UUID(str(event.approval["id"])), others, deadline, then, event.at)
        case ev.StepSucceeded() | ev.StepFailed() | ev.StepCancelled() if firing and firing.waits:
            yield from _no_longer_waits(event, firing)
        case ev.ExecutionEnded() if claim.parent_id is None:
            yield from _announcement(claim, event)
        case ev.ExecutionEnded() if claim.parent_id is not None:
            output: Json = event.output if event.output is not None else dict(state.outputs())
            ended = ChildEnded(str(claim.id), event.status, output, event.error)
            yield PostMail(claim.parent_id, ended, event.at)


def _no_longer_waits(
    event: ev.StepSucceeded | ev.StepFailed | ev.StepCancelled, firing: Firing
) -> Iterator[SideEffect]:
    assert firing.waits is not None
    if firing.waits.approval is not None:
        status, comment = _closed_as(event)
        yield CloseApproval(UUID(str(firing.waits.approval["id"])), status, comment, event.at)
    if firing.waits.child is not None and not isinstance(event, ev.StepSucceeded):
        yield cancel_child(UUID(firing.waits.child), event.at)


def _closed_as(event: ev.StepEvent) -> tuple[str, str]:
    """For an approval that nobody has answered: what became of it, and why."""
    if isinstance(event, ev.StepSucceeded) and isinstance(event.output, dict):
        approved = event.output.get("decision") == APPROVED
        return (ApprovalStatus.APPROVED if approved else ApprovalStatus.REJECTED).value, DEADLINE_COMMENT
    if isinstance(event, ev.StepFailed) and event.error["code"] == "rejected":
        return ApprovalStatus.REJECTED.value, DEADLINE_COMMENT
    reason = event.reason if isinstance(event, ev.StepCancelled) else "The step no longer waits."
    return ApprovalStatus.WITHDRAWN.value, reason


def _announcement(claim: Claim, event: ev.ExecutionEnded) -> Iterator[SideEffect]:
    """Where the workflow's settings wish it. What becomes of a child run its parent tells."""
    if event.status == Status.COMPLETED:
        kind, wanted = NotificationKind.SUCCESS, claim.settings.get("notify_on_success", False)
    elif event.status in (Status.FAILED, Status.TIMED_OUT):
        kind, wanted = NotificationKind.FAILURE, claim.settings.get("notify_on_failure", True)
    else:
        return
    if wanted:
        facts: JsonObject = {"status": event.status}
        if event.error is not None:
            facts["error"] = {name: event.error.get(name) for name in ("code", "message", "node")}
        occasion = Occasion(
            kind=kind.value,
            workflow_id=claim.workflow_id,
            execution_id=claim.id,
            facts=facts,
            created_at=event.at,
            due_at=event.at,
        )
        yield Announce(occasion)


def _approval(claim: Claim, event: ev.StepEvent, approval_id: UUID, request: ApprovalRequest) -> Approval:
    return Approval(
        id=approval_id,
        execution_id=claim.id,
        workflow_id=claim.workflow_id,
        scope=event.scope,
        node_id=event.node,
        iteration=event.iteration,
        title=request.title[:200],
        instructions=request.instructions,
        approvers=list(request.approvers),
        quorum=request.quorum,
        form=request.form,
        payload=request.payload,
        starter_may_approve=request.starter_may_approve,
        requested_at=event.at,
        deadline_at=request.deadline_at,
        on_deadline=request.on_deadline if request.deadline_at else "",
        escalate_to=list(request.escalate_to),
        reminders=request.reminders,
        remind_at=next_reminder(
            request.reminders, since=event.at, deadline=request.deadline_at, after=event.at
        ),
    )


def _child(claim: Claim, child_id: UUID, request: ChildRequest) -> Execution:
    origin: JsonObject = {"request_id": claim.request_id} if claim.request_id else {}
    return Execution(
        id=child_id,
        workflow_id=request.workflow_id,
        version_id=request.version_id,
        input=request.input,
        trigger={"type": "parent", "execution": str(claim.id), "origin": origin},
        started_by_id=claim.started_by_id,
        parent_id=claim.id,
        depth=claim.depth + 1,
        wake_at=claim.started_at,
    )


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
