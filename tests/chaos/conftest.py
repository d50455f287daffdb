"""Real processes need a database that they can all see, and a journal of their effects."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.chaos.effects import JOURNAL


@pytest.fixture
def chaos_env(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of worker processes that work on this test's database with short leases."""
    monkeypatch.setenv(JOURNAL, str(tmp_path / "effects.log"))
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    head, _, query = url.partition("?")
    return {
        **os.environ,
        "DATABASE_URL": f"{head.rpartition('/')[0]}/{name}?{query}",
        "REDIS_URL": settings.REDIS_URL,
        "ORCHESTRATOR_LEASE_SECONDS": "1.0",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
    }


@pytest.fixture
def kills() -> int:
    """How many workers to kill at random moments: a sample in ``make test``, all of it in ``make chaos``."""
    return 200 if os.environ.get("CHAOS") == "full" else 12
