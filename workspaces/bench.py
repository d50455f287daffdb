"""How long the server takes for the list of workspaces and for timelines among a million messages.

In this process, from the request to the rendered answer, through all middleware, without the network.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from orchestrator.accounts.models import Role, User
from orchestrator.core.asgi import settle_memory
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.bench.clients import client_of
from orchestrator.executions.bench.copying import copy_lines, vacuum
from orchestrator.executions.bench.figures import Figure
from orchestrator.executions.bench.requests import figures_of, request_table
from workspaces.domain.files import address_of
from workspaces.domain.vocabulary import MessageType, WorkspaceStatus
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMessage

WANTED: Final[dict[str, int | None]] = {
    "the smallest request: oneself": None,
    "list of workspaces": 15,
    "list, two statuses, one's own": 15,
    "list of workspaces, an admin": 15,
    "timeline": 15,
    "timeline, one with files": 15,
    "timeline, somewhere above": 15,
    "timeline, above, as the page asks": 15,
    "timeline, two kinds": 15,
    "timeline, two kinds, above": 15,
    "what changed since": 15,
    "list by API": 15,
    "messages by API": 15,
    "messages of a type by API": 15,
}
"""What the product promises of each, in milliseconds at p95."""
_SPACES: Final = 200
_PEOPLE: Final = 4
_GREAT: Final = 5
"""One message of so many is in the first workspace: 200,000 of a million."""
_COLUMNS: Final = (
    "id", "workspace_id", "type", "created_at", "updated_at", "author_id", "author_type", "title", "content",
    "data", "attachments",
)  # fmt: skip


def measure_workspaces(*, messages: int, times: int) -> Iterator[Figure]:
    """Somebody with a great workspace and fifty others, and an admin, who sees all of them."""
    settle_memory()  # as a web process does
    owner, great, other = _seed(messages)
    admin, _ = User.objects.get_or_create(username="bench-admin", defaults={"role": Role.ADMIN.value})
    mine, all_of = client_of(owner), client_of(admin)
    since = (utc_now() - timedelta(seconds=5)).isoformat().replace("+", "%2B")
    here, api = f"/workspaces/{great.pk}/", f"/api/v1/workspaces/{great.pk}/messages/"
    kinds = "show=deploys&show=releases"
    asked = (
        partial(mine.get, "/api/v1/me/"),
        partial(mine.get, "/workspaces/"),
        partial(mine.get, "/workspaces/?status=soon&status=beta&mine=1"),
        partial(all_of.get, "/workspaces/"),
        partial(mine.get, here),
        partial(mine.get, f"/workspaces/{other.pk}/"),
        lambda: mine.get(f"{here}?before={_anywhere()}"),
        lambda: mine.get(f"{here}?before={_anywhere()}", headers={"X-Part": "older"}),
        partial(mine.get, f"{here}?{kinds}"),
        lambda: mine.get(f"{here}?{kinds}&before={_anywhere()}"),
        partial(mine.get, f"{here}changes/?since={since}"),
        partial(mine.get, "/api/v1/workspaces/"),
        partial(mine.get, api),
        partial(mine.get, f"{api}?type=deploy_failed"),
    )
    yield from figures_of("workspaces", dict(zip(WANTED, asked, strict=True)), times=times)


def _anywhere() -> UUID:
    """Before another moment of the last year each time, so that nothing that was drawn is asked for again."""
    return id_at(utc_now() - timedelta(seconds=random.uniform(0, 360 * 86_400)))  # noqa: S311 - no secret


def workspaces_table(figures: Iterable[Figure]) -> str:
    """What was measured, with what is wanted and under which conditions."""
    count = WorkspaceMessage.objects.count()
    about = (
        f"{count:,} messages in {_SPACES} workspaces, {count // _GREAT:,} of them in the one that is read."
    )
    return request_table(figures, WANTED, about)


def _seed(messages: int) -> tuple[User, PatternWorkspace, PatternWorkspace]:
    """An owner, their great workspace, and one of their others, whose newest page has files."""
    people = [User.objects.get_or_create(username=f"bench-patterns-{number}")[0] for number in range(_PEOPLE)]
    spaces = [_space(people[number % _PEOPLE], number) for number in range(_SPACES)]
    files = [_file(people[0], spaces[_PEOPLE], number) for number in range(20)]
    there = WorkspaceMessage.objects.count()
    if there < messages:
        new = messages - there
        copy_lines(WorkspaceMessage, _COLUMNS, _lines(spaces, files, new), there=there, new=new)
        vacuum(WorkspaceMessage, PatternWorkspace)
    return people[0], spaces[0], spaces[_PEOPLE]


def _space(owner: User, number: int) -> PatternWorkspace:
    made = {"name": f"Made up {number}", "category": "price_action", "created_by": owner}
    states = (WorkspaceStatus.SOON, WorkspaceStatus.IMPLEMENTING, WorkspaceStatus.BETA)
    state = states[number // _PEOPLE % len(states)].value
    return PatternWorkspace.objects.get_or_create(
        pattern_type=f"made_up_{number}", defaults={**made, "status": state}
    )[0]


def _file(owner: User, workspace: PatternWorkspace, number: int) -> Attachment:
    made = {"name": f"chart {number}.png", "media_type": "image/png", "size": 40_000}
    return Attachment.objects.get_or_create(
        path=f"made-up/{number}", defaults={**made, "workspace": workspace, "uploaded_by": owner}
    )[0]


def _lines(spaces: list[PatternWorkspace], files: list[Attachment], new: int) -> Iterator[str]:
    began, pause = utc_now() - timedelta(days=365), timedelta(days=365) / (new + 1)
    kinds = [MessageType.NOTE] * 60 + [MessageType.CLAUDE_CHECKPOINT] * 37 + list(MessageType)
    with_files = files[0].workspace_id
    for number in range(new):
        at = began + pause * number
        kind = kinds[number % len(kinds)]
        small = number // _GREAT * (_GREAT - 1) + number % _GREAT
        space = spaces[0] if number % _GREAT == 0 else spaces[1 + small % (_SPACES - 1)]
        is_note = kind is MessageType.NOTE
        shown = files[number % len(files)] if is_note and space.pk == with_files else None
        yield "\t".join(
            (
                str(id_at(at, tail=number)),
                str(space.pk),
                kind.value,
                at.isoformat(),
                at.isoformat(),
                str(space.created_by_id) if is_note else r"\N",
                "user" if is_note else "claude",
                "" if is_note else f"Checkpoint {number}",
                f"Message {number}, made up for measuring: {_WORDS * (number % 7)}",
                r"\N" if is_note else f'{{"checkpoint": "Step {number}", "attempt": {number % 3}}}',
                f"{{{address_of(space.pk, shown.pk)}}}" if shown else "{}",
            )
        )


_WORDS: Final = "what was tried, what came of it, and what comes next. "
