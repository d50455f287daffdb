"""The demo's part of workspaces: swings in generated candles, described and tried once."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.workspaces.models import PatternWorkspace
from orchestrator.workspaces.services.candles import ensure_candles_for_everybody
from orchestrator.workspaces.services.lifecycle import create_workspace, describe
from orchestrator.workspaces.services.notes import write_note
from orchestrator.workspaces.services.reviewing import review
from orchestrator.workspaces.services.sessions import start_session

_DESCRIPTION: Final = (
    "A bar whose high stands above the bars on both sides of it, or whose low lies below them. "
    "It is known only when the bars to its right have closed."
)
_REASONING: Final = "Orders gather beyond such turns. Structure is read from their sequence."
_STEPS: Final = (
    "Look for a bar that stands out on both sides.",
    "Count the bars to its left and right that stay within its range.",
    "Mark it when the last of those to its right has closed, not before.",
)
_NOTES: Final = (
    "These candles are generated: nobody traded them. They are good enough to learn the keys.",
    "Two small turns beside a large one are too many for me.\nWider windows might do.",
)
_LAST_BAR: Final = 599


@transaction.atomic
def load(owner: User) -> str:
    """What was made, in a sentence; empty if there is a workspace already."""
    if not owner.may_build or PatternWorkspace.objects.exists():
        return ""
    workspace = create_workspace(owner, pattern_type="swings")
    describe(owner, workspace.pk, description=_DESCRIPTION, reasoning=_REASONING, steps=list(_STEPS))
    candles = ensure_candles_for_everybody()[0]
    write_note(owner, workspace.pk, text=_NOTES[0])
    session = start_session(owner, workspace.pk, candles_id=candles.pk, last_bar=_LAST_BAR)
    for number in (1, 2, 3):
        review(owner, session.pk, number, verdict="right")
    review(owner, session.pk, 4, verdict="wrong", note="Too small beside the one before.")
    write_note(owner, workspace.pk, text=_NOTES[1])
    return f"Workspace “{workspace.name}” has a test session in generated candles to review."
