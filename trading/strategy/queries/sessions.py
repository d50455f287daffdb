"""Lists of sessions: what they are narrowed and ordered by, and the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow, WorkflowStatus, WorkflowVersion
from trading.strategy.domain.vocabulary import Access, SessionStatus, StepStatus
from trading.strategy.models import Corporation, CorporationMember, StrategicSession

_STEP_NODE: Final = "strategy-step"
_WORKFLOWS: Final = 200
FILTERS: Final = ("status", "corporation", "initiator", "search")
_ASKING: Final = ("-failed_count", "-waiting_count")
ORDERINGS: Final = {
    "-created_at": "-id",
    "created_at": "id",
    "-updated_at": "-updated_at",
    "updated_at": "updated_at",
    "title": "title",
    "-title": "-title",
}
"""As the address says it, by column: ids sort by time of creation."""


@dataclass(frozen=True, slots=True)
class Column:
    """A status on the board. ``sessions`` are its newest, ``total`` counts all of them."""

    status: str
    sessions: list[StrategicSession]
    total: int

    @property
    def left(self) -> int:
        return self.total - len(self.sessions)


def sessions_seen(user: User, chosen: Mapping[str, str] | None = None) -> QuerySet[StrategicSession]:
    """Of the corporations that the person sees, with how many steps they have and have done, failed, wait.

    ``corporation`` is EVE's number or our id; one that is neither, or none that they see, finds nothing.
    """
    chosen = chosen or {}
    rows = StrategicSession.objects.visible_to(user).select_related("corporation", "created_by")
    if status := chosen.get("status"):
        rows = rows.filter(status=status)
    if corporation := chosen.get("corporation"):
        rows = rows.filter(_corporation(corporation))
    if initiator := chosen.get("initiator"):
        rows = rows.filter(initiator__iexact=initiator)
    if words := chosen.get("search"):
        found = Q(title__icontains=words) | Q(objective__icontains=words) | Q(initiator__icontains=words)
        rows = rows.filter(found | Q(corporation__name__icontains=words) | Q(imported_id=words))
    done = Count("steps", filter=Q(steps__status=StepStatus.COMPLETED.value))
    failed = Count("steps", filter=Q(steps__status=StepStatus.ERROR.value))
    answered = Q(steps__status=StepStatus.IN_PROGRESS.value, steps__output__isnull=False)
    return rows.annotate(
        step_count=Count("steps"),
        done_count=done,
        failed_count=failed,
        waiting_count=Count("steps", filter=answered),
    )


def _corporation(text: str) -> Q:
    if text.isascii() and text.isdigit() and len(text) < 19:
        return Q(corporation__eve_id=int(text))
    try:
        return Q(corporation_id=UUID(text))
    except ValueError:
        return Q(pk__in=())


def board(user: User, chosen: Mapping[str, str], *, most: int) -> list[Column]:
    """Of every status those that ask for somebody, then the newest. Five queries."""
    rows = sessions_seen(user, chosen)
    counted = rows.order_by().values("status").annotate(total=Count("id", distinct=True))
    totals = dict(counted.values_list("status", "total"))
    return [
        Column(
            each.value,
            list(rows.filter(status=each.value).order_by(*_ASKING, "-id")[:most])
            if totals.get(each.value)
            else [],
            totals.get(each.value, 0),
        )
        for each in SessionStatus
    ]


def corporations_seen(user: User) -> list[Corporation]:
    """By name, for a choice."""
    return list(Corporation.objects.visible_to(user).order_by("name", "id"))


def corporations_workable(user: User) -> list[Corporation]:
    """Those in which the person may begin sessions, by name."""
    if not user.may_build:
        return []
    return list(workable_by(user).order_by("name", "id"))


def workable_by(user: User) -> QuerySet[Corporation]:
    """Their own, and those that were lent to them to work in; for people who may build."""
    lent = CorporationMember.objects.filter(user=user, access=Access.EDITOR.value).values("corporation_id")
    return Corporation.objects.filter(Q(owner=user) | Q(pk__in=lent))


def strategy_workflows(user: User) -> list[tuple[UUID, str]]:
    """Workflows with strategy steps that the person may run, by name: id and name."""
    rows = WorkflowVersion.objects.filter(
        workflow__in=Workflow.objects.editable_by(user),
        is_current=True,
        nodes__contains=[{"type": _STEP_NODE}],
    )
    rows = rows.exclude(workflow__status=WorkflowStatus.ARCHIVED)
    return list(rows.order_by("workflow__name").values_list("workflow_id", "workflow__name")[:_WORKFLOWS])
