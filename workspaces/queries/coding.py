"""What pages and the API show of coding runs and of the versions that they made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from workspaces.domain.vocabulary import UNDER_WAY, Phase, RunStatus
from workspaces.models import (
    AlgorithmVersion,
    ClaudeExecution,
    FeedbackItem,
    PatternWorkspace,
)

BULKY: Final = ("diff", "deploy_logs", "checkpoints", "commit_message", "log")
"""What only a run's own page shows."""
_MARKS = {"+": "added", "-": "removed", "@": "place"}


def runs_of(workspace: PatternWorkspace) -> QuerySet[ClaudeExecution]:
    """For lists: without what only a run's own page shows."""
    runs = ClaudeExecution.objects.filter(workspace=workspace).select_related("triggered_by")
    return runs.defer(*BULKY)


def versions_of(workspace: PatternWorkspace) -> QuerySet[AlgorithmVersion]:
    return AlgorithmVersion.objects.filter(workspace=workspace).select_related("execution__triggered_by")


def run_under_way(workspace: PatternWorkspace) -> ClaudeExecution | None:
    return runs_of(workspace).filter(status__in=UNDER_WAY).first()


def tries_of(run: ClaudeExecution) -> QuerySet[ClaudeExecution]:
    """All tries of the run's batch, the first one first: a review is sent once, so its batch names them."""
    return runs_of(run.workspace).filter(feedback_ids=run.feedback_ids).order_by("id")


def advice_for(run: ClaudeExecution) -> str:
    """What people can do about a failed run, by where it failed."""
    if run.status != RunStatus.FAILED:
        return ""
    match run.phase:
        case Phase.TESTING | Phase.REFINING:
            return (
                "Nothing was released. Look at the cases that it could not keep: some may contradict each "
                "other. Correct those in a new session, or try again."
            )
        case Phase.DEPLOYING:
            return "The version in use is the one from before. Trying again goes on from the same reviews."
        case Phase.PLANNING | Phase.IMPLEMENTING:
            return "Nothing was changed. Try again; if it fails alike, the server's log says more."
    return "It had not begun: its reviews stay, and are worked in by the next try."


def in_cart(workspace: PatternWorkspace) -> int:
    """How many reviews were not sent yet."""
    return FeedbackItem.objects.filter(workspace=workspace, sent_to_claude_at__isnull=True).count()


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """``state`` is done, now, failed, or nothing yet."""

    name: str
    state: str
    times: int


def phases_of(run: ClaudeExecution) -> list[PhaseShown]:
    """In their order; refining only where it took place."""
    shown = []
    for phase in Phase:
        known = run.phases.get(phase.value)
        if known is None:
            if phase is not Phase.REFINING:
                shown.append(PhaseShown(phase.value, "", 0))
            continue
        is_last = run.phase == phase.value
        state = "done"
        if is_last and run.status != "completed":
            state = "now" if run.status in UNDER_WAY else "failed"
        shown.append(PhaseShown(phase.value, state, int(known.get("times", 1))))
    return shown


@dataclass(frozen=True, slots=True)
class DiffLine:
    """``mark`` is added, removed, place, file or nothing."""

    text: str
    mark: str


def diff_lines(diff: str) -> Iterator[DiffLine]:
    """The lines of a patch by what they are; the names of files once each."""
    for line in diff.splitlines():
        if line.startswith("diff --git "):
            yield DiffLine(line.rpartition(" b/")[2], "file")
        elif not line.startswith(("index ", "--- ", "+++ ", "new file", "deleted file", "similarity")):
            yield DiffLine(line, _MARKS.get(line[:1], ""))
