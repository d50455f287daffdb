"""How long the server takes for lists and details, with a great many runs in the table.

In this process, from the request to the rendered answer, through all middleware; no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.test import Client
from django.test.utils import override_settings

from orchestrator.accounts.models import User
from orchestrator.executions.bench.clients import client_of, people
from orchestrator.executions.bench.figures import Figure, milliseconds
from orchestrator.executions.bench.seed import seeded_workflow
from orchestrator.executions.models import Execution

_PATHS: Final = (
    "/",
    "/executions/",
    "/executions/?status=failed",
    "/executions/?status=failed&status=cancelled",
    "/executions/?workflow={workflow}",
    "/executions/?after=2026-01-01",
    "/executions/{execution}/",
    "/workflows/",
    "/workflows/{workflow}/",
    "/workflows/{workflow}/runs/",
    "/api/v1/executions/",
    "/api/v1/executions/?status=failed",
    "/api/v1/executions/?status=failed&status=cancelled",
    "/api/v1/executions/?workflow={workflow}",
    "/api/v1/executions/?started_by=me",
    "/api/v1/executions/?trigger=schedule",
    "/api/v1/executions/{execution}/",
    "/api/v1/executions/{execution}/steps/",
    "/api/v1/workflows/",
    "/api/v1/workflows/{workflow}/stats/",
)


def measure_lists(*, times: int) -> Iterator[Figure]:
    """For a person who owns 20 workflows, and for an admin, who sees all. The database is seeded before."""
    workflow = seeded_workflow(User.objects.get(username="seed0"))
    execution = Execution.objects.filter(workflow=workflow, status="failed").latest("id")
    with override_settings(DEBUG=False):
        for who, user in people():
            client = client_of(user)
            for path in _PATHS:
                address = path.format(workflow=workflow.pk, execution=execution.pk)
                yield Figure(who, path, "ms", _times(client, address, times))


def _times(client: Client, address: str, times: int) -> list[float]:
    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"

    return milliseconds(ask, times=times, warm_up=3)
