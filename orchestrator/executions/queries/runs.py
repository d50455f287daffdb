"""Runs in lists: which, in which order, and one line about how each stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from orchestrator.accounts.models import User
from orchestrator.core.ids import id_at
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Approval, ApprovalStatus, Execution
from orchestrator.executions.queries.titles import names_of_all

TRIGGERS: Final[Mapping[str, str]] = {
    "manual": "By hand",
    "api": "API",
    "schedule": "Schedule",
    "webhook": "Webhook",
    "parent": "Another run",
    "retry": "Retry",
    "command": "Command line",
    "demo": "Demo",
}


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a person looks for. Days are whole days in the reader's zone."""

    workflow: UUID | None = None
    statuses: tuple[str, ...] = ()
    started_by: str = ""
    """A user name, or ``me``."""
    trigger: str = ""
    trigger_id: UUID | None = None
    """One trigger of a workflow; it may be gone."""
    after: date | None = None
    before: date | None = None
    search: str = ""

    @property
    def is_set(self) -> bool:
        return self != RunFilter()

    @property
    def leaves_few(self) -> bool:
        """Something is asked for that has an index of its own."""
        return bool(self.workflow or self.started_by or self.trigger or self.trigger_id or self.search)

    def of(self, rows: QuerySet[Execution], user: User) -> QuerySet[Execution]:
        """Those of the rows, to be ordered by ``-id``: ids carry the time, so a day is a range of ids."""
        if self.workflow:
            rows = rows.filter(workflow=self.workflow)
        if self.statuses:
            rows = rows.filter(status__in=self.statuses)
        if self.started_by == "me":
            rows = rows.filter(started_by=user)
        elif self.started_by:
            rows = rows.filter(started_by__in=User.objects.filter(username__iexact=self.started_by))
        if self.trigger:
            rows = rows.filter(trigger__type=self.trigger)
        if self.trigger_id:
            rows = rows.filter(started_by_trigger(self.trigger_id))
        if self.after:
            rows = rows.filter(pk__gte=id_at(_midnight(self.after)))
        if self.before:
            rows = rows.filter(pk__lt=id_at(_midnight(self.before + timedelta(days=1))))
        return rows.filter(_matching(self.search)) if self.search else rows


def started_by_trigger(trigger_id: UUID) -> Q:
    """Runs of one trigger, in the words of their index."""
    return Q(trigger__has_key="id", trigger__id=str(trigger_id))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _matching(text: str) -> Q:
    """Runs whose id begins so, or of workflows with the words in their name."""
    ids = _id_range(text.strip().lower())
    return Q(pk__range=ids) if ids else Q(workflow__name__icontains=text.strip())


def _id_range(text: str) -> tuple[UUID, UUID] | None:
    digits = text.replace("-", "")
    if not re.fullmatch(r"[0-9a-f]{6,32}", digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def say_what_they_wait_for(runs: Iterable[Execution]) -> None:
    """Give each run a ``remark``: the error of one that failed, the question of one that waits for people,
    else the nodes where it stands. One query for all, none if no run waits; one more for versions whose
    nodes are not known by name yet.
    """
    runs = list(runs)
    waiting = [run.pk for run in runs if run.status in (Status.WAITING, Status.PAUSED)]
    questions: dict[UUID, str] = {}
    if waiting:
        open_ = Approval.objects.filter(execution__in=waiting, status=ApprovalStatus.PENDING)
        questions = dict(open_.order_by("-id").values_list("execution_id", "title"))
    names = names_of_all(run.version_id for run in runs if run.current_node_ids and not run.is_final)
    for run in runs:
        titles = names[run.version_id].titles if run.version_id in names else {}
        run.remark = _remark(run, questions.get(run.pk), titles)  # type: ignore[attr-defined]  # for the template


def _remark(run: Execution, question: str | None, titles: Mapping[str, str]) -> str:
    if run.error:
        return str(run.error.get("message", ""))
    if question:
        return question
    if run.is_final:
        return ""
    if run.status == Status.PENDING:
        return "Waits for its turn"
    nodes = dict.fromkeys(name.rpartition(">")[2] for name in run.current_node_ids)
    names = list(dict.fromkeys(titles.get(node, node) for node in nodes))
    if not names:
        return ""
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"At {shown}"
