"""A database of some size for the benchmark of lists: people, workflows and a million finished runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.core.json import JsonObject
from orchestrator.executions.domain.status import FINAL, Status
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.versions import publish_draft

PEOPLE: Final = 50
WORKFLOWS: Final = 1_000
_DAYS: Final = 90
_SEEDED: Final = "seed"
_STATUSES: Final = {
    Status.COMPLETED: 93,
    Status.FAILED: 4,
    Status.CANCELLED: 1,
    Status.WAITING: 1,
    Status.TIMED_OUT: 1,
}
_COLUMNS: Final = (
    "id", "workflow_id", "version_id", "started_by_id", "status", "input", "trigger", "state_seq", "last_seq",
    "variables", "current_node_ids", "error", "metrics", "depth", "created_at", "started_at", "finished_at",
    "lease_owner", "fence", "recoveries", "mail_posted", "mail_taken",
)  # fmt: skip


class _Flow(NamedTuple):
    workflow_id: UUID
    version_id: UUID
    owner_id: UUID


def seed(runs: int) -> User:
    """Make sure that about ``runs`` executions are there; answer with a person who owns 20 workflows.

    Everything is made up, by dice that always fall alike. Written with COPY: through services a million
    runs would take an hour.
    """
    owner = User.objects.filter(username=f"{_SEEDED}0").first()
    if owner is None:
        _make_workflows(_make_people())
        owner = User.objects.get(username=f"{_SEEDED}0")
    missing = runs - Execution.objects.count()
    if missing > 0:
        _copy(missing)
    return owner


def _make_people() -> list[User]:
    names = [f"{_SEEDED}{number}" for number in range(PEOPLE)]
    return User.objects.bulk_create([User(username=name, email=f"{name}@bench.test") for name in names])


def _make_workflows(people: list[User]) -> None:
    step: JsonObject = {"id": "only", "type": "transform", "data": {"config": {"output": {"ok": True}}}}
    for number in range(WORKFLOWS):
        owner = people[number % PEOPLE]
        workflow = create_workflow(owner, name=f"Seeded {number}", nodes=[step], is_public=number % 100 == 0)
        publish_draft(owner, workflow.pk)


def _copy(runs: int) -> None:
    names, flows = ", ".join(_COLUMNS), _flows()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {Execution._meta.db_table} ({names}) FROM STDIN") as copy:
            for row in _rows(flows, runs, utc_now()):
                copy.write_row(row)
        cursor.execute("ANALYZE")


def _flows() -> list[_Flow]:
    seeded = WorkflowVersion.objects.filter(workflow__name__startswith="Seeded ", is_current=True)
    rows = seeded.order_by("workflow__created_at").values_list("workflow_id", "pk", "workflow__owner_id")
    return [_Flow(*row) for row in rows]


def _rows(flows: list[_Flow], runs: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Runs in the order of time; some workflows run a hundred times as often as others."""
    dice = random.Random(7)  # noqa: S311 - invents rows
    often = [1 / (1 + number % 97) for number in range(len(flows))]
    chosen = dice.choices(flows, often, k=runs)
    statuses = dice.choices(list(_STATUSES), list(_STATUSES.values()), k=runs)
    pause = timedelta(days=_DAYS) / runs
    for number, (flow, status) in enumerate(zip(chosen, statuses, strict=True)):
        yield _row(dice, now - pause * (runs - number), flow, status)


def _row(dice: random.Random, at: datetime, flow: _Flow, status: Status) -> tuple[Any, ...]:
    finished = at + timedelta(seconds=dice.expovariate(0.2)) if status in FINAL else None
    error = '{"code": "timeout", "message": "The step took too long.", "node": "only"}'
    nodes = [] if finished else ["only"]
    return (
        id_at(at, tail=dice.getrandbits(62)), *flow, status.value, '{"seeded": true}',
        '{"type": "manual"}', 3, 3, "{}", nodes, error if status is Status.FAILED else None,
        '{"nodes": 1}', 0, at, at, finished, "", 1, 0, 0, 0,
    )  # fmt: skip


def seeded_workflow(owner: User) -> Workflow:
    """The owner's workflow with the most runs."""
    return Workflow.objects.filter(owner=owner, name__startswith="Seeded ").earliest("created_at")
