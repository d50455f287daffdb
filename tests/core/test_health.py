"""Probes: what they answer, in which trouble, and what they do not disturb."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client, override_settings

from orchestrator.accounts.models import Role
from orchestrator.core.logging import ExpectedApart
from orchestrator.core.redis import redis_client
from orchestrator.executions.runtime import presence
from orchestrator.executions.runtime.worker import Worker
from orchestrator.executions.web import health
from tests.factories import make_user

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def no_engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A list of engines of this test's own: tests beside it start real ones on the same Redis."""
    key = f"test:engines:{uuid4()}"
    monkeypatch.setattr(presence, "_KEY", key)
    yield
    redis_client().delete(key)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    health._is_migrated.cache_clear()
    yield
    health._is_migrated.cache_clear()


def asked() -> tuple[int, dict[str, bool]]:
    answer = Client().get("/readyz")
    return answer.status_code, {name: check["ok"] for name, check in answer.json()["checks"].items()}


def test_healthz_answers_without_the_database() -> None:
    answer = Client().get("/healthz")  # pytest-django would fail a query here
    assert (answer.status_code, answer.json(), answer["cache-control"]) == (200, {"status": "ok"}, "no-store")


@pytest.mark.django_db
def test_a_logged_in_prober_costs_healthz_no_query(django_assert_num_queries: Any) -> None:
    client = Client()
    client.force_login(make_user(role=Role.ADMIN), backend="orchestrator.accounts.backends.AnyCaseBackend")
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


@override_settings(ALLOWED_HOSTS=["orchestrator.example"], SECURE_SSL_REDIRECT=True)
def test_probes_may_use_any_host_name_and_plain_http() -> None:
    assert Client().get("/healthz", headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert Client().get("/api/schema/", headers={"host": "10.1.2.3:8000"}).status_code in (301, 400)


def test_probes_take_no_writes() -> None:
    assert [Client().post(path).status_code for path in ("/healthz", "/readyz")] == [405, 405]


@pytest.mark.django_db
def test_readyz_is_well_without_an_engine_and_says_that_runs_wait(no_engines: None) -> None:
    status, checks = asked()
    del checks["sweep"]  # other tests sweep
    assert (status, checks) == (200, {"database": True, "migrations": True, "redis": True, "engine": False})
    answer = Client().get("/readyz").json()
    assert answer["status"] == "ok"
    assert "runs wait" in answer["checks"]["engine"]["detail"]


@pytest.mark.django_db
def test_readyz_sees_an_engine_that_announced_itself_lately(no_engines: None) -> None:
    presence.announce("here:1:abc", now=datetime.now(UTC))
    assert asked()[1]["engine"] is True


@pytest.mark.django_db
def test_readyz_fails_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("no route to 10.9.8.7")

    monkeypatch.setattr(connection, "cursor", away)
    code, checks = asked()
    assert (code, checks["database"], checks["migrations"]) == (503, False, False)
    assert b"10.9.8.7" not in Client().get("/readyz").content


@pytest.mark.django_db
def test_readyz_fails_while_a_migration_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("one", False)])
    code, checks = asked()
    assert (code, checks["database"], checks["migrations"]) == (503, True, False)


@pytest.mark.django_db
def test_readyz_fails_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(health, "redis_client", lambda: gone)
    monkeypatch.setattr(presence, "redis_client", lambda: gone)
    code, checks = asked()
    assert (code, checks["redis"], checks["engine"]) == (503, False, False)


def test_engines_are_forgotten_when_silent_and_when_they_leave(no_engines: None) -> None:
    presence.announce("a:1:x", now=NOON)
    presence.announce("b:2:y", now=NOON + timedelta(seconds=10))
    assert presence.engines_about(now=NOON + timedelta(seconds=11)) == 2
    assert presence.engines_about(now=NOON + timedelta(seconds=20)) == 1
    presence.take_leave("b:2:y")
    assert presence.engines_about(now=NOON + timedelta(seconds=11)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_announces_itself_and_takes_leave(no_engines: None) -> None:
    worker = Worker()
    worker._heartbeat._announce()
    assert presence.engines_about(now=datetime.now(UTC)) == 1
    worker.start()
    worker.stop()
    assert presence.engines_about(now=datetime.now(UTC)) == 0


def test_an_engine_does_not_mind_that_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "redis_client", lambda: redis.Redis(port=1, socket_connect_timeout=0.2))
    presence.announce("a:1:x", now=NOON)
    presence.take_leave("a:1:x")


def test_the_log_leaves_what_is_expected_out_and_keeps_the_rest(rf: Any) -> None:
    def record(path: str) -> logging.LogRecord:
        made = logging.makeLogRecord({"name": "django.request", "levelno": logging.ERROR})
        made.request = rf.get(path)
        return made

    assert not ExpectedApart().filter(record("/readyz"))
    assert not ExpectedApart().filter(record("/demo/sales/north/"))
    assert ExpectedApart().filter(record("/api/v1/me/"))
    assert ExpectedApart().filter(logging.makeLogRecord({}))
