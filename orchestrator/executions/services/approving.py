"""Answering approvals."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.context import current_origin
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.core.schemas import complaints
from orchestrator.executions.domain.arrivals import APPROVED, Answer
from orchestrator.executions.models import Approval, ApprovalStatus, ApprovalVote, Execution
from orchestrator.executions.queries.asked import tally
from orchestrator.executions.runtime import mail
from orchestrator.executions.runtime.feed import nudge_on_commit
from orchestrator.executions.runtime.hints import hint_on_commit

UNCHANGED = object()
"""For ``payload``: leave it as the run proposed it."""
NOBODY_LEFT: Final = "Everybody who is still asked has approved."
_BATCH: Final = 100


class AlreadyAnswered(WrongState):
    """Somebody was quicker, the deadline has decided, or the run no longer needs the answer."""

    code = "already_answered"


@transaction.atomic
def answer_approval(
    user: User, approval_id: UUID, *, approves: bool, comment: str = "", payload: object = UNCHANGED
) -> Approval:
    """Give one person's word. The approval is decided as soon as its quorum is reached or out of reach.

    Raises NotFound, NotAllowed for people who are not asked, AlreadyAnswered, and InvalidInput for a
    payload outside the form. What decides is said in ``queries.asked.tally``.
    """
    approval = _find(user, approval_id)
    if approval.status != ApprovalStatus.PENDING:
        raise AlreadyAnswered(_who_was_quicker(approval))
    if approval.votes.filter(user=user).exists():
        raise AlreadyAnswered("You have answered this already; others are still asked.")
    if payload is not UNCHANGED and approves:
        approval.payload = _edited(approval, payload)
    ApprovalVote.objects.create(approval=approval, user=user, approves=approves, comment=comment)
    decided = tally(approval).decision
    if decided is not None:
        _close(approval, user, decided, comment)
    approval.save(update_fields=["payload", "status", "responded_at", "decided_by", "comment", "remind_at"])
    after = {"approves": approves, "status": approval.status}
    record_audit(user, "approval.answered", approval, after=after)
    nudge_on_commit(approval.execution_id, approval.workflow_id)
    return approval


def settle_approvals(*, now: datetime) -> int:
    """Decide those for whose quorum only people are missing who have lost their account, role or access.

    Their number. Run by beat; ``all`` would otherwise wait for somebody who has left.
    """
    voted = Exists(ApprovalVote.objects.filter(approval=OuterRef("pk")))
    waiting = Approval.objects.pending().filter(voted).order_by("-id").values_list("pk", flat=True)
    return sum(_settle(pk) for pk in list(waiting[:_BATCH]))


@transaction.atomic
def _settle(approval_id: UUID) -> bool:
    approval = _lock(approval_id)
    if approval is None or approval.status != ApprovalStatus.PENDING:
        return False
    decided = tally(approval).decision
    if decided is None:
        return False
    try:
        with transaction.atomic():
            _close(approval, None, decided, NOBODY_LEFT if decided == APPROVED else "")
            approval.save(update_fields=["status", "responded_at", "decided_by", "comment", "remind_at"])
    except AlreadyAnswered:
        return False
    record_audit(None, "approval.settled", approval, after={"status": approval.status})
    return True


def _find(user: User, approval_id: UUID) -> Approval:
    visible = Approval.objects.visible_to(user).filter(pk=approval_id)
    if not visible.exists():
        raise NotFound("There is no such approval, or none that you may see.")
    if not Approval.objects.asking(user).filter(pk=approval_id).exists():
        raise NotAllowed("You are not among those who are asked here.")
    approval = _lock(approval_id)
    if approval is None:
        raise NotFound("There is no such approval, or none that you may see.")
    return approval


def _lock(approval_id: UUID) -> Approval | None:
    """The approval, locked after its run, in the order in which a worker that commits the run locks them."""
    runs = Execution.objects.filter(approvals=approval_id).order_by().values_list("pk", flat=True)
    list(runs.select_for_update(of=("self",)))
    found = Approval.objects.select_for_update(of=("self",)).select_related("execution")
    return found.filter(pk=approval_id).first()


def _who_was_quicker(approval: Approval) -> str:
    word = approval.get_status_display().lower()
    if approval.decided_by is not None:
        person = approval.decided_by.get_full_name() or approval.decided_by.username
        return f"This is already {word}; {person} was quicker."
    return f"This is already {word}." + (f" {approval.comment}" if approval.comment else "")


def _edited(approval: Approval, payload: object) -> object:
    if approval.form is None:
        if payload == approval.payload:
            return approval.payload
        message = "The payload of this approval cannot be changed."
        raise InvalidInput(message, fields={"payload": [message]})
    if fields := complaints(payload, approval.form, under="payload"):
        raise InvalidInput("The payload does not fit the form.", fields=fields)
    return payload


def _close(approval: Approval, user: User | None, decision: str, comment: str) -> None:
    """Raises AlreadyAnswered if the run has ended."""
    approval.status = (ApprovalStatus.APPROVED if decision == APPROVED else ApprovalStatus.REJECTED).value
    approval.responded_at, approval.decided_by, approval.comment = utc_now(), user, comment
    approval.remind_at = None
    name = user.username if user is not None else ""
    answer = Answer(str(approval.pk), decision, name, comment, approval.payload)
    origin = dict(current_origin().as_metadata())
    if user is not None:
        origin["user_id"] = str(user.pk)
    if not mail.post(approval.execution_id, answer, now=utc_now(), metadata=origin):
        raise AlreadyAnswered("The run that asked this is over.")
    hint_on_commit()
