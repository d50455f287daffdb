"""What Prometheus is told, in its own format, by whom, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.core.cache import cache
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime import presence
from orchestrator.executions.runtime.latency import BOUNDS, Latency, commits
from orchestrator.executions.runtime.sweeping import sweep
from orchestrator.executions.services import vitals
from tests.factories import make_user, make_workflow, node, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("signs_of_its_own")]
Figures = dict[tuple[str, ...], float]


def told(**headers: str) -> Figures:
    cache.delete("metrics:load")
    answer = Client(headers=headers).get("/metrics")
    assert answer.status_code == 200
    assert answer["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def wait_until_due(execution: Execution, since: datetime) -> None:
    Execution.objects.filter(pk=execution.pk).update(wake_at=since)


def test_runs_are_counted_by_status(drain: Callable[[], None]) -> None:
    start(make_workflow(nodes=[node("t", "timer", {"seconds": 3600})]))
    start(make_workflow())
    drain()
    figures = told()
    assert figures["orchestrator_runs", "waiting"] == 1
    assert figures["orchestrator_runs", "running"] == 0
    assert figures["orchestrator_runs_last_hour", "completed"] == 1
    assert figures["orchestrator_runs_due",] == 0


def test_the_oldest_due_run_is_told_with_how_long_it_has_waited() -> None:
    wait_until_due(start(make_workflow()), utc_now() - timedelta(seconds=90))
    figures = told()
    assert figures["orchestrator_runs_due",] == 1
    assert 89 < figures["orchestrator_oldest_due_seconds",] < 120


def test_engines_tell_how_long_their_commits_take(monkeypatch: pytest.MonkeyPatch) -> None:
    latency = Latency()
    for seconds in (0.0005, 0.004, 0.004, 60):
        latency.observe(seconds)
    monkeypatch.setattr(presence, "commits", latency)
    presence.announce("here:1:abc", now=utc_now(), runs=3)
    figures = told()
    bucket = "orchestrator_commit_seconds_bucket"
    assert figures["orchestrator_engines",] == 1
    assert figures["orchestrator_engine_runs", "here:1:abc"] == 3
    assert figures[bucket, "0.001", "here:1:abc"] == 1
    assert figures[bucket, "0.005", "here:1:abc"] == 3
    assert figures[bucket, str(BOUNDS[-1]), "here:1:abc"] == 3
    assert figures[bucket, "+Inf", "here:1:abc"] == 4
    assert figures["orchestrator_commit_seconds_sum", "here:1:abc"] == pytest.approx(60.0085)


def test_a_commit_of_the_engine_is_observed(drain: Callable[[], None]) -> None:
    before = sum(commits.counts)
    start(make_workflow())
    drain()
    assert sum(commits.counts) > before


def test_the_sweep_s_age_is_told_once_it_ran() -> None:
    assert ("orchestrator_sweep_age_seconds",) not in told()
    sweep()
    assert told()["orchestrator_sweep_age_seconds",] < 30


def test_requests_are_counted_by_the_view_that_answered() -> None:
    client = Client()
    client.force_login(make_user(), backend="orchestrator.accounts.backends.AnyCaseBackend")
    key = ("orchestrator_http_request_seconds_count", "2xx", "GET", "accounts:settings")
    before = told().get(key, 0)
    client.get("/settings/")
    client.get("/settings/")
    figures = told()
    assert figures[key] == before + 2
    client.get(f"/nowhere/{uuid4()}/")
    client.generic("BREW", "/settings/")
    names = {key[1:] for key in told() if key[0] == "orchestrator_http_request_seconds_count"}
    assert ("4xx", "GET", "none") in names
    assert not any("BREW" in name for name in names), "a label for everything sent would fill the memory"


def test_probes_are_not_counted() -> None:
    Client().get("/healthz")
    assert not any("healthz" in key or "metrics" in key for key in told())


def test_only_this_machine_may_ask_where_no_token_is_set() -> None:
    assert Client(REMOTE_ADDR="10.1.2.3").get("/metrics").status_code == 403
    assert Client(REMOTE_ADDR="::1").get("/metrics").status_code == 200


def test_with_a_token_it_alone_counts(settings: Settings) -> None:
    settings.METRICS_TOKEN = "s3cret"
    assert Client().get("/metrics").status_code == 403
    assert Client(headers={"authorization": "Bearer wrong"}).get("/metrics").status_code == 403
    answer = Client(headers={"authorization": "Bearer s3cret"}, REMOTE_ADDR="10.1.2.3").get("/metrics")
    assert answer.status_code == 200


def test_it_answers_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(vitals, "redis_client", lambda: gone)
    figures = told()
    assert figures["orchestrator_redis_up",] == 0
    assert ("orchestrator_runs_due",) in figures


def test_asking_often_costs_what_asking_once_does(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    told()
    with django_assert_num_queries(0):
        assert Client().get("/metrics").status_code == 200


def test_several_web_processes_answer_for_each_other(tmp_path: Path) -> None:
    """Two processes count, a third one is asked; all with one parent, as uvicorn's are."""
    environment = {**os.environ, "WEB_CONCURRENCY": "3", "TMPDIR": str(tmp_path)}
    code = "from orchestrator.sharing import share_metrics; share_metrics();" + (
        "from orchestrator.core.metrics import counted, requests;"
        "from prometheus_client import generate_latest;"
    )
    count = "requests.labels('home', 'GET', '2xx').observe(0.2)"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code + count], env=environment, check=True, timeout=60)
    ask = [sys.executable, "-c", code + "print(generate_latest(counted()).decode())"]
    told = subprocess.run(ask, env=environment, check=True, timeout=60, capture_output=True, text=True).stdout
    assert 'orchestrator_http_request_seconds_count{method="GET",status="2xx",view="home"} 2.0' in told
