"""What every page shows of runs: how many approvals wait for the person who looks."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.http import HttpRequest

from orchestrator.accounts.models import User
from orchestrator.executions.models import Approval, ApprovalStatus

_MOST: Final = 100


def waiting(request: HttpRequest) -> dict[str, Any]:
    """``approvals_waiting``, counted once, when a template first asks."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}

    @cache
    def counted() -> int:
        asked = Approval.objects.asking(user).filter(status=ApprovalStatus.PENDING)
        return asked.values("pk")[:_MOST].count()

    return {"approvals_waiting": counted}
