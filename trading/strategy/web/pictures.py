"""Pictures of a matrix and of calibration as numbers for SVG; each page says the same in words, too."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from trading.strategy.domain.bands import bands
from trading.strategy.domain.calibration import Calibration
from trading.strategy.domain.matrix import MOST_SCORE
from trading.strategy.queries.matrices import ShownMatrix, ShownOption

TONES: Final = ("running", "good", "waiting", "bad", "accent")
MOST_BARS: Final = 20
_RADAR_OPTIONS: Final = 5
_RADAR_CRITERIA: Final = range(3, 13)
_RADIUS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Bar:
    option: ShownOption
    tone: str
    y: int
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
    key_y: int


@dataclass(frozen=True, slots=True)
class Radar:
    spokes: list[Spoke]
    shapes: list[Shape]
    rings: list[str]
    height: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """One winner's part of the way from no weight to all of it, in percent."""

    x: float
    width: float
    tone: str
    names: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Range:
    criterion: str
    share: str
    now: float
    stretches: list[Stretch]

    @property
    def is_steady(self) -> bool:
        return len(self.stretches) < 2


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin that has cases: where it lies, and how far its interval reaches."""

    x: float
    y: float
    top: float
    bottom: float


def bars(found: ShownMatrix) -> list[Bar]:
    """The best ones, first ones first."""
    ranked = [each for each in found.ranking if each.total is not None]
    return [
        Bar(each, "good" if each.rank == 1 else "running", at * 28, round(float(each.total or 0) * 40, 1))
        for at, each in enumerate(ranked[:MOST_BARS])
    ]


def radar(found: ShownMatrix) -> Radar | None:
    """Of few options by few criteria that are all scored; else None: bars say it better."""
    if len(found.criteria) not in _RADAR_CRITERIA or not 0 < len(found.options) <= _RADAR_OPTIONS:
        return None
    if found.missing:
        return None
    angles = [2 * pi * at / len(found.criteria) - pi / 2 for at in range(len(found.criteria))]
    spokes = [_spoke(angle, criterion.name) for angle, criterion in zip(angles, found.criteria, strict=True)]
    shapes = [
        Shape(
            option.name,
            TONES[at % len(TONES)],
            _points(
                [
                    (angle, float(cell.score / MOST_SCORE) if cell else 0)
                    for angle, cell in zip(angles, row, strict=True)
                ]
            ),
            at * 20,
        )
        for at, (option, row) in enumerate(found.rows)
    ]
    rings = [_points([(angle, part / 4) for angle in angles]) for part in range(1, 5)]
    return Radar(spokes, shapes, rings, 340)


def ranges(found: ShownMatrix) -> list[Range]:
    """For each criterion, who wins at which share of the weight."""
    if found.grid is None:
        return []
    made = []
    for at, criterion in enumerate(found.criteria):
        stretches = [
            Stretch(
                round(float(band.start) * 100, 3),
                round(float(band.end - band.start) * 100, 3),
                TONES[band.options[0] % len(TONES)],
                " = ".join(found.options[each].name for each in band.options),
                f"{float(band.start) * 100:.2f} %",
                f"{float(band.end) * 100:.2f} %",
            )
            for band in bands(found.grid, at)
        ]
        share = float(criterion.share) * 100
        made.append(Range(criterion.name, f"{share:.2f} %", round(share, 3), stretches))
    return made if any(each.stretches for each in made) else []


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
