"""Searching an algorithm's parameters for the best agreement with what people said.

A search by coordinates: from the best known setting, each parameter is moved by few and by many steps; where
no single move helps, two are moved at once. The same in gives the same out. What earlier runs kept comes
first, then how many cases are kept, then how little is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final, TypeAlias

from orchestrator.core.json import JsonObject

Value: TypeAlias = int | float | bool
Setting: TypeAlias = Mapping[str, Value]

_STRIDES: Final = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
_PAIR_STRIDES: Final = (1, 2, 4, 8)
_BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one can be: a number from ``least`` to ``most`` by ``step``, or true and false."""

    name: str
    kind: str
    least: float = 0
    most: float = 1
    step: float = 1

    @classmethod
    def read(cls, told: JsonObject) -> Parameter:
        """From an algorithm's own description. Raises ValueError."""
        name, kind = told.get("name"), told.get("type")
        if not isinstance(name, str) or kind not in ("int", "float", "bool"):
            raise ValueError("A parameter has a name, and is int, float or bool.")
        if kind == "bool":
            return cls(name, "bool")
        least, most, step = (_number(told.get(each)) for each in ("least", "most", "step"))
        if least is None or most is None or step is None or least >= most or step <= 0:
            raise ValueError(f"The parameter {name!r} does not say its least, most and step.")
        return cls(name, str(kind), least, most, step)

    def moved(self, value: Value, steps: int) -> Value | None:
        """So many steps away, on the grid of steps; None beyond the bounds or where it changes nothing."""
        if self.kind == "bool":
            return not value if steps == 1 else None
        place = round((value - self.least) / self.step) + steps
        moved = round(self.least + place * self.step, 10)
        if not self.least <= moved <= self.most or moved == value:
            return None
        return int(moved) if self.kind == "int" else moved

    def distance(self, one: Value, other: Value) -> float:
        """As a share of all that is possible."""
        return abs(float(one) - float(other)) / (self.most - self.least)


@dataclass(frozen=True, slots=True, order=True)
class Grade:
    """How good a setting is; the lesser the better."""

    broken: int
    missing: int
    """Cases that are not kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best setting that was tried."""

    setting: dict[str, Value]
    grade: Grade
    tried: int


Grading: TypeAlias = Callable[[Sequence[Setting]], Sequence[Grade]]


def tune(
    parameters: Sequence[Parameter],
    start: Setting,
    grading: Grading,
    *,
    pairs: bool = False,
    most: int = 400,
    found: Callable[[Found], None] | None = None,
) -> Found:
    """The best setting within ``most`` tries of ``start``, which counts as one of them.

    ``grading`` is given settings by the batch. ``found`` hears of each better one. Without ``pairs`` only
    one parameter is moved at a time.
    """
    search = _Search(parameters, dict(start), grading, most)
    while search.best.grade > Grade(0, 0):
        better = search.improve(_single_moves(parameters, search.best.setting))
        if not better and pairs:
            better = search.improve(_double_moves(parameters, search.best.setting))
        if not better:
            break
        if found is not None:
            found(search.best)
    return search.best


class _Search:
    def __init__(
        self, parameters: Sequence[Parameter], start: dict[str, Value], grading: Grading, most: int
    ) -> None:
        self._parameters, self._start, self._grading, self._most = parameters, start, grading, most
        self._seen = {self._key(start)}
        self.best = Found(start, grading([start])[0], 1)

    def improve(self, moves: Iterator[dict[str, Value]]) -> bool:
        """Try all of them; whether one is better than the best so far, which then is the best."""
        before, rank = self.best, self._rank(self.best.setting, self.best.grade)
        tried = self.best.tried
        for batch in self._batches(moves, self._most - tried):
            grades = self._grading(batch)
            tried += len(batch)
            for setting, grade in zip(batch, grades, strict=True):
                if grade < before.grade and self._rank(setting, grade) < rank:
                    rank = self._rank(setting, grade)
                    self.best = Found(dict(setting), grade, tried)
        self.best = Found(self.best.setting, self.best.grade, tried)
        return self.best.grade < before.grade

    def _batches(self, moves: Iterator[dict[str, Value]], most: int) -> Iterator[list[dict[str, Value]]]:
        batch: list[dict[str, Value]] = []
        for setting in moves:
            if most <= 0:
                break
            if self._key(setting) in self._seen:
                continue
            self._seen.add(self._key(setting))
            most -= 1
            batch.append(setting)
            if len(batch) == _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _rank(self, setting: Setting, grade: Grade) -> tuple[Grade, float, tuple[float, ...]]:
        far = sum(each.distance(setting[each.name], self._start[each.name]) for each in self._parameters)
        return grade, round(far, 9), tuple(float(setting[each.name]) for each in self._parameters)

    @staticmethod
    def _key(setting: Setting) -> tuple[tuple[str, Value], ...]:
        return tuple(sorted(setting.items()))


def _single_moves(parameters: Sequence[Parameter], best: Setting) -> Iterator[dict[str, Value]]:
    """The near ones of all parameters first, so that a small budget is not spent on one."""
    for stride, each, sign in product(_STRIDES, parameters, (1, -1)):
        moved = each.moved(best[each.name], stride * sign)
        if moved is not None:
            yield {**best, each.name: moved}


def _double_moves(parameters: Sequence[Parameter], best: Setting) -> Iterator[dict[str, Value]]:
    strides = sorted(product(_PAIR_STRIDES, _PAIR_STRIDES), key=lambda pair: (sum(pair), pair))
    for (near, far), (one, two) in product(strides, combinations(parameters, 2)):
        for sign, other in product((1, -1), (1, -1)):
            first, second = one.moved(best[one.name], near * sign), two.moved(best[two.name], far * other)
            if first is not None and second is not None:
                yield {**best, one.name: first, two.name: second}


def explain(before: Setting, after: Setting, *, kept: tuple[int, int], all: int) -> str:
    """What was changed and what it brought, in words for people: a line a parameter."""
    lines = [
        f"{name}: {_said(before.get(name))} → {_said(value)}"
        for name, value in after.items()
        if before.get(name) != value
    ]
    lines = lines or ["No parameter was changed."]
    return "\n".join([*lines, f"Reviews kept: {kept[0]} of {all} before, {kept[1]} of {all} after."])


def _said(value: Value | None) -> str:
    if value is None:
        return "not set"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value:g}"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
