"""Curves of runs as charts: what the island draws, and what the table beside each one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from orchestrator.core.json import Json, JsonObject
from trading.domain.money import ZERO
from trading.domain.statistics import Point, thin
from trading.queries.tapes import moment_of
from trading.templatetags.trading import percent, usdc

_POINTS: Final = 240
_LONG: Final = 2 * 86_400_000
_TONES: Final = ("one", "two")


@dataclass(frozen=True, slots=True)
class Curve:
    """``unit`` is ``usdc`` or ``fall``, a share below a peak. ``values`` are by series and place."""

    key: str
    title: str
    unit: str
    labels: Sequence[str]
    names: Sequence[str]
    values: Sequence[Sequence[Decimal | None]]

    @property
    def data_id(self) -> str:
        return f"data-{self.key}"

    @property
    def is_shown(self) -> bool:
        """One point is no curve."""
        return len(self.labels) > 1

    @property
    def data(self) -> JsonObject:
        series: list[Json] = [
            {
                "label": name,
                "tone": tone,
                "values": [each if each is None else float(each) for each in values],
            }
            for name, tone, values in zip(self.names, _TONES, self.values, strict=False)
        ]
        return {"kind": "lines", "unit": self.unit, "labels": list(self.labels), "series": series}

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table, the latest first."""
        say = usdc if self.unit == "usdc" else percent
        told = [[say(each) for each in values] for values in self.values]
        return [
            (label, [each[place] for each in told]) for place, label in reversed(list(enumerate(self.labels)))
        ]


def curves_of(points: Sequence[Point]) -> list[Curve]:
    """Equity, and how far it stood below its highest so far."""
    shown = thin(points, _POINTS)
    labels = _labels([each.at for each in shown])
    falls = dict(zip([each.at for each in points], _falls(points), strict=True))
    fallen = [falls[each.at] for each in shown]
    return [
        Curve("equity", "Equity, USDC", "usdc", labels, ["Equity"], [[each.equity for each in shown]]),
        Curve("drawdown", "Drawdown", "fall", labels, ["Below the peak"], [fallen]),
    ]


def both_curves(named: Mapping[str, Sequence[Point]]) -> Curve:
    """The equity of several runs over the same market time; each stands as it was until its next point."""
    thinned = {name: thin(points, _POINTS // 2) for name, points in named.items()}
    moments = sorted({each.at for points in thinned.values() for each in points})
    values = [_at_each(points, moments) for points in thinned.values()]
    return Curve("equity", "Equity, USDC", "usdc", _labels(moments), list(named), values)


def _at_each(points: Sequence[Point], moments: Sequence[int]) -> list[Decimal | None]:
    found: list[Decimal | None] = []
    rest, last = list(points), None
    for moment in moments:
        while rest and rest[0].at <= moment:
            last = rest.pop(0).equity
        found.append(last)
    return found


def _falls(points: Sequence[Point]) -> list[Decimal]:
    peak, found = ZERO, []
    for point in points:
        peak = max(peak, point.equity)
        found.append((point.equity - peak) / peak if peak else ZERO)
    return found


def _labels(moments: Sequence[int]) -> list[str]:
    is_long = bool(moments) and moments[-1] - moments[0] > _LONG
    local = [timezone.localtime(moment_of(each)) for each in moments]
    if is_long:
        return [f"{each:%-d %b %H:%M}" for each in local]
    many_days = bool(local) and local[-1] - local[0] > timedelta(days=1)
    return [f"{each:%-d %b %H:%M}" if many_days else f"{each:%H:%M:%S}" for each in local]
