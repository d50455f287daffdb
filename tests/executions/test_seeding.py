"""The made-up database of the benchmarks: whole, indexed as before, gone on with after an interruption."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import User
from orchestrator.executions.bench import seed as seeding
from orchestrator.executions.bench.copying import copy_lines
from orchestrator.executions.bench.seed import MEMBER, OWNER, seed
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Access, Workflow, WorkflowPermission, WorkflowVersion

pytestmark = pytest.mark.django_db(transaction=True)


def shape() -> set[tuple[str, str]]:
    """Every index and constraint that there is, by what makes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() UNION ALL "
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        )
        return set(cursor.fetchall())


def test_rows_fit_together_and_indexes_are_as_before() -> None:
    before = shape()
    owner = seed(workflows=400, runs=1_000)

    assert shape() == before
    assert (Workflow.objects.count(), WorkflowVersion.objects.count()) == (400, 1_200)
    assert Execution.objects.count() == 1_000
    assert owner == User.objects.get(username=OWNER)
    assert owner.owned_workflows.count() == 20
    assert Workflow.objects.visible_to(owner).filter(owner=owner).count() == 20
    assert WorkflowVersion.objects.filter(is_current=True).count() == 400
    astray = ~Q(version__workflow=F("workflow")) | ~Q(started_by=F("workflow__owner"))
    assert not Execution.objects.filter(astray).exists(), "foreign keys are not looked up meanwhile"
    member = User.objects.get(username=MEMBER)
    assert Workflow.objects.editable_by(member).count() == 2
    owners = WorkflowPermission.objects.filter(access=Access.OWNER, user=F("workflow__owner"))
    assert owners.count() == 400


def test_an_interruption_leaves_all_indexes_and_the_next_call_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, whole = shape(), seeding._run_lines

    def cut(*args: object) -> Iterator[str]:
        for number, line in enumerate(whole(*args)):  # type: ignore[arg-type]
            if number == 300:
                raise KeyboardInterrupt
            yield line

    monkeypatch.setattr(seeding, "_run_lines", cut)
    with pytest.raises(KeyboardInterrupt):
        seed(workflows=40, runs=1_000)
    assert shape() == before
    assert (Workflow.objects.count(), Execution.objects.count()) == (40, 0)

    monkeypatch.setattr(seeding, "_run_lines", whole)
    told: list[str] = []
    seed(workflows=40, runs=1_000, tell=told.append)
    assert shape() == before
    assert (Workflow.objects.count(), Execution.objects.count()) == (40, 1_000)
    assert not any("workflows" in line for line in told)


def test_a_few_more_rows_are_added_without_making_indexes_anew() -> None:
    seed(workflows=40, runs=1_000)
    with CaptureQueriesContext(connection) as queries:
        seed(workflows=40, runs=1_010)
    assert Execution.objects.count() == 1_010
    assert not any("DROP INDEX" in query["sql"] for query in queries)


def test_columns_that_are_not_given_have_the_models_defaults() -> None:
    owner = User.objects.create(username="ann")
    line = f"019a1b2c3d4e7f508a6b7c8d9e0f1a2b\tCopied\t{owner.pk}"
    copy_lines(Workflow, ("id", "name", "owner_id"), [line], there=0, new=1)

    copied = Workflow.objects.get()
    plain = Workflow(pk=copied.pk, name="Copied", owner=owner)
    for field in Workflow._meta.concrete_fields:
        if field.name not in ("created_at", "updated_at", "search_vector"):
            assert getattr(copied, field.attname) == getattr(plain, field.attname), field.name
    assert Workflow.objects.matching("copied").get() == copied


def test_the_command_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_database", workflows=40, runs=100)
    told = capsys.readouterr().out
    assert "There are 40 workflows and 100 runs." in told
    assert f"{OWNER} owns 20 of the workflows." in told
