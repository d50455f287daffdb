"""How well confidence foretold outcomes: recommendations in bins, with intervals that say how little few are.

An outcome counts 1 for a success, a half for a partial one, 0 for a failure. The Brier score is the mean of
the squared distance between confidence and that: 0 is perfect, 0.25 is what always saying “a half” earns
(Brier, 1950). Intervals are Wilson's for a proportion (1927), 95 %, which stay within 0 and 1 and stay wide
where there are few cases; for halves they are an approximation that errs on the wide side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

from trading.strategy.domain.vocabulary import Outcome

BINS: Final = 5
FEW: Final = 10
"""With fewer cases than this nothing is said about how good the confidence is."""
_Z: Final = 1.959963984540054

WORTH: Final[dict[Outcome, float]] = {Outcome.SUCCESS: 1.0, Outcome.PARTIAL: 0.5, Outcome.FAILURE: 0.0}


class Verdict(StrEnum):
    TOO_FEW = "too_few"
    OVERCONFIDENT = "overconfident"
    UNDERCONFIDENT = "underconfident"
    UNREMARKABLE = "unremarkable"


@dataclass(frozen=True, slots=True)
class Case:
    confidence: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Bin:
    """``low`` to ``high`` of confidence, the upper end in the last one only. None: nothing fell into it."""

    low: float
    high: float
    count: int
    confidence: float | None
    came_true: float | None
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """``came_true`` of all, between ``least`` and ``most``; ``brier`` is None without a case."""

    count: int
    bins: list[Bin]
    confidence: float | None
    came_true: float | None
    least: float | None
    most: float | None
    brier: float | None
    verdict: Verdict


def calibrate(cases: Sequence[Case], bins: int = BINS) -> Calibration:
    """Whatever the order of the cases."""
    sorted_in: list[list[Case]] = [[] for _ in range(bins)]
    for case in cases:
        sorted_in[min(int(case.confidence * bins), bins - 1)].append(case)
    whole = _bin(0.0, 1.0, cases)
    return Calibration(
        whole.count,
        [_bin(at / bins, (at + 1) / bins, each) for at, each in enumerate(sorted_in)],
        whole.confidence,
        whole.came_true,
        whole.least,
        whole.most,
        _mean([(each.confidence - WORTH[each.outcome]) ** 2 for each in cases]),
        _verdict(whole),
    )


def wilson(worth: float, count: int) -> tuple[float, float]:
    """The interval of a share of ``worth`` among ``count`` cases, which must be more than none."""
    share, square = worth / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _Z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def _bin(low: float, high: float, cases: Sequence[Case]) -> Bin:
    if not cases:
        return Bin(low, high, 0, None, None, None, None)
    worth = sum(WORTH[each.outcome] for each in cases)
    least, most = wilson(worth, len(cases))
    confidence = _mean([each.confidence for each in cases])
    return Bin(low, high, len(cases), confidence, worth / len(cases), least, most)


def _mean(values: Sequence[float]) -> float | None:
    return sum(sorted(values)) / len(values) if values else None


def _verdict(whole: Bin) -> Verdict:
    """Something is said only where the mean confidence lies outside of what the cases allow."""
    if whole.count < FEW or whole.confidence is None or whole.least is None or whole.most is None:
        return Verdict.TOO_FEW
    if whole.confidence > whole.most:
        return Verdict.OVERCONFIDENT
    return Verdict.UNDERCONFIDENT if whole.confidence < whole.least else Verdict.UNREMARKABLE
