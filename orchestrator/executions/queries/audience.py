"""Who of those at the other end of open sockets may hear of which runs, and what there is to hear.

For all of a web process's sockets at once: what costs two queries for one listener costs three for a
thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from orchestrator.accounts.models import Role, User
from orchestrator.executions.models import Approval, EventRow, Execution
from orchestrator.workflows.models import Workflow, WorkflowPermission

BATCH: Final = 200
"""Events of one run that are read at a time."""
_RUNS_A_QUERY: Final = 100


@dataclass(frozen=True, slots=True)
class Watch:
    """A run that sockets follow: up to which event all of them have it, and who they are."""

    workflow_id: UUID
    seq: int
    people: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class News:
    """What happened to a run since, and who may hear of it."""

    events: list[dict[str, Any]]
    audience: frozenset[UUID]


def news_of(watches: Mapping[UUID, Watch]) -> dict[UUID, News]:
    """News of those runs that have any, by the run's id."""
    events: dict[UUID, list[dict[str, Any]]] = {}
    ids = list(watches)
    for first in range(0, len(ids), _RUNS_A_QUERY):
        events |= _events({each: watches[each].seq for each in ids[first : first + _RUNS_A_QUERY]})
    if not events:
        return {}
    people = frozenset[UUID]().union(*(watches[each].people for each in events))
    allowed = audience_of({watches[each].workflow_id for each in events}, people)
    return {
        each: News(found, allowed[watches[each].workflow_id] & watches[each].people)
        for each, found in events.items()
    }


def events_after(execution_id: UUID, seq: int) -> list[dict[str, Any]]:
    """The next events of one run, at most ``BATCH``, as they are told."""
    return _events({execution_id: seq}).get(execution_id, [])[:BATCH]


def audience_of(workflows: Collection[UUID], people: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """Which of the people may see each of the workflows, in three queries."""
    active = dict(User.objects.filter(pk__in=people, is_active=True).values_list("pk", "role"))
    admins = frozenset(pk for pk, role in active.items() if role == Role.ADMIN)
    public = set(Workflow.objects.filter(pk__in=workflows, is_public=True).values_list("pk", flat=True))
    granted = defaultdict[UUID, set[UUID]](set)
    rows = WorkflowPermission.objects.filter(workflow__in=workflows, user__in=active)
    for workflow, user in rows.values_list("workflow_id", "user_id"):
        granted[workflow].add(user)
    return {each: frozenset(active) if each in public else admins | granted[each] for each in workflows}


def moved_on(watches: Mapping[UUID, Watch]) -> set[UUID]:
    """Those runs that have events which their followers have not: a look without a nudge, in one query."""
    last = dict(Execution.objects.filter(pk__in=list(watches)).values_list("pk", "last_seq"))
    return {each for each, watch in watches.items() if last.get(each, 0) > watch.seq}


def with_approvals(executions: Collection[UUID]) -> set[UUID]:
    """Those of the runs that have asked people something."""
    asked = Approval.objects.filter(execution__in=executions).order_by()
    return set(asked.values_list("execution_id", flat=True).distinct())


def _events(cursors: Mapping[UUID, int]) -> dict[UUID, list[dict[str, Any]]]:
    wanted = reduce(or_, (Q(execution_id=each, seq__gt=seq) for each, seq in cursors.items()))
    rows = EventRow.objects.filter(wanted).order_by("execution_id", "seq")
    columns = ("execution_id", "seq", "type", "node_id", "data", "occurred_at")
    found = defaultdict[UUID, list[dict[str, Any]]](list)
    for row in rows.values(*columns)[: BATCH * len(cursors)]:
        found[row.pop("execution_id")].append(row)
    return dict(found)
