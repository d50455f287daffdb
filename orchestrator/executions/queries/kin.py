"""Runs that belong together: who started whom, and what was retried; only those that the reader may see."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from orchestrator.accounts.models import User
from orchestrator.executions.models import EventRow, Execution, StepRun

_MOST_LINKED: Final = 20
_MOST_OF_NODE: Final = 10
_CALLS_READ: Final = 200


def _linked(user: User) -> QuerySet[Execution]:
    rows = Execution.objects.visible_to(user).select_related("workflow")
    return rows.only("id", "status", "created_at", "parent_id", "workflow__name")


def relatives_of(user: User, run: Execution) -> list[Execution]:
    """Runs that this one started, and retries of it."""
    found = _linked(user).filter(Q(parent=run.pk) | Q(retry_of=run.pk))
    return list(found.order_by("id")[:_MOST_LINKED])


def parent_of(user: User, run: Execution) -> Execution | None:
    """The run that started this one; None also where the reader may not see it. No query without one."""
    parent: UUID | None = run.parent_id
    return _linked(user).filter(pk=parent).first() if parent is not None else None


def children_of_node(user: User, run: Execution, node_id: str) -> list[Execution]:
    """Runs that the node started, the newest first."""
    calls = _calls(run.pk, node_id).order_by("-seq").values_list("data__child", flat=True)
    return list(_linked(user).filter(pk__in=list(calls[:_MOST_OF_NODE])).order_by("-id"))


def child_of_step(user: User, step: StepRun) -> Execution | None:
    """The run that this attempt at a step started, if its event is still kept."""
    calls = _calls(step.execution_id, step.node_id).filter(seq__lte=step.seq).order_by("-seq")
    wanted = (step.scope, step.iteration, step.attempt)
    data = calls.values_list("data", flat=True)[:_CALLS_READ]
    child = next((each["child"] for each in data if _attempt(each) == wanted), None)
    return _linked(user).filter(pk=child).first() if child else None


def _calls(execution_id: UUID, node_id: str) -> QuerySet[EventRow]:
    rows = EventRow.objects.filter(execution_id=execution_id, node_id=node_id, type="step_waiting")
    return rows.filter(data__has_key="child")


def _attempt(data: dict[str, Any]) -> tuple[str, int, int]:
    return data.get("scope", ""), data["iteration"], data.get("attempt", 1)
