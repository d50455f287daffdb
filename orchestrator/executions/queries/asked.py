"""Whom an approval asks, who of them has answered, and what their answers decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from orchestrator.accounts.models import Role, User
from orchestrator.executions.domain.arrivals import APPROVED, REJECTED
from orchestrator.executions.models import Approval, ApprovalVote
from orchestrator.executions.models.approval import EDITORS
from orchestrator.workflows.models import Access


def people_at(addresses: Iterable[str], approval: Approval) -> QuerySet[User]:
    """Active people whom the addresses name, without the starter where that one may not answer.

    "Editors" are here those whom the workflow is shared with as such: an admin may answer in their
    stead, and need not be asked.
    """
    given = list(addresses)
    named = Q(username__in=[each.removeprefix("user:") for each in given if each.startswith("user:")])
    named |= Q(role__in=[each.removeprefix("role:") for each in given if each.startswith("role:")])
    people = User.objects.filter(is_active=True)
    if EDITORS in given:
        edits = Q(
            workflow_permissions__workflow=approval.workflow_id,
            workflow_permissions__access__in=[Access.OWNER.value, Access.EDITOR.value],
        )
        named |= edits & ~Q(role=Role.VIEWER.value)
    if not approval.starter_may_approve:
        people = people.exclude(pk=approval.execution.started_by_id)
    return people.filter(named).distinct()


def people_asked(approval: Approval) -> QuerySet[User]:
    """Everybody who may answer now, whether or not they have."""
    return people_at(approval.approvers, approval)


def people_awaited(approval: Approval) -> QuerySet[User]:
    """Those of them who have not answered."""
    return people_asked(approval).exclude(pk__in=approval.votes.values("user"))


@dataclass(frozen=True, slots=True)
class Tally:
    """Where an approval stands. ``needed`` is the number of approving people that decides."""

    needed: int
    approving: int
    rejecting: int
    open: int
    """People who are asked and have not answered."""
    decision: str | None

    @property
    def is_out_of_reach(self) -> bool:
        """Too few people are left to approve; it waits for its deadline, or for more people."""
        return self.decision is None and self.approving + self.open < self.needed


def tally(approval: Approval, votes: Iterable[ApprovalVote] | None = None) -> Tally:
    """What the votes amount to. At most three queries.

    A word once given counts, also of people who have lost their account since. ``all`` means everybody
    who is asked now, so that nobody waits for people who have gone; once it was escalated, all of those
    it was escalated to suffice as well. A single rejection decides ``any`` and ``all``; a number n is
    rejected when too few people are left who could approve.
    """
    given = {vote.user_id: vote.approves for vote in (approval.votes.all() if votes is None else votes)}
    approved = {person for person, approves in given.items() if approves}
    rejecting = len(given) - len(approved)
    asked = set(people_asked(approval).values_list("pk", flat=True))
    awaited = asked - given.keys()
    needed = _needed(approval, asked, approved)
    decision = None
    if rejecting and (approval.quorum in ("any", "all") or len(approved) + len(awaited) < needed):
        decision = REJECTED
    elif approved and (len(approved) >= needed or _escalated_suffice(approval, approved)):
        decision = APPROVED
    return Tally(needed, len(approved), rejecting, len(awaited), decision)


def _needed(approval: Approval, asked: set[UUID], approved: set[UUID]) -> int:
    if approval.quorum == "all":
        return max(1, len(asked | approved))
    return approval.quorum if isinstance(approval.quorum, int) else 1


def _escalated_suffice(approval: Approval, approved: set[UUID]) -> bool:
    if approval.quorum != "all" or approval.escalated_at is None:
        return False
    superiors = set(people_at(approval.escalate_to, approval).values_list("pk", flat=True))
    return bool(superiors) and superiors <= approved
