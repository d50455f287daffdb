"""A database of some size for the benchmark of lists: people, workflows, and their finished runs."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, models

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.domain.status import FINAL, Status
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import (
    Access,
    VersionStatus,
    Workflow,
    WorkflowPermission,
    WorkflowStatus,
    WorkflowVersion,
)

WORKFLOWS_EACH: Final = 20
VERSIONS_EACH: Final = 3
_DAYS: Final = 90
_SEEDED: Final = "seed"
_STATUSES: Final = {
    Status.COMPLETED: 93,
    Status.FAILED: 4,
    Status.CANCELLED: 1,
    Status.WAITING: 1,
    Status.TIMED_OUT: 1,
}
_SUBJECTS: Final = ("Momentum", "Invoice", "Onboarding", "Incident", "Market", "Contract", "Backup", "Survey")
_VERBS: Final = ("review", "check", "report", "digest", "approval", "triage", "import", "summary")
_PLACES: Final = ("Berlin", "Nairobi", "Lima", "Oslo", "Kyoto", "Austin", "Porto", "Hanoi", "Quito", "Cairo")
_TAGS: Final = ("politics", "finance", "people", "nightly", "urgent", "draft", "legal", "research")
_NODE: Final = {"id": "only", "type": "transform", "data": {"config": {"output": {"ok": True}}}}


class _Flow(NamedTuple):
    workflow_id: UUID
    version_id: UUID
    owner_id: UUID


def seed(*, workflows: int, runs: int) -> User:
    """Make sure that about so many are there; answer with a person who owns 20 of the workflows.

    Everything is made up, by dice that always fall alike. Written with COPY: through services a million
    runs would take an hour.
    """
    there = Workflow.objects.filter(name__startswith="Seeded ").count()
    if there < workflows:
        _make_workflows(there, workflows)
    missing = runs - Execution.objects.count()
    if missing > 0:
        _copy(Execution, _RUN_COLUMNS, _runs(_flows(), missing, utc_now()))
    if there < workflows or missing > 0:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return User.objects.get(username=f"{_SEEDED}0")


def seeded_workflow(owner: User) -> Workflow:
    """The owner's workflow with the most runs."""
    return Workflow.objects.filter(owner=owner, name__startswith="Seeded ").earliest("created_at")


def _copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of these columns; every other column has the model's default."""
    fields = [each for each in model._meta.concrete_fields if not each.generated]
    places = {str(each.column): number for number, each in enumerate(fields)}
    row = [each.get_db_prep_save(each.get_default(), connection) for each in fields]
    named = [places[column] for column in columns]
    statement = f"COPY {model._meta.db_table} ({', '.join(places)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for values in rows:
            for place, value in zip(named, values, strict=True):
                row[place] = value
            copy.write_row(row)


