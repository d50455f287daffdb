"""How many approvals wait for a person: on every page, therefore with the lightest query that can tell."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.kept import KeptValues
from orchestrator.executions.models import Approval, ApprovalStatus, ApprovalVote, Execution
from orchestrator.executions.models.approval import EDITORS, addresses_of, is_named

MOST: Final = 100


def count_waiting(user: User) -> int:
    """The number that ``Approval.objects.open_to`` finds, at most ``MOST``.

    One query by the index of pending approvals; a second one only where editors are asked, which is rare.
    """
    name, role = addresses_of(user)
    named, by_edit = 0, []
    for run, approvers, starter_may, starter in _PENDING.rows(user=user.pk, name=name, role=role):
        if not starter_may and starter == user.pk:
            continue
        if is_named(user, approvers):
            named += 1
        else:
            by_edit.append(run)
    if by_edit:
        editable = set(
            Execution.objects.steerable_by(user).filter(pk__in=by_edit).values_list("pk", flat=True)
        )
        named += sum(run in editable for run in by_edit)
    return min(named, MOST)


def _pending(user: UUID, name: str, role: str) -> QuerySet[Any, Any]:
    voted = ApprovalVote.objects.filter(user=user, approval=OuterRef("pk"))
    rows = Approval.objects.filter(
        ~Exists(voted), status=ApprovalStatus.PENDING.value, approvers__overlap=[name, role, EDITORS]
    )
    return rows.order_by("-id").values_list(
        "execution_id", "approvers", "starter_may_approve", "execution__started_by_id"
    )[: MOST * 2]


_PENDING: Final = KeptValues(Approval, _pending, {"user": UUID, "name": str, "role": str})
