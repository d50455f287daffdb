"""Rows beside the hot commit: approvals, child runs, mail. Written in its transaction, only when needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from orchestrator.executions.domain.arrivals import Arrival, Cancel
from orchestrator.executions.domain.reminders import next_reminder
from orchestrator.executions.models import (
    Approval,
    ApprovalStatus,
    Execution,
    Mail,
    NotificationKind,
    Occasion,
)
from orchestrator.executions.runtime import mail


class SideEffect(Protocol):
    """Something to write in the transaction of a commit. ``touches`` names other executions it updates."""

    @property
    def touches(self) -> UUID | None: ...
    def write(self) -> None: ...


@dataclass(frozen=True, slots=True)
class RequestApproval:
    approval: Approval
    touches: None = None

    def write(self) -> None:
        asked = self.approval
        asked.save(force_insert=True)
        Occasion.of_approval(asked, NotificationKind.APPROVAL, asked.requested_at).save(force_insert=True)


@dataclass(frozen=True, slots=True)
class CloseApproval:
    """The step no longer waits for it. Does nothing if people have answered: their word stands."""

    approval_id: UUID
    status: str
    comment: str
    at: datetime
    touches: None = None

    def write(self) -> None:
        Approval.objects.filter(pk=self.approval_id, status=ApprovalStatus.PENDING).update(
            status=self.status, comment=self.comment, responded_at=self.at, remind_at=None
        )


@dataclass(frozen=True, slots=True)
class EscalateApproval:
    """Its deadline passed: others are asked, too, until a deadline of their own if there is one."""

    approval_id: UUID
    approvers: Sequence[str]
    deadline_at: datetime | None
    on_deadline: str
    at: datetime
    touches: None = None

    def write(self) -> None:
        approval = Approval.objects.select_for_update().get(pk=self.approval_id)
        approval.approvers = list(dict.fromkeys([*approval.approvers, *self.approvers]))
        approval.escalated_at, approval.deadline_at = self.at, self.deadline_at
        approval.on_deadline = self.on_deadline if self.deadline_at else ""
        if approval.status == ApprovalStatus.PENDING:
            approval.remind_at = next_reminder(
                approval.reminders, since=self.at, deadline=self.deadline_at, after=self.at
            )
        approval.save(update_fields=["approvers", "escalated_at", "deadline_at", "on_deadline", "remind_at"])
        Occasion.of_approval(approval, NotificationKind.ESCALATION, self.at).save(force_insert=True)


@dataclass(frozen=True, slots=True)
class Announce:
    """People want to hear how the run ended: a row of the outbox, in the commit that ends it."""

    occasion: Occasion
    touches: None = None

    def write(self) -> None:
        self.occasion.save(force_insert=True)


@dataclass(frozen=True, slots=True)
class StartChild:
    child: Execution
    touches: None = None

    def write(self) -> None:
        self.child.save(force_insert=True)


@dataclass(frozen=True, slots=True)
class PostMail:
    """Tell another run: the parent that its child has ended, a child that nobody waits for it."""

    touches: UUID
    arrival: Arrival
    at: datetime

    def write(self) -> None:
        mail.post(self.touches, self.arrival, now=self.at, metadata={})


@dataclass(frozen=True, slots=True)
class DeleteMail:
    letters: Sequence[int]
    touches: None = None

    def write(self) -> None:
        Mail.objects.filter(pk__in=self.letters).delete()


def cancel_child(child_id: UUID, at: datetime) -> PostMail:
    return PostMail(child_id, Cancel(reason="The run that started it no longer needs it."), at)
