"""A database of some size for the benchmarks of lists: people, workflows, and their finished runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.bench.copying import copy_lines, vacuum
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
OWNER: Final = "seed0"
"""Owns 20 of the workflows, as everybody does."""
MEMBER: Final = "seedmember"
"""Is an editor of every 200th workflow: of 5,000 in a million."""

_SHARED_EVERY: Final = 200
_DAYS: Final = 90
_AT_ONCE: Final = 100_000
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
_NULL: Final = r"\N"
_INPUT: Final = '{"seeded": true}'
_TRIGGER: Final = '{"type": "manual"}'
_METRICS: Final = '{"nodes": 1}'
_ERROR: Final = '{"code": "timeout", "message": "The step took too long.", "node": "only"}'


class _Flow(NamedTuple):
    """One workflow to make. The values are text as COPY takes it."""

    number: int
    pk: str
    owner: str
    at: str


def seed(*, workflows: int, runs: int, tell: Callable[[str], None] = lambda _: None) -> User:
    """Make sure that about so many are there; answer with a person who owns 20 of the workflows.

    Everything is made up, by dice that always fall alike. What is there stays: after an interruption the
    next call goes on, with the workflows or with the runs.
    """
    there = Workflow.objects.filter(name__startswith="Seeded ").count()
    if there < workflows:
        _make_workflows(there, workflows, tell)
    runs_there = Execution.objects.count()
    if runs_there < runs:
        _make_runs(runs_there, runs, tell)
    if there < workflows or runs_there < runs:
        tell("Collecting statistics")
        vacuum(User, Workflow, WorkflowPermission, WorkflowVersion, Execution)
    return User.objects.get(username=OWNER)


def seeded_workflow(owner: User) -> Workflow:
    """The owner's workflow with the most runs."""
    return Workflow.objects.filter(owner=owner, name__startswith="Seeded ").earliest("created_at")


