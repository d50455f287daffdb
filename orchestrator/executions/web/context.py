"""What every page shows of runs: how many approvals wait for the person who looks."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from orchestrator.accounts.models import User
from orchestrator.executions.queries.inbox import count_waiting


def waiting(request: HttpRequest) -> dict[str, Any]:
    """``approvals_waiting``, counted once, when a template first asks."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}

    @cache
    def counted() -> int:
        return count_waiting(user)

    return {"approvals_waiting": counted}
