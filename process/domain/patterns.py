"""Narrative patterns: those that may be named, and when a person is shown what was seen in their story."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from process.domain.journey import Journey
from process.domain.process import Node, Process
from process.domain.vocabulary import Behavior

CHAPTERS: Final = 3
"""Approved chapters after which a story has shape enough, wherever the person stands."""
SURE_ENOUGH: Final = Decimal("0.50")
"""What is less sure than this is never shown."""
MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shape that many stories have. ``words`` are what the offline rules look for."""

    name: str
    title: str
    about: str
    shape: str
    words: frozenset[str]


def _pattern(name: str, title: str, about: str, shape: str, words: str) -> Pattern:
    return Pattern(name, title, about, shape, frozenset(words.split()))


PATTERNS: Final = {
    pattern.name: pattern
    for pattern in (
        _pattern(
            "endurance", "The one who stayed", "Something hard lasted long, and was outlasted.",
            "A long stretch of the same weight, carried day by day.",
            "endured stayed waited years survived kept hunger winter war illness patience carried bore",
        ),
        _pattern(
            "loss_and_people", "A loss that led to people", "What went away made room for others.",
            "Something is lost; somebody comes; both belong to what follows.",
            "lost died death funeral grave gone buried missed mourned grief widow orphan goodbye",
        ),
        _pattern(
            "departure", "The one who left", "A place was left, and something of it was taken along.",
            "A home, a leaving, a strange place that becomes one's own.",
            "left moved emigrated train ship border suitcase abroad foreign stranger journey arrived",
        ),
        _pattern(
            "turn", "The turn", "One moment divides what was before from what came after.",
            "A straight line, a bend, another direction.",
            "suddenly changed decided turned moment realised realized understood quit began accident letter",
        ),
        _pattern(
            "care", "The one who cares for others", "Much of this life was lived for somebody.",
            "Others in the middle; the teller beside them.",
            "cared nursed helped raised fed children mother father baby grandmother sick looked protected",
        ),
        _pattern(
            "making", "The maker", "Something exists that would not without this person.",
            "From nothing, by hand, to something that stands.",
            "built made workshop garden house planted repaired painted wrote founded baked sewed tools craft",
        ),
        _pattern(
            "seeking", "The seeker", "A question goes through the years.",
            "A question, many answers, none of them the last.",
            "searched wondered asked believed faith prayed studied learned why meaning truth god question",
        ),
        _pattern(
            "belonging", "Finding where one belongs", "From being outside to being at home somewhere.",
            "Outside, at the edge, among others.",
            "home belonged friends together family village neighbours neighbors welcome table accepted",
        ),
    )
}  # fmt: skip


def pattern_node(process: Process) -> Node | None:
    """The phase in which patterns are looked at: the last one that gives something back, if there are two."""
    giving = [node for node in process.nodes.values() if node.behavior is Behavior.SYNTHESIS]
    named = [node for node in giving if node.key.startswith(("archetype", "pattern"))]
    return named[0] if named else giving[-1] if len(giving) > 1 else None


def writing_node(process: Process) -> Node | None:
    """The phase in which answers become chapters."""
    patterns = pattern_node(process)
    giving = [node for node in process.nodes.values() if node.behavior is Behavior.SYNTHESIS]
    return next((node for node in giving if node is not patterns), None)


def not_ready(process: Process, journey: Journey, approved: int) -> str:
    """Why it is too early for patterns, in words; empty when it is not."""
    node = pattern_node(process)
    if approved >= CHAPTERS or (node is not None and node.key in journey.nodes):
        return ""
    reached = f", or when you come to “{node.name}”" if node is not None else ""
    return (
        f"A pattern needs a story. It opens with {CHAPTERS} approved chapters (you have {approved}){reached}."
    )
