"""A process of a thousand phases: what a step asks the database, and that the benchmark really steps."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import Role, User
from process.bench.measuring import WANTED, measure_processes, stepping
from process.bench.seed import NODES, PROMPTS, half_way, measured_version
from process.models import Answer, ProcessVersion, Session
from process.queries.compiled import process_of
from process.services.freezing import freeze
from process.services.sessions import start_session
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt
from tests.process.storing import store

pytestmark = pytest.mark.django_db


def small_version() -> ProcessVersion:
    nodes = [
        make_node(key, *targets, prompts=(make_prompt("a", node=key), make_prompt("b", node=key)))
        for key, targets in (("one", ("two",)), ("two", ("three",)), ("three", ()))
    ]
    return store(make_process(*nodes))


def queries_of_steps(user: User, session: Session, *, steps: int) -> list[int]:
    """How many queries each took, after one that warms up."""
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    step, counts = stepping(client, session), []
    for _ in range(steps + 1):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert step().status_code == 200
        counts.append(len(seen))
    return counts[1:]


def test_a_step_asks_as_often_in_a_process_of_a_thousand_phases_as_in_a_small_one() -> None:
    user, great = make_user(role=Role.ADMIN), measured_version()
    process = process_of(great)
    assert (len(process.nodes), len(process.prompts)) == (NODES, PROMPTS)
    small = small_version()
    freeze(small)
    few = queries_of_steps(user, start_session(user, version_id=small.pk), steps=3)
    many = queries_of_steps(user, half_way(user, great), steps=6)
    assert set(many) == set(few), "answers alone, and answers with which a phase ends"
    assert max(many) <= 20


@pytest.mark.django_db(transaction=True)
def test_the_benchmark_measures_every_operation_and_what_it_answers_is_stored() -> None:
    figures = {figure.workload: figure for figure in measure_processes(sessions=30, times=2)}
    assert set(WANTED) <= set(figures)
    assert all(value > 0 for name in WANTED for value in figures[name].values)
    assert Session.objects.count() >= 30
    assert Answer.objects.filter(session__user__username="bench-admin", revision__gt=1).exists()
