"""The first page: what waits for a person, what runs, what has ended, and how the last day went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count

from orchestrator.accounts.models import User
from orchestrator.core.api.pagination import Window
from orchestrator.core.ids import id_at
from orchestrator.executions.domain.status import FINAL, LIVE, Status
from orchestrator.executions.models import Approval, Execution
from orchestrator.executions.queries.newest import narrow_to_newest
from orchestrator.executions.queries.runs import say_what_they_wait_for
from orchestrator.executions.queries.visible import approvals_for, executions_for
from orchestrator.workflows.models import Workflow, WorkflowStatus
from orchestrator.workflows.queries import workflows_for

ROWS: Final = 8
MOST_COUNTED: Final = 5_000
"""Runs of the last day that are counted; beyond it the figures say "or more"."""
_FINAL: Final = [status.value for status in sorted(FINAL)]
_LIVE: Final = [status.value for status in sorted(LIVE)]


@dataclass(frozen=True, slots=True)
class LastDay:
    counts: Mapping[str, int]
    total: int
    is_cut: bool
    """More runs than were counted."""


@dataclass(frozen=True, slots=True)
class Home:
    approvals: list[Approval]
    live: list[Execution]
    finished: list[Execution]
    last_day: LastDay
    favorites: list[Workflow]
    runnable: list[Workflow]
    """Suggestions for somebody without favourites."""

    @property
    def is_new(self) -> bool:
        """Nothing has ever run here, as far as this person can see."""
        return not self.live and not self.finished


def home_of(user: User, *, now: datetime) -> Home:
    """A fixed number of queries, however much there is to see."""
    workflows = None
    if not user.is_admin:
        workflows = list(Workflow.objects.visible_to(user).values_list("pk", flat=True))
    live = _newest(user, workflows, _LIVE, rare=True)
    finished = _newest(user, workflows, _FINAL, rare=False)
    say_what_they_wait_for([*live, *finished])
    active = workflows_for(user).filter(status=WorkflowStatus.ACTIVE)
    favorites = list(active.filter(favorites__user=user).order_by("name")[:ROWS])
    return Home(
        approvals=approvals_waiting(user),
        live=live,
        finished=finished,
        last_day=_last_day(workflows, now - timedelta(days=1)),
        favorites=favorites,
        runnable=[] if favorites else list(active.order_by("-updated_at")[:4]),
    )


def _newest(
    user: User, workflows: Sequence[UUID] | None, statuses: list[str], *, rare: bool
) -> list[Execution]:
    """``workflows``: all that the person may see, None for an admin. ``rare``: few runs are in these
    statuses, so each is looked up by itself.
    """
    rows = executions_for(user, workflows=workflows).filter(status__in=statuses)
    among = Execution.objects.filter(status__in=statuses)
    asked = statuses if rare else ()
    newest = narrow_to_newest(rows, Window(ROWS), user=user, statuses=asked, among=among, visible=workflows)
    return list(newest.order_by("-id")[:ROWS])


def approvals_waiting(user: User) -> list[Approval]:
    """Those that this person may answer, the oldest first: it has waited longest."""
    mine = Approval.objects.open_to(user).values("pk")
    return list(approvals_for(user).filter(pk__in=mine).order_by("id")[:ROWS])


def _last_day(workflows: Sequence[UUID] | None, since: datetime) -> LastDay:
    """Those of an admin are counted from the newest back, those of others by workflow: each by its index."""
    recent = Execution.objects.filter(pk__gte=id_at(since))
    if workflows is not None:
        recent = recent.filter(workflow__in=workflows)
    counted = recent.order_by("-id").values("pk")[:MOST_COUNTED]
    rows = Execution.objects.filter(pk__in=counted).order_by().values("status").annotate(runs=Count("pk"))
    found = {row["status"]: row["runs"] for row in rows}
    counts = {status.value: found[status] for status in Status if status in found}
    total = sum(counts.values())
    return LastDay(counts, total, total >= MOST_COUNTED)
