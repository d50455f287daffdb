"""An engine begins also where the database is just starting."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import OperationalError

from orchestrator.executions.runtime import worker
from orchestrator.executions.runtime.engine import Engine


def test_an_engine_begins_while_the_database_is_still_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[str] = []

    def starting_up(*_: Any) -> int:
        raise OperationalError("the database system is starting up")

    monkeypatch.setattr(worker, "release_dead_neighbours", starting_up)
    monkeypatch.setattr(Engine, "run", lambda engine: began.append(engine.owner))
    monkeypatch.setattr(os, "_exit", lambda code: pytest.fail(f"it died with {code}"))
    one = worker.Worker()
    one._run()
    assert began == [one.engine.owner]


def test_any_other_fault_of_the_start_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(worker, "release_dead_neighbours", lambda *_: 1 / 0)
    monkeypatch.setattr(os, "_exit", ended.append)
    worker.Worker()._run()
    assert ended == [worker.EXIT_DIED]
