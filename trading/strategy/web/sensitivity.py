"""Which change of one weight lets another option win, as sentences and as numbers for a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from trading.strategy.domain.bands import Band, bands
from trading.strategy.domain.matrix import MOST_WEIGHT, PLACES, Grid
from trading.strategy.queries.matrices import ShownMatrix

_NAMED: Final = 3
_FINEST: Final = 6
_SCALE: Final = 10**PLACES


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
class Turn:
    """Past a share, in the direction away from what it is now, others win. ``weight`` is what would have to
    be entered for it, the other weights as they are; empty where no weight does it."""

    is_up: bool
    share: str
    weight: str
    names: str
    is_several: bool
    distance: Fraction


@dataclass(frozen=True, slots=True)
class Range:
    criterion: str
    share: str
    weight: str
    now: float
    stretches: list[Stretch]
    turns: list[Turn]

    @property
    def is_steady(self) -> bool:
        return len(self.stretches) < 2

    @property
    def nearest(self) -> Turn | None:
        return min(self.turns, key=lambda turn: turn.distance, default=None)


def ranges(found: ShownMatrix, tones: Mapping[int, str]) -> list[Range]:
    """For each criterion who wins at which share of the weight; first where the least change is enough."""
    if found.grid is None:
        return []
    made = []
    for at, criterion in enumerate(found.criteria):
        parts = bands(found.grid, at)
        share = Fraction(found.grid.weights[at], sum(found.grid.weights))
        stretches = [
            Stretch(
                round(float(band.start) * 100, 3),
                round(float(band.end - band.start) * 100, 3),
                tone,
                named(found, band.options),
                _percent(band.start),
                _percent(band.end),
            )
            for band, tone in zip(parts, _tones(parts, tones), strict=True)
        ]
        turns = list(_turns(found, found.grid, at, parts)) if len(found.winners) == 1 else []
        now = round(float(share) * 100, 3)
        made.append(Range(criterion.name, _percent(share), criterion.plain_weight, now, stretches, turns))
    made.sort(key=lambda each: each.nearest.distance if each.nearest else Fraction(2))
    return made if any(each.stretches for each in made) else []


def _tones(parts: Sequence[Band], tones: Mapping[int, str]) -> Iterator[str]:
    """Those of the options; where many options share few tones, neighbours still differ."""
    before = ""
    for band in parts:
        before = next(
            (tones[each] for each in band.options if tones[each] != before),
            "muted" if before != "muted" else tones[band.options[0]],
        )
        yield before


def named(found: ShownMatrix, options: Sequence[int]) -> str:
    """A few of them by name, and how many more there are."""
    names = [found.options[each].name for each in options]
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _turns(found: ShownMatrix, grid: Grid, criterion: int, parts: Sequence[Band]) -> Iterator[Turn]:
    """Of a single winner, whose share lies inside of a band."""
    whole = sum(grid.weights)
    rest = whole - grid.weights[criterion]
    share = Fraction(grid.weights[criterion], whole)
    for at, band in enumerate(parts):
        if not band.start <= share <= band.end:
            continue
        for is_up, edge, other in ((False, band.start, at - 1), (True, band.end, at + 1)):
            if 0 <= other < len(parts):
                weight = edge / (1 - edge) * rest / _SCALE if edge < 1 else None
                text = f"{float(weight):.4g}" if weight is not None and weight <= MOST_WEIGHT else ""
                ahead = parts[other].options
                shown = _percent(edge, unlike=share)
                yield Turn(is_up, shown, text, named(found, ahead), len(ahead) > 1, abs(edge - share))
        return


def _percent(share: Fraction, unlike: Fraction | None = None) -> str:
    """With so many places that it reads other than ``unlike``."""
    text = ""
    for places in range(2, _FINEST + 1):
        text = f"{float(share) * 100:.{places}f} %"
        if unlike is None or text != f"{float(unlike) * 100:.{places}f} %":
            break
    return text
