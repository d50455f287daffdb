"""Of which sums a range is read: whole days where there are sums of them, quarters of an hour otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Any, Final

from django.db.models import F, Model, QuerySet
from django.db.models.functions import TruncDay

from orchestrator.analytics.domain.durations import DIGITS
from orchestrator.analytics.domain.ranges import Piece, TimeRange, begin_of
from orchestrator.analytics.models import DayCut, ProviderDay, ProviderSum, RunDay, RunSum

Rows = QuerySet[Any, Any]
Found = dict[str, Any]

RUNS: Final[tuple[type[Model], type[Model]]] = (RunSum, RunDay)
PROVIDERS: Final[tuple[type[Model], type[Model]]] = (ProviderSum, ProviderDay)
_HOUR: Final = timedelta(hours=1)
_EXACTLY: Final = Context(prec=DIGITS)
"""A sum of histograms has more digits than Python usually keeps."""


def known_cuts() -> frozenset[int]:
    """Where days begin that there are sums of. One query."""
    return frozenset(DayCut.objects.values_list("cut", flat=True))


def add_up(
    models: tuple[type[Model], type[Model]],
    period: TimeRange,
    cuts: frozenset[int],
    *,
    of: Callable[[Rows], Rows],
    by: Sequence[str] = (),
    sums: Mapping[str, Any],
    order: Sequence[str] = (),
    most: int | None = None,
) -> list[Found]:
    """What a range adds up to, one entry for each value of ``by``, in which ``begins`` is a day or an hour.

    One query, and two more for each change of the clock within the range. ``of`` narrows the rows to those
    that are to count, ``order`` names sums and groups, with a minus where the greatest come first.
    """
    parts = list(_parts(models, period, cuts, of))
    found: dict[tuple[Any, ...], Found] = {}
    for piece, rows in parts:
        for row in _read(rows, piece, period, by, sums, order, most if len(parts) == 1 else None):
            if "begins" in by:
                row["begins"] = _begin(row, piece, period)
            key = tuple(row[name] for name in by)
            found[key] = _together(found[key], row, sums) if key in found else row
    return _sorted(list(found.values()), order)[:most]


def _parts(
    models: tuple[type[Model], type[Model]],
    period: TimeRange,
    cuts: frozenset[int],
    of: Callable[[Rows], Rows],
) -> Iterator[tuple[Piece, Rows]]:
    quarters, days = models
    for piece in period.pieces(cuts):
        if piece.cut is None:
            rows = quarters._default_manager.filter(quarter__gte=piece.start, quarter__lt=piece.end)
        else:
            first, end = piece.days
            rows = days._default_manager.filter(cut=piece.cut, day__gte=first, day__lt=end)
        yield piece, of(rows).order_by()


def _read(
    rows: Rows,
    piece: Piece,
    period: TimeRange,
    by: Sequence[str],
    sums: Mapping[str, Any],
    order: Sequence[str],
    most: int | None,
) -> list[Found]:
    if not by:
        return [rows.aggregate(**sums)]
    if "begins" in by and piece.cut is None:
        begins = F("quarter") if period.hourly else TruncDay("quarter", tzinfo=period.zone)
        rows = rows.annotate(begins=begins)
    grouped = rows.values(*(_column(name, piece) for name in by)).annotate(**sums)
    if most is not None:
        grouped = grouped.order_by(*(_column(name, piece) for name in order))[:most]
    return list(grouped)


def _begin(row: Found, piece: Piece, period: TimeRange) -> datetime:
    """Of the day or hour that a row is of, in UTC: a moment that a clock shows twice equals no other."""
    if piece.cut is not None:
        return begin_of(row.pop("day"), piece.cut)
    begin: datetime = row["begins"].astimezone(UTC)
    return period.start + (begin - period.start) // _HOUR * _HOUR if period.hourly else begin


def _column(name: str, piece: Piece) -> str:
    return name.replace("begins", "day") if piece.cut is not None else name


def _together(one: Found, other: Found, sums: Mapping[str, Any]) -> Found:
    return one | {name: _plus(one[name] or 0, other[name] or 0) for name in sums}


def _plus(one: Any, other: Any) -> Any:
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return _EXACTLY.add(one, other)
    return one + other


def _sorted(found: list[Found], order: Sequence[str]) -> list[Found]:
    for name in reversed(order):
        found.sort(key=lambda row: row[name.lstrip("-")], reverse=name.startswith("-"))
    return found
