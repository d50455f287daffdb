"""Figures and how they are shown."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured workload of one system. ``unit`` is ms (less is better) or runs/s (more is)."""

    system: str
    workload: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The value that 95 % of the samples do not exceed."""
        return sorted(self.values)[math.ceil(0.95 * len(self.values)) - 1]

    def as_json(self) -> dict[str, object]:
        return {
            "system": self.system,
            "workload": self.workload,
            "unit": self.unit,
            "median": round(self.median, 2),
            "p95": round(self.p95, 2),
            "min": round(min(self.values), 2),
            "max": round(max(self.values), 2),
            "samples": len(self.values),
        }


def milliseconds(work: Callable[[], object], *, times: int, warm_up: int) -> list[float]:
    """How long each of several calls took, after some that do not count."""
    taken = []
    for number in range(warm_up + times):
        began = time.perf_counter()
        work()
        if number >= warm_up:
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def table(figures: Iterable[Figure], *, ours: str) -> str:
    """A row per system, a column per workload: the median, and how many times as fast we are."""
    rows = list(figures)
    workloads = list(dict.fromkeys(each.workload for each in rows))
    systems = list(dict.fromkeys(each.system for each in rows))
    by_place = {(each.system, each.workload): each for each in rows}
    lines = [f"{'':<40}" + "".join(f"{name:>22}" for name in workloads)]
    for system in systems:
        cells = [_cell(by_place.get((system, name)), by_place.get((ours, name))) for name in workloads]
        lines.append(f"{system:<40}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


def _cell(figure: Figure | None, ours: Figure | None) -> str:
    if figure is None:
        return "-"
    text = f"{figure.median:,.1f} {figure.unit}"
    if ours is None or ours is figure:
        return text
    faster = ours.median / figure.median if figure.unit == "runs/s" else figure.median / ours.median
    return f"{text} ({faster:.1f}x)"
