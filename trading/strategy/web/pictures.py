"""Pictures of a matrix and of calibration as numbers for SVG; each page says the same in words, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from trading.strategy.domain.calibration import Calibration
from trading.strategy.domain.matrix import MOST_SCORE
from trading.strategy.queries.matrices import ShownMatrix, ShownOption

TONES: Final = ("good", "running", "waiting", "bad", "accent")
"""Of the options in the order of their ranks: as many as can be told apart."""
MOST_BARS: Final = 20
_RADAR_CRITERIA: Final = range(3, 13)
_RADIUS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Bar:
    option: ShownOption
    tone: str
    width: float


@dataclass(frozen=True, slots=True)
class Spoke:
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str
    name: str


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    tone: str
    points: str


@dataclass(frozen=True, slots=True)
class Radar:
    spokes: list[Spoke]
    shapes: list[Shape]
    rings: list[str]
    left_out: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin that has cases: where it lies, and how far its interval reaches."""

    x: float
    y: float
    top: float
    bottom: float


def tones(found: ShownMatrix) -> dict[int, str]:
    """By option: the same in every picture, the first ones first."""
    order = sorted(range(len(found.options)), key=lambda at: found.options[at].rank or len(found.options) + 1)
    return {option: TONES[place % len(TONES)] for place, option in enumerate(order)}


def bars(found: ShownMatrix, tones: Mapping[int, str]) -> list[Bar]:
    """The best ones, first ones first. In percent of the highest total there can be."""
    ranked = [at for at in tones if found.options[at].total is not None]
    return [
        Bar(
            found.options[at],
            tones[at] if place < len(TONES) else "muted",
            round(float((found.options[at].total or 0) / MOST_SCORE) * 100, 2),
        )
        for place, at in enumerate(ranked[:MOST_BARS])
    ]


def radar(found: ShownMatrix, tones: Mapping[int, str]) -> Radar | None:
    """Of the best few, by few criteria; else None: bars say it better."""
    if len(found.criteria) not in _RADAR_CRITERIA:
        return None
    best = [at for at in tones if found.options[at].rank is not None][: len(TONES)]
    if not best:
        return None
    angles = [2 * pi * at / len(found.criteria) - pi / 2 for at in range(len(found.criteria))]
    spokes = [_spoke(angle, criterion.name) for angle, criterion in zip(angles, found.criteria, strict=True)]
    shapes = [
        Shape(
            found.options[option].name,
            tones[option],
            _points(
                [
                    (angle, float(cell.score / MOST_SCORE) if cell else 0)
                    for angle, cell in zip(angles, found.cells[option], strict=True)
                ]
            ),
        )
        for option in best
    ]
    rings = [_points([(angle, part / 4) for angle in angles]) for part in range(1, 5)]
    return Radar(spokes, shapes, rings, len(found.options) - len(best))


def dots(found: Calibration) -> list[Dot]:
    """In a square of 200 by 200, what came true upwards."""
    return [
        Dot(
            round(each.confidence * 200, 1),
            round(200 - each.came_true * 200, 1),
            round(200 - each.most * 200, 1),
            round(200 - each.least * 200, 1),
        )
        for each in found.bins
        if each.confidence is not None
        and each.came_true is not None
        and each.least is not None
        and each.most is not None
    ]


def _spoke(angle: float, name: str) -> Spoke:
    across = cos(angle)
    anchor = "middle" if abs(across) < 0.2 else "start" if across > 0 else "end"
    x, y = _at(angle, 1)
    text_x, text_y = _at(angle, 1.1)
    short = name if len(name) <= 18 else f"{name[:17]}…"
    return Spoke(x, y, text_x, round(text_y + 4, 1), anchor, short)


def _points(ends: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in (_at(angle, part) for angle, part in ends))


def _at(angle: float, part: float) -> tuple[float, float]:
    return round(cos(angle) * _RADIUS * part, 1), round(sin(angle) * _RADIUS * part, 1)
