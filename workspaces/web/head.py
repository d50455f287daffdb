"""The head that all pages of a workspace share: its steps to the release, and what comes next in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.conf import settings

from orchestrator.accounts.models import User
from workspaces.access import May, rights_in
from workspaces.domain.vocabulary import MOVES, WorkspaceStatus
from workspaces.models import PatternWorkspace
from workspaces.queries.backends import backends_for

LABELS: Final = {
    WorkspaceStatus.SOON: "Soon",
    WorkspaceStatus.IMPLEMENTING: "Implementing",
    WorkspaceStatus.BETA: "Beta",
    WorkspaceStatus.IN_REVIEW: "In review",
    WorkspaceStatus.VERIFIED: "Verified",
}
_ORDER: Final = list(WorkspaceStatus)


@dataclass(frozen=True, slots=True)
class Step:
    """A status as a step of the way to the release."""

    name: str
    is_done: bool
    is_here: bool


def head_of(user: User, workspace: PatternWorkspace, here: str) -> dict[str, Any]:
    """The context of ``workspaces/_base.html``. ``here`` is the name of the tab; ``backends`` are looked up
    where a page shows them."""
    rights = rights_in(user, workspace) or May.READ
    status = WorkspaceStatus(workspace.status)
    decides = user.is_admin and status is WorkspaceStatus.IN_REVIEW
    own = workspace.approved_by_id == user.pk and not settings.WORKSPACE_VERIFY_OWN
    return {
        "workspace": workspace,
        "here": here,
        "steps": steps_to_release(status),
        "next_step": _next_step(workspace, status, user, own=own),
        "may_work": rights >= May.WORK,
        "may_own": rights >= May.OWN,
        "may_approve": rights >= May.WORK
        and status is WorkspaceStatus.BETA
        and workspace.success_rate is not None,
        "may_verify": decides and not own,
        "backends": partial(backends_for, user),
        "may_send_back": user.is_admin
        and WorkspaceStatus.BETA in MOVES[status]
        and status is not WorkspaceStatus.IMPLEMENTING,
    }


def steps_to_release(status: WorkspaceStatus) -> list[Step]:
    at = _ORDER.index(status)
    return [
        Step(LABELS[each], place < at or each is status is WorkspaceStatus.VERIFIED, place == at)
        for place, each in enumerate(_ORDER)
    ]


def _next_step(workspace: PatternWorkspace, status: WorkspaceStatus, user: User, *, own: bool) -> str:
    match status:
        case WorkspaceStatus.SOON if not workspace.description:
            return "Describe the pattern: what it is, and the steps in which you find it."
        case WorkspaceStatus.SOON:
            return "Test it on some candles and send corrections: the first coding run begins the algorithm."
        case WorkspaceStatus.IMPLEMENTING:
            return "A coding run writes the algorithm. What it does appears in the timeline."
        case WorkspaceStatus.BETA if workspace.success_rate is None:
            return "Complete a test session: nothing was reviewed yet, so nothing can be approved."
        case WorkspaceStatus.BETA:
            return "Correct what is wrong until you trust it. Then approve it, and an admin looks."
        case WorkspaceStatus.IN_REVIEW if user.is_admin and own:
            return "You approved it yourself, so another admin verifies it."
        case WorkspaceStatus.IN_REVIEW if user.is_admin:
            return "Look at its sessions and verify it, or send it back with a reason."
        case WorkspaceStatus.IN_REVIEW:
            return "An admin looks at it now, and verifies it or sends it back."
        case WorkspaceStatus.VERIFIED:
            return "It is released. Whoever finds it wrong sends corrections; then it is beta again."
