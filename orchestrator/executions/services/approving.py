"""Answering approvals."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from jsonschema import Draft202012Validator

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.context import current_origin
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.core.json import Json
from orchestrator.executions.domain.arrivals import APPROVED, REJECTED, Answer
from orchestrator.executions.models import Approval, ApprovalStatus, ApprovalVote
from orchestrator.executions.runtime import mail
from orchestrator.executions.runtime.hints import hint_on_commit

UNCHANGED = object()
"""For ``payload``: leave it as the run proposed it."""


class AlreadyAnswered(WrongState):
    """Somebody was quicker, the deadline has decided, or the run no longer needs the answer."""

    code = "already_answered"


@transaction.atomic
def answer_approval(
    user: User, approval_id: UUID, *, approves: bool, comment: str = "", payload: object = UNCHANGED
) -> Approval:
    """Give one person's word. The approval is decided as soon as its quorum is reached or out of reach.

    A single rejection decides ``any`` and ``all``; with a number n, rejection decides when fewer than n
    people are left who could approve. Raises NotFound, NotAllowed for people who are not asked,
    AlreadyAnswered, and InvalidInput for a payload outside the form.
    """
    approval = _find(user, approval_id)
    if approval.status != ApprovalStatus.PENDING:
        raise AlreadyAnswered(f"This is already {approval.get_status_display().lower()}.")
    if approval.votes.filter(user=user).exists():
        raise AlreadyAnswered("You have answered this already; others are still asked.")
    if payload is not UNCHANGED and approves:
        approval.payload = _edited(approval, payload)
    ApprovalVote.objects.create(approval=approval, user=user, approves=approves, comment=comment)
    decided = _decision(approval)
    if decided is not None:
        _close(approval, user, decided, comment)
    approval.save(update_fields=["payload", "status", "responded_at", "decided_by", "comment"])
    after = {"approves": approves, "status": approval.status}
    record_audit(user, "approval.answered", approval, after=after)
    return approval


def _find(user: User, approval_id: UUID) -> Approval:
    visible = Approval.objects.visible_to(user).filter(pk=approval_id)
    if not visible.exists():
        raise NotFound("There is no such approval, or none that you may see.")
    if not Approval.objects.asking(user).filter(pk=approval_id).exists():
        raise NotAllowed("You are not among those who are asked here.")
    return Approval.objects.select_for_update(of=("self",)).select_related("execution").get(pk=approval_id)


def _edited(approval: Approval, payload: object) -> object:
    if approval.form is None:
        if payload == approval.payload:
            return approval.payload
        message = "The payload of this approval cannot be changed."
        raise InvalidInput(message, fields={"payload": [message]})
    fields: dict[str, list[str]] = {}
    for fault in Draft202012Validator(approval.form).iter_errors(payload):
        path = ".".join(("payload", *map(str, fault.absolute_path)))
        fields.setdefault(path, []).append(fault.message)
    if fields:
        raise InvalidInput("The payload does not fit the form.", fields=fields)
    return payload


def _decision(approval: Approval) -> str | None:
    """What the votes decide, if they do."""
    votes = list(approval.votes.values_list("approves", flat=True))
    approving, rejecting = votes.count(True), votes.count(False)
    asked = _people_asked(approval)
    needed = {"any": 1, "all": asked}.get(str(approval.quorum)) or _number(approval.quorum)
    if rejecting and (approval.quorum in ("any", "all") or asked - rejecting < needed):
        return REJECTED
    return APPROVED if approving >= needed else None


def _people_asked(approval: Approval) -> int:
    """How many active people the addresses name, at least one."""
    people = User.objects.filter(is_active=True)
    names = [each.removeprefix("user:") for each in approval.approvers if each.startswith("user:")]
    roles = [each.removeprefix("role:") for each in approval.approvers if each.startswith("role:")]
    asked = people.filter(username__in=names) | people.filter(role__in=roles)
    if not approval.starter_may_approve:
        asked = asked.exclude(pk=approval.execution.started_by_id)
    return max(1, asked.distinct().count())


def _number(quorum: Json) -> int:
    assert isinstance(quorum, int), "a quorum is any, all or a number"
    return quorum


def _close(approval: Approval, user: User, decision: str, comment: str) -> None:
    approval.status = (ApprovalStatus.APPROVED if decision == APPROVED else ApprovalStatus.REJECTED).value
    approval.responded_at, approval.decided_by, approval.comment = utc_now(), user, comment
    answer = Answer(str(approval.pk), decision, user.username, comment, approval.payload)
    origin = {**current_origin().as_metadata(), "user_id": str(user.pk)}
    if not mail.post(approval.execution_id, answer, now=utc_now(), metadata=origin):
        raise AlreadyAnswered("The run that asked this is over.")
    hint_on_commit()
