"""How long the server takes for the list of workspaces and for timelines among a million messages.

In this process, from the request to the rendered answer, through all middleware, without the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from orchestrator.accounts.models import User
from orchestrator.core.asgi import settle_memory
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.bench.clients import client_of
from orchestrator.executions.bench.copying import copy_lines, vacuum
from orchestrator.executions.bench.figures import Figure
from orchestrator.executions.bench.requests import figures_of, request_table
from orchestrator.workspaces.domain.detectors import PATTERNS
from orchestrator.workspaces.domain.vocabulary import MessageType
from orchestrator.workspaces.models import PatternWorkspace, WorkspaceMessage

WANTED: Final[dict[str, int | None]] = {
    "the smallest request: oneself": None,
    "list of workspaces": 15,
    "timeline": 15,
    "timeline, further up": 15,
    "timeline, two types": 15,
    "what changed since": 15,
    "messages by API": 15,
}
"""What the product promises of each, in milliseconds at p95."""
_COLUMNS: Final = (
    "id", "workspace_id", "type", "created_at", "updated_at", "author_id", "author_type", "content",
)  # fmt: skip


def measure_workspaces(*, messages: int, times: int) -> Iterator[Figure]:
    """Six workspaces of one person, with as many messages each."""
    settle_memory()  # as a web process does
    owner, workspace = _seed(messages)
    client = client_of(owner)
    here = f"/workspaces/{workspace.pk}/"
    middle = id_at(utc_now() - timedelta(days=180))
    since = (utc_now() - timedelta(seconds=5)).isoformat().replace("+", "%2B")
    addresses = (
        "/api/v1/me/",
        "/workspaces/",
        here,
        f"{here}?before={middle}",
        f"{here}?show=deploys&show=releases",
        f"{here}changes/?since={since}",
        f"/api/v1{here}messages/",
    )
    asked = {name: partial(client.get, address) for name, address in zip(WANTED, addresses, strict=True)}
    yield from figures_of("workspaces", asked, times=times)


def workspaces_table(figures: Iterable[Figure]) -> str:
    """What was measured, with what is wanted and under which conditions."""
    counts = WorkspaceMessage.objects.count(), PatternWorkspace.objects.count()
    return request_table(figures, WANTED, f"{counts[0]:,} messages in {counts[1]} workspaces.")


def _seed(messages: int) -> tuple[User, PatternWorkspace]:
    owner, _ = User.objects.get_or_create(username="bench-patterns")
    spaces = [
        PatternWorkspace.objects.get_or_create(
            pattern_type=each.key, defaults={"name": each.name, "created_by": owner}
        )[0]
        for each in PATTERNS.values()
    ]
    there = WorkspaceMessage.objects.count()
    if there < messages:
        new = messages - there
        copy_lines(WorkspaceMessage, _COLUMNS, _lines(owner, spaces, new), there=there, new=new)
        vacuum(WorkspaceMessage, PatternWorkspace)
    return owner, spaces[0]


def _lines(owner: User, spaces: list[PatternWorkspace], new: int) -> Iterator[str]:
    began, pause = utc_now() - timedelta(days=365), timedelta(days=365) / (new + 1)
    kinds = [MessageType.NOTE] * 60 + [MessageType.CLAUDE_CHECKPOINT] * 37 + list(MessageType)
    for number in range(new):
        at = began + pause * number
        kind = kinds[(number // len(spaces)) % len(kinds)]
        by = str(owner.pk) if kind is MessageType.NOTE else r"\N"
        yield "\t".join(
            (
                str(id_at(at)),
                str(spaces[number % len(spaces)].pk),
                kind.value,
                at.isoformat(),
                at.isoformat(),
                by,
                "user" if by != r"\N" else "system",
                f"Message {number}, made up for measuring.",
            )
        )
