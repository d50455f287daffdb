"""Whether detections agree with what people said: case by case, and as a score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.core.json import Json, JsonObject
from workspaces.domain.detectors import Detection
from workspaces.domain.vocabulary import Verdict

_WHERE_CLICKED: Final = frozenset({Verdict.ADJUST, Verdict.MISSED})
"""Verdicts whose bar a person pointed at, rather than the algorithm."""


@dataclass(frozen=True, slots=True, order=True)
class Look:
    """Which bars of which series an algorithm was shown: first and last included."""

    candles: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Case:
    """One correction, held against every later version. ``bar`` is counted from the first of the series."""

    id: str
    look: Look
    verdict: Verdict
    kind: str
    direction: str
    bar: int
    price: float | None = None
    is_accepted: bool = False
    """An accepted run keeps it, so later ones must."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far off a pattern may lie from where a person pointed: bars, and price as a share."""

    bars: int = 1
    price: float = 0.002


@dataclass(frozen=True, slots=True)
class Score:
    """Which cases are kept. ``broken`` are those of them that an accepted run had kept."""

    kept: frozenset[str]
    by_verdict: Mapping[str, tuple[int, int]]
    broken: frozenset[str]

    @property
    def all(self) -> int:
        return sum(count for _, count in self.by_verdict.values())

    def without_any(self) -> Score:
        """The same cases, none of them kept."""
        verdicts = {name: (0, count) for name, (_, count) in self.by_verdict.items()}
        return Score(frozenset(), verdicts, self.broken | frozenset())

    @property
    def share(self) -> float:
        """1 without any case: nothing speaks against it."""
        return len(self.kept) / self.all if self.all else 1.0

    def as_json(self) -> JsonObject:
        verdicts: dict[str, Json] = {
            name: {"kept": kept, "all": count} for name, (kept, count) in self.by_verdict.items()
        }
        broken: list[Json] = [*sorted(self.broken)]
        return {
            "kept": len(self.kept),
            "all": self.all,
            "share": round(self.share, 4),
            "by_verdict": verdicts,
            "broken": broken,
        }


def keeps(case: Case, found: Iterable[Detection], tolerance: Tolerance = Tolerance()) -> bool:
    """Right: still there. Wrong: gone. Adjusted or missed: there now, as near as a person points."""
    near = tolerance.bars if case.verdict in _WHERE_CLICKED else 0
    is_there = any(
        each.kind == case.kind
        and each.direction == case.direction
        and abs(each.bar - case.bar) <= near
        and _is_at_price(case, each, tolerance)
        for each in found
    )
    return is_there != (case.verdict is Verdict.WRONG)


def _is_at_price(case: Case, found: Detection, tolerance: Tolerance) -> bool:
    """Only where a person gave one: the algorithm's own levels may be drawn anew at the same bar."""
    if case.price is None or case.verdict not in _WHERE_CLICKED:
        return True
    return abs(found.price - case.price) <= tolerance.price * abs(case.price)


def score(
    cases: Collection[Case],
    seen: Mapping[Look, Sequence[Detection]],
    tolerance: Tolerance = Tolerance(),
) -> Score:
    """``seen`` has what was detected in each of the cases' looks."""
    at: dict[tuple[Look, int], list[Detection]] = defaultdict(list)
    for look in {case.look for case in cases}:
        for each in seen[look]:
            at[look, each.bar].append(each)
    kept: set[str] = set()
    counts: dict[str, list[int]] = {verdict.value: [0, 0] for verdict in Verdict}
    for case in cases:
        bars = range(case.bar - tolerance.bars, case.bar + tolerance.bars + 1)
        is_kept = keeps(case, (each for bar in bars for each in at.get((case.look, bar), ())), tolerance)
        counts[case.verdict][1] += 1
        if is_kept:
            counts[case.verdict][0] += 1
            kept.add(case.id)
    broken = frozenset(case.id for case in cases if case.is_accepted and case.id not in kept)
    verdicts = {name: (good, count) for name, (good, count) in counts.items() if count}
    return Score(frozenset(kept), verdicts, broken)
