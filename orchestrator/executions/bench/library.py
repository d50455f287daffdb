"""How long the server takes for what is done most with workflows: list, load, save, search, look back.

In this process, from the request to the rendered answer, through all middleware; no network, and one request
after the other: what a request takes that need not wait for others. Beside each operation stands the time its
queries took in the same requests, which is what PostgreSQL and the driver need. The rest is Python's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from django.http.response import HttpResponseBase
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.core.asgi import settle_memory
from orchestrator.executions.bench.clients import client_of, people
from orchestrator.executions.bench.figures import Figure
from orchestrator.executions.bench.requests import figures_of, request_table
from orchestrator.executions.bench.seed import OWNER, seeded_workflow
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow, WorkflowVersion

WANTED: Final[dict[str, int | None]] = {
    "the smallest request: oneself": None,
    "list workflows": 10,
    "load a workflow": 5,
    "save a workflow": 20,
    "search workflows": 50,
    "version history": 10,
    "runs of a workflow": None,
}
"""What the product promises of each, in milliseconds at p95 with a million workflows and ten million runs."""


def measure_library(*, times: int) -> Iterator[Figure]:
    """For somebody who owns 20 workflows, somebody who edits thousands, and an admin. Seeded before."""
    settle_memory()  # as a web process does
    for who, user in people():
        yield from figures_of(who, _operations(user), times=times)


def library_table(figures: Iterable[Figure]) -> str:
    """What was measured, with what is wanted and under which conditions."""
    counts = [f"{model.objects.count():,}" for model in (Workflow, WorkflowVersion, Execution)]
    about = f"{counts[0]} workflows, {counts[1]} versions, {counts[2]} runs."
    return request_table(figures, WANTED, about, by_system=True)


def _operations(user: User) -> dict[str, Callable[[], HttpResponseBase]]:
    """All about one workflow, which is the owner's and which the member may edit."""
    client, workflow = client_of(user), seeded_workflow(User.objects.get(username=OWNER))
    at = f"/api/v1/workflows/{workflow.pk}/"
    _, subject, _, place, _ = workflow.name.split()
    asked = (
        lambda: client.get("/api/v1/me/"),
        lambda: client.get("/api/v1/workflows/"),
        lambda: client.get(at),
        _saving(client, at),
        lambda: client.get(f"/api/v1/workflows/?search={subject} {place}"),
        lambda: client.get(f"{at}versions/"),
        lambda: client.get(f"/api/v1/executions/?workflow={workflow.pk}"),
    )
    return dict(zip(WANTED, asked, strict=True))


def _saving(client: Client, at: str) -> Callable[[], HttpResponseBase]:
    """Each save changes the graph, so that there is something to store."""
    count = iter(range(1_000_000))

    def save() -> HttpResponseBase:
        config = {"output": {"number": next(count), "at": time.time()}}
        nodes = [
            {"id": f"n{number}", "type": "transform", "data": {"config": config}} for number in range(20)
        ]
        return client.patch(at, {"nodes": nodes, "edges": []}, content_type="application/json")

    return save
