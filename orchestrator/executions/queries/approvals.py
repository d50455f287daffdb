"""Lists of approvals for the inbox and the API, and everything about one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from orchestrator.accounts.models import User
from orchestrator.executions.models import Approval, ApprovalVote, Execution
from orchestrator.executions.queries.asked import Tally, people_awaited, tally
from orchestrator.executions.queries.visible import approvals_for

MOST_NAMED: Final = 12
"""People whose answer is awaited that are named one by one."""
TABS: Final = ("waiting", "answered", "all")


@dataclass(frozen=True, slots=True)
class ApprovalFilter:
    """Which approvals; an empty field filters nothing."""

    statuses: tuple[str, ...] = ()
    workflow: UUID | None = None
    overdue: bool = False
    search: str = ""

    @property
    def is_set(self) -> bool:
        return bool(self.statuses or self.workflow or self.overdue or self.search)

    def of(self, rows: QuerySet[Approval], now: datetime) -> QuerySet[Approval]:
        if self.statuses:
            rows = rows.filter(status__in=self.statuses)
        if self.workflow is not None:
            rows = rows.filter(workflow=self.workflow)
        if self.overdue:
            rows = rows.filter(status="pending", deadline_at__lt=now)
        if self.search:
            rows = rows.filter(Q(title__icontains=self.search) | Q(workflow__name__icontains=self.search))
        return rows


def approvals_in(user: User, tab: str) -> QuerySet[Approval]:
    """The rows of one tab of the inbox, with the votes that were given."""
    rows = approvals_for(user).defer(
        "execution__state", "execution__seed", "execution__input", "execution__output", "form", "payload"
    )
    if tab == "waiting":
        rows = rows.filter(pk__in=Approval.objects.open_to(user).values("pk"))
    elif tab == "answered":
        rows = rows.filter(pk__in=ApprovalVote.objects.filter(user=user).values("approval"))
    return with_votes(rows)


def with_votes(rows: QuerySet[Approval]) -> QuerySet[Approval]:
    votes = ApprovalVote.objects.select_related("user").order_by("id")
    return rows.prefetch_related(Prefetch("votes", queryset=votes))


@dataclass(frozen=True, slots=True)
class ApprovalDetail:
    """One approval as one person sees it."""

    approval: Approval
    votes: list[ApprovalVote]
    tally: Tally
    awaited: list[User]
    """Who has not answered, at most ``MOST_NAMED`` of them."""
    awaited_more: int
    may_see_run: bool
    my_vote: ApprovalVote | None


def approval_detail(user: User, approval: Approval) -> ApprovalDetail:
    """Reads what belongs to an approval that the person may see. A fixed number of queries."""
    votes = list(approval.votes.all())
    awaited: list[User] = []
    if approval.status == "pending":
        awaited = list(people_awaited(approval).order_by("username")[: MOST_NAMED + 1])
    counted = tally(approval, votes)
    return ApprovalDetail(
        approval=approval,
        votes=votes,
        tally=counted,
        awaited=awaited[:MOST_NAMED],
        awaited_more=max(0, counted.open - MOST_NAMED),
        may_see_run=Execution.objects.visible_to(user).filter(pk=approval.execution_id).exists(),
        my_vote=next((vote for vote in votes if vote.user_id == user.pk), None),
    )
