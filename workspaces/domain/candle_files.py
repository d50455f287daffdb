"""Candles out of a CSV file, with the row of every fault."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from workspaces.domain.detectors import Candles
from workspaces.domain.moments import Reader, reader_for
from workspaces.domain.numbers import has_decimal_comma

MOST_ROWS: Final = 500_000
_MOST_FAULTS: Final = 20
_EARLIEST: Final = -2_208_988_800  # 1900
_LATEST: Final = 7_258_118_400  # 2200
_NAMES: Final = {
    "time": ("time", "timestamp", "datetime", "date time", "open time", "open_time", "date", "<date>"),
    "clock": ("<time>",),
    "open": ("open", "o", "<open>"),
    "high": ("high", "h", "<high>"),
    "low": ("low", "l", "<low>"),
    "close": ("close", "c", "<close>", "adj close"),
    "volume": ("volume", "v", "vol", "<vol>", "<tickvol>", "tick volume"),
}
_PRICES: Final = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row, counted from 1 with the heading as row 1; row 0 is the whole file."""

    row: int
    message: str

    def __str__(self) -> str:
        return f"Row {self.row}: {self.message}" if self.row else self.message


class BadCandles(ValueError):
    """Nothing of the file can be used; ``faults`` are the first of what is wrong."""

    def __init__(self, faults: Sequence[Fault], *, more: int = 0) -> None:
        self.faults, self.more = list(faults), more
        super().__init__(" ".join(str(fault) for fault in faults))


@dataclass(frozen=True, slots=True)
class Read:
    """The candles of a file, and what is worth knowing of them though it is no fault."""

    candles: Candles
    notices: tuple[str, ...]


def read_candles(text: str, *, day_first: bool | None = None) -> Read:
    """Time, open, high, low, close and, if there is one, volume. Raises BadCandles.

    Separated by commas, semicolons or tabs. Bars that are missing between others are told, not refused:
    markets close.
    """
    blank = text[: len(text) - len(text.lstrip("\ufeff \r\n"))].count("\n")
    rows = _rows(text)
    places = _places(rows[0])
    numbered = enumerate(rows[1:], blank + 2)
    body = [(number, row) for number, row in numbered if any(cell.strip() for cell in row)]
    if not body:
        raise BadCandles([Fault(0, "There is no candle below the heading.")])
    if len(body) > MOST_ROWS:
        raise BadCandles([Fault(0, f"A file has at most {MOST_ROWS:,} candles; this one has {len(body):,}.")])
    times = [_time_cell(row, places) for _, row in body]
    try:
        reader = reader_for(times, day_first=day_first)
    except ValueError as error:
        raise BadCandles([Fault(body[0][0], str(error))]) from error
    return _read(body, times, places, reader)


def _rows(text: str) -> list[list[str]]:
    heading = text.lstrip("\ufeff \r\n").partition("\n")[0]
    if not heading:
        raise BadCandles([Fault(0, "The file is empty.")])
    delimiter = max(",;\t", key=heading.count)
    try:
        return list(csv.reader(io.StringIO(text.lstrip("\ufeff \r\n")), delimiter=delimiter))
    except csv.Error as error:
        raise BadCandles([Fault(0, f"This is no CSV file: {error}.")]) from error


def _places(heading: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in heading]
    places = {
        column: next(names.index(name) for name in known if name in names)
        for column, known in _NAMES.items()
        if any(name in names for name in known)
    }
    if "time" in places and "clock" not in places and names[places["time"]] == "date" and "time" in names:
        places["clock"] = names.index("time")
    elif "time" in names and "date" in names:
        places["time"], places["clock"] = names.index("date"), names.index("time")
    missing = [column for column in ("time", *_PRICES) if column not in places]
    if missing:
        raise BadCandles([Fault(1, f"The heading names no column for {', '.join(missing)}.")])
    return places


def _time_cell(row: Sequence[str], places: dict[str, int]) -> str:
    cells = [_cell(row, places, name) for name in ("time", "clock") if name in places]
    return " ".join(cells)


def _cell(row: Sequence[str], places: dict[str, int], column: str) -> str:
    place = places.get(column)
    return row[place].strip() if place is not None and place < len(row) else ""


def _read(
    body: Sequence[tuple[int, list[str]]], times: Sequence[str], places: dict[str, int], reader: Reader
) -> Read:
    faults: list[Fault] = []
    columns: list[list[float]] = [[], [], [], [], []]
    moments: list[int] = []
    with_comma = has_decimal_comma(_cell(row, places, name) for _, row in body for name in _PRICES)
    for (number, row), time in zip(body, times, strict=True):
        try:
            moment, values = reader(time), _values(row, places, with_comma)
            _check_order(moments, moment)
        except ValueError as error:
            faults.append(Fault(number, str(error)))
            continue
        moments.append(moment)
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    if faults:
        raise BadCandles(faults[:_MOST_FAULTS], more=max(len(faults) - _MOST_FAULTS, 0))
    arrays = [np.array(column, dtype=np.float64) for column in columns]
    candles = Candles(np.array(moments, dtype=np.int64), *arrays)
    return Read(candles, tuple(_notices(moments)))


def _values(row: Sequence[str], places: dict[str, int], with_comma: bool) -> list[float]:
    values = [_number(_cell(row, places, column), column, with_comma) for column in _PRICES]
    opened, high, low, close = values
    if min(values) <= 0:
        raise ValueError("a price is not above 0.")
    if high < max(opened, close) or low > min(opened, close):
        raise ValueError("open or close lies outside of low and high.")
    volume = _number(_cell(row, places, "volume") or "0", "volume", with_comma)
    if volume < 0:
        raise ValueError("the volume is below 0.")
    return [*values, volume]


def _number(text: str, column: str, with_comma: bool) -> float:
    if not text:
        raise ValueError(f"{column} is empty.")
    plain = text.replace(".", "").replace(",", ".") if with_comma else text.replace(",", "")
    try:
        value = float(plain)
    except ValueError as error:
        raise ValueError(f"{column} is “{text[:40]}”, which is no number.") from error
    if not math.isfinite(value):
        raise ValueError(f"{column} is “{text[:40]}”, which is no number.")
    return value


def _check_order(moments: Sequence[int], moment: int) -> None:
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("this time lies outside of the years 1900 to 2199.")
    if moments and moment == moments[-1]:
        raise ValueError("this time is there twice.")
    if moments and moment < moments[-1]:
        raise ValueError("this time lies before that of the row above; sort the rows by time.")


def _notices(moments: Sequence[int]) -> Iterable[str]:
    steps = [later - earlier for earlier, later in pairwise(moments)]
    if not steps:
        return
    usual = sorted(steps)[len(steps) // 2]
    gaps = [step for step in steps if step > usual]
    if gaps:
        missing = sum(step // usual - 1 for step in gaps)
        places = "one place" if len(gaps) == 1 else f"{len(gaps):,} places"
        yield (
            f"{missing:,} bars are missing in {places}, the longest stretch is "
            f"{max(gaps) // usual - 1:,} bars: the market may have been closed."
        )