def _make_workflows(there: int, wanted: int, tell: Callable[[str], None]) -> None:
    """In one transaction: no workflow is left without its owner's permission and its versions."""
    people = _make_people(wanted // WORKFLOWS_EACH)
    member = User.objects.get(username=MEMBER).pk
    began, new = utc_now() - timedelta(days=_DAYS), wanted - there

    def flows() -> Iterator[_Flow]:
        return _flows(there, wanted, people, began)

    with transaction.atomic():
        copy_lines(
            Workflow,
            _WORKFLOW_COLUMNS,
            _telling(_workflow_lines(flows(), wanted), new, "workflows", tell),
            there=there,
            new=new,
        )
        copy_lines(
            WorkflowPermission,
            _PERMISSION_COLUMNS,
            _telling(_permission_lines(flows(), member), new, "permissions", tell),
            there=there,
            new=new,
        )
        copy_lines(
            WorkflowVersion,
            _VERSION_COLUMNS,
            _telling(_version_lines(flows()), new * VERSIONS_EACH, "versions", tell),
            there=there * VERSIONS_EACH,
            new=new * VERSIONS_EACH,
        )


def _make_runs(there: int, wanted: int, tell: Callable[[str], None]) -> None:
    new = wanted - there
    lines = _telling(_run_lines(_runnable(), new, utc_now()), new, "runs", tell)
    copy_lines(Execution, _RUN_COLUMNS, lines, there=there, new=new)


def _telling(lines: Iterator[str], new: int, what: str, tell: Callable[[str], None]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number % (10 * _AT_ONCE) == 0:
            tell(f"{number:,} of {new:,} {what}")
        yield line
    tell(f"{new:,} {what}; now their indexes")


def _make_people(number: int) -> list[str]:
    names = [f"seed{each}" for each in range(max(number, 1))]
    people = [User(username=name, email=f"{name}@bench.test") for name in [*names, MEMBER]]
    User.objects.bulk_create(people, batch_size=5_000, ignore_conflicts=True)
    found = dict(User.objects.filter(username__startswith="seed").values_list("username", "pk"))
    return [str(found[name]) for name in names]


def _flows(there: int, wanted: int, people: list[str], began: datetime) -> Iterator[_Flow]:
    dice, pause = _dice(there), timedelta(days=_DAYS) / wanted
    for number in range(there, wanted):
        at = began + pause * number
        yield _Flow(number, _id(at, dice), people[number % len(people)], at.isoformat())


_WORKFLOW_COLUMNS: Final = (
    "id", "name", "description", "owner_id", "category", "tags", "status", "is_public",
    "created_at", "updated_at", "last_edited_by_id",
)  # fmt: skip


def _workflow_lines(flows: Iterator[_Flow], wanted: int) -> Iterator[str]:
    dice, public_every = _dice(1), max(100, wanted // 100)
    for number, pk, owner, at in flows:
        subject, verb, place = dice.choice(_SUBJECTS), dice.choice(_VERBS), dice.choice(_PLACES)
        yield (
            f"{pk}\tSeeded {subject} {verb} {place} {number}\tMade up for measuring: the {verb} of {place}."
            f"\t{owner}\t{subject.lower()}\t{{{','.join(dice.sample(_TAGS, 2))}}}"
            f"\t{WorkflowStatus.ACTIVE.value}\t{number % public_every == 0}\t{at}\t{at}\t{owner}"
        )


_PERMISSION_COLUMNS: Final = ("id", "workflow_id", "user_id", "access", "granted_by_id", "created_at")


def _permission_lines(flows: Iterator[_Flow], member: UUID) -> Iterator[str]:
    dice = _dice(2)
    for number, pk, owner, at in flows:
        moment = datetime.fromisoformat(at)
        yield f"{_id(moment, dice)}\t{pk}\t{owner}\t{Access.OWNER.value}\t{owner}\t{at}"
        if number % _SHARED_EVERY == 0:
            yield f"{_id(moment, dice)}\t{pk}\t{member}\t{Access.EDITOR.value}\t{owner}\t{at}"


_VERSION_COLUMNS: Final = (
    "id", "workflow_id", "number", "status", "is_current", "nodes", "edges", "checksum", "author_id",
    "created_at", "updated_at", "published_at",
)  # fmt: skip


def _version_lines(flows: Iterator[_Flow]) -> Iterator[str]:
    dice, nodes = _dice(3), json.dumps([_NODE]).decode()
    checksum = sha256(nodes.encode()).hexdigest()
    for flow in flows:
        moment = datetime.fromisoformat(flow.at)
        for version in range(1, VERSIONS_EACH + 1):
            yield (
                f"{_id(moment, dice)}\t{flow.pk}\t{version}\t{VersionStatus.PUBLISHED.value}"
                f"\t{version == VERSIONS_EACH}\t{nodes}\t[]\t{checksum}\t{flow.owner}"
                f"\t{flow.at}\t{flow.at}\t{flow.at}"
            )


_RUN_COLUMNS: Final = (
    "workflow_id", "version_id", "started_by_id", "id", "status", "input", "trigger", "state_seq", "last_seq",
    "current_node_ids", "error", "metrics", "created_at", "started_at", "finished_at", "fence",
)  # fmt: skip
_RUNNABLE: Final = r"""
SELECT concat_ws(E'\t', workflow.id, version.id, workflow.owner_id)
FROM workflows_workflow AS workflow
JOIN workflows_workflowversion AS version ON version.workflow_id = workflow.id AND version.is_current
WHERE workflow.name LIKE 'Seeded %' ORDER BY workflow.id
"""


def _runnable() -> list[str]:
    """What runs say of their workflows, as COPY takes it: as objects, a million would fill a gigabyte."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNABLE)
        return [row[0] for row in cursor.fetchall()]


def _run_lines(flows: list[str], runs: int, now: datetime) -> Iterator[str]:
    """Runs in the order of time; some workflows run a hundred times as often as others."""
    dice = _dice(7)
    often = list(accumulate(1 / (1 + number % 97) for number in range(len(flows))))
    pause = timedelta(days=_DAYS) / runs
    for first in range(0, runs, _AT_ONCE):
        part = min(_AT_ONCE, runs - first)
        chosen = dice.choices(flows, cum_weights=often, k=part)
        statuses = dice.choices(list(_STATUSES), list(_STATUSES.values()), k=part)
        for number, (flow, status) in enumerate(zip(chosen, statuses, strict=True), first):
            yield _run_line(dice, now - pause * (runs - number), flow, status)


def _run_line(dice: random.Random, at: datetime, flow: str, status: Status) -> str:
    began, is_final = at.isoformat(), status in FINAL
    finished = (at + timedelta(seconds=dice.expovariate(0.2))).isoformat() if is_final else _NULL
    nodes, error = "{}" if is_final else "{only}", _ERROR if status is Status.FAILED else _NULL
    return (
        f"{flow}\t{_id(at, dice)}\t{status.value}\t{_INPUT}\t{_TRIGGER}\t3\t3\t{nodes}"
        f"\t{error}\t{_METRICS}\t{began}\t{began}\t{finished}\t1"
    )


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - invents rows


def _id(at: datetime, dice: random.Random) -> str:
    return id_at(at, tail=dice.getrandbits(62)).hex
