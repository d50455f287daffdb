"""The newest runs a person may see: the same as by going through all of them."""

from __future__ import annotations

import random
from itertools import product

import pytest

from orchestrator.accounts.models import Role
from orchestrator.core.api.pagination import Window
from orchestrator.executions.models import Execution
from orchestrator.executions.queries import newest
from orchestrator.executions.queries.newest import narrow_to_newest
from orchestrator.executions.queries.visible import executions_for
from orchestrator.workflows.models import Access
from tests.factories import make_user, make_workflow, share, start

STATUSES: tuple[list[str], ...] = (
    [],
    ["completed"],
    ["completed", "failed"],
    ["failed", "cancelled", "waiting"],
)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.USER, Role.ADMIN])
@pytest.mark.parametrize("many", [0, 5_000], ids=["many workflows", "few workflows"])
def test_every_window_holds_the_same_runs_as_a_walk_through_the_table(
    role: Role, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "_MANY", many)
    person = make_user(role=role)
    flows = [make_workflow() for _ in range(6)]
    for flow in flows[:4]:
        share(flow, person, Access.VIEWER)
    dice = random.Random(3)
    runs = [start(dice.choice(flows)) for _ in range(60)]
    for run in runs:
        status = dice.choice(["completed", "failed", "waiting", "cancelled"])
        ended = run.created_at if status != "waiting" else None
        Execution.objects.filter(pk=run.pk).update(status=status, finished_at=ended, wake_at=None)

    for statuses, run, limit in product(STATUSES, (runs[0], runs[31], runs[59]), (1, 7, 100)):
        rows = executions_for(person)
        rows = rows.filter(status__in=statuses) if statuses else rows
        for window in (Window(limit), Window(limit, before=run.pk), Window(limit, after=run.pk)):
            expected = [each.pk for each in window.of(rows)[:limit]]
            for among in (None, Execution.objects.all()):
                narrowed = narrow_to_newest(rows, window, user=person, statuses=statuses, among=among)
                assert [each.pk for each in window.of(narrowed)[:limit]] == expected


@pytest.mark.django_db
def test_runs_of_workflows_that_one_may_not_see_are_never_in_the_window() -> None:
    stranger = make_user()
    start(make_workflow())
    assert not narrow_to_newest(executions_for(stranger), Window(5), user=stranger, statuses=[]).exists()
