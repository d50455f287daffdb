"""The migration that made one number of each histogram, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from orchestrator.analytics.domain.durations import BINS, counts_of

pytestmark = pytest.mark.django_db(transaction=True)
ARRAYS = [("analytics", "0002_row_security")]
NUMBERS = [("analytics", "0003_days")]
COUNTS = [[], [3], [0, 0, 7, 2_000_000_000], [1] * BINS]


def migrate(target: list[tuple[str, str]]) -> Any:
    MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def newest() -> Iterator[None]:
    """Whatever a test does, the next one finds all migrations applied, and the grants on what they made."""
    yield
    call_command("migrate", verbosity=0)


def test_lists_become_numbers_and_numbers_become_lists(newest: None) -> None:
    quarter = datetime(2026, 11, 21, tzinfo=UTC)
    model = migrate(ARRAYS).get_model("analytics", "RunSum")
    for counts in COUNTS:
        model.objects.create(workflow_id=uuid4(), quarter=quarter, durations=counts)
    wanted = [counts + [0] * (BINS - len(counts)) for counts in COUNTS]

    model = migrate(NUMBERS).get_model("analytics", "RunSum")
    numbers = model.objects.order_by("pk").values_list("durations", flat=True)
    assert [counts_of(int(number)) for number in numbers] == wanted

    model = migrate(ARRAYS).get_model("analytics", "RunSum")
    assert list(model.objects.order_by("pk").values_list("durations", flat=True)) == wanted