def _make_workflows(there: int, wanted: int) -> None:
    people = _make_people(wanted // WORKFLOWS_EACH)
    dice, began = random.Random(there), utc_now() - timedelta(days=_DAYS)  # noqa: S311 - invents rows
    ids = [
        (number, id_at(began, tail=dice.getrandbits(62)), people[number % len(people)], began)
        for number in range(there, wanted)
    ]
    _copy(Workflow, _WORKFLOW_COLUMNS, (_workflow(dice, wanted, *each) for each in ids))
    _copy(WorkflowPermission, _PERMISSION_COLUMNS, (_permission(dice, *each) for each in ids))
    _copy(WorkflowVersion, _VERSION_COLUMNS, (row for each in ids for row in _versions(dice, *each)))


def _make_people(number: int) -> list[UUID]:
    names = [f"{_SEEDED}{each}" for each in range(max(number, 1))]
    people = [User(username=name, email=f"{name}@bench.test") for name in names]
    User.objects.bulk_create(people, batch_size=5_000, ignore_conflicts=True)
    found = User.objects.filter(username__startswith=_SEEDED).values_list("username", "pk")
    by_name = dict(found)
    return [by_name[name] for name in names]


_WORKFLOW_COLUMNS: Final = (
    "id", "name", "description", "owner_id", "category", "tags", "status", "is_public",
    "created_at", "updated_at", "last_edited_by_id",
)  # fmt: skip


def _workflow(
    dice: random.Random, wanted: int, number: int, pk: UUID, owner: UUID, at: datetime
) -> tuple[Any, ...]:
    subject, verb, place = dice.choice(_SUBJECTS), dice.choice(_VERBS), dice.choice(_PLACES)
    moment = at + timedelta(seconds=number * _DAYS * 86_400 / wanted)
    return (
        pk, f"Seeded {subject} {verb} {place} {number}", f"Made up for measuring: the {verb} of {place}.",
        owner, subject.lower(), dice.sample(_TAGS, 2), WorkflowStatus.ACTIVE.value,
        number % max(100, wanted // 100) == 0, moment, moment, owner,
    )  # fmt: skip


_PERMISSION_COLUMNS: Final = ("id", "workflow_id", "user_id", "access", "granted_by_id", "created_at")


def _permission(dice: random.Random, number: int, pk: UUID, owner: UUID, at: datetime) -> tuple[Any, ...]:
    return (id_at(at, tail=dice.getrandbits(62)), pk, owner, Access.OWNER.value, owner, at)


_VERSION_COLUMNS: Final = (
    "id", "workflow_id", "number", "status", "is_current", "nodes", "edges", "checksum", "author_id",
    "created_at", "updated_at", "published_at",
)  # fmt: skip


def _versions(
    dice: random.Random, number: int, pk: UUID, owner: UUID, at: datetime
) -> Iterator[tuple[Any, ...]]:
    nodes = json.dumps([_NODE]).decode()
    checksum = sha256(nodes.encode()).hexdigest()
    for version in range(1, VERSIONS_EACH + 1):
        yield (
            id_at(at, tail=dice.getrandbits(62)), pk, version, VersionStatus.PUBLISHED.value,
            version == VERSIONS_EACH, nodes, "[]", checksum, owner, at, at, at,
        )  # fmt: skip


def _flows() -> list[_Flow]:
    seeded = WorkflowVersion.objects.filter(workflow__name__startswith="Seeded ", is_current=True)
    rows = seeded.order_by("workflow__created_at").values_list("workflow_id", "pk", "workflow__owner_id")
    return [_Flow(*row) for row in rows]


_RUN_COLUMNS: Final = (
    "id", "workflow_id", "version_id", "started_by_id", "status", "input", "trigger", "state_seq", "last_seq",
    "current_node_ids", "error", "metrics", "created_at", "started_at", "finished_at", "fence",
)  # fmt: skip


def _runs(flows: list[_Flow], runs: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Runs in the order of time; some workflows run a hundred times as often as others."""
    dice = random.Random(7)  # noqa: S311 - invents rows
    often = [1 / (1 + number % 97) for number in range(len(flows))]
    pause = timedelta(days=_DAYS) / runs
    for first in range(0, runs, 100_000):
        part = min(100_000, runs - first)
        chosen = dice.choices(flows, often, k=part)
        statuses = dice.choices(list(_STATUSES), list(_STATUSES.values()), k=part)
        for number, (flow, status) in enumerate(zip(chosen, statuses, strict=True), first):
            yield _run(dice, now - pause * (runs - number), flow, status)


def _run(dice: random.Random, at: datetime, flow: _Flow, status: Status) -> tuple[Any, ...]:
    finished = at + timedelta(seconds=dice.expovariate(0.2)) if status in FINAL else None
    error = '{"code": "timeout", "message": "The step took too long.", "node": "only"}'
    return (
        id_at(at, tail=dice.getrandbits(62)), *flow, status.value, '{"seeded": true}', '{"type": "manual"}',
        3, 3, [] if finished else ["only"], error if status is Status.FAILED else None,
        '{"nodes": 1}', at, at, finished, 1,
    )  # fmt: skip
