"""The demo's part of workspaces: swings in generated candles, described, reviewed and sent to a run."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from orchestrator.accounts.models import User
from workspaces.domain.archive import part, unpack
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.detectors.swings import SwingParameters
from workspaces.models import PatternSession, PatternWorkspace
from workspaces.services.candles import ensure_candles_for_everybody
from workspaces.services.coding.sending import send_batch
from workspaces.services.lifecycle import create_workspace, describe
from workspaces.services.notes import write_note
from workspaces.services.reviewing import review
from workspaces.services.sessions import complete_session, start_session

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
    "This is the demo: its candles are generated, nobody traded them, and its reviews are made up. "
    "They are good enough to learn the keys.",
    "Two small turns beside a large one are too many for me.\nWider windows might do, so I sent what I see.",
)
_NOTED: Final = 6
_BARS: Final = ((0, 219), (220, 519))
_WIDE: Final = SwingParameters(left=8, right=6)
"""What the person of the demo takes for a swing; a coding run finds out from their reviews."""


@transaction.atomic
def load(owner: User) -> str:
    """What was made, in a sentence; empty if there is a workspace already.

    One session is reviewed to its end and sent: workers find better parameters and release them after the
    server has started. Another one is half reviewed.
    """
    if not owner.may_build or PatternWorkspace.objects.exists():
        return ""
    workspace = create_workspace(owner, pattern_type="swings")
    describe(owner, workspace.pk, description=_DESCRIPTION, reasoning=_REASONING, steps=list(_STEPS))
    candles = ensure_candles_for_everybody()[0]
    write_note(owner, workspace.pk, text=_NOTES[0])
    done, half = (
        start_session(owner, workspace.pk, candles_id=candles.pk, first_bar=first, last_bar=last)
        for first, last in _BARS
    )
    _review(owner, done, done.detection_count)
    complete_session(owner, done.pk)
    write_note(owner, workspace.pk, text=_NOTES[1])
    send_batch(owner, workspace.pk)
    _review(owner, half, half.detection_count // 2)
    return f"Workspace “{workspace.name}” has two test sessions in generated candles, and a coding run."


def _review(owner: User, session: PatternSession, count: int) -> None:
    """The first detections, as somebody would who sees swings with wide windows."""
    rows = list(session.detections.order_by("number")[:count])
    bars = part(unpack(session.candles.data), session.first_bar, session.last_bar)
    seen = [(each, each.bar + session.first_bar) for each in PATTERNS["swings"].detect(bars, _WIDE)]
    there = {(each.kind, bar) for each, bar in seen}
    for row in rows:
        is_right = (row.kind, row.bar) in there
        note = "" if is_right or row.number > _NOTED else "Too small beside the one before."
        review(owner, session.pk, row.number, verdict="right" if is_right else "wrong", note=note)
