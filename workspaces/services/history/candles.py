"""Candles of an older product: read as an upload is, and kept once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

import numpy as np

from orchestrator.accounts.models import User
from workspaces.domain.archive import pack, span_of, step_of, unpack
from workspaces.domain.candle_files import BadCandles, read_candles
from workspaces.domain.detectors import Candles
from workspaces.domain.history.reading import Placed
from workspaces.domain.history.records import CandleRecord
from workspaces.models import CandleSet
from workspaces.services.history.people import CannotTake

_COLUMNS = ("time", "open", "high", "low", "close", "volume")
Beside = Callable[[str, str], str]
"""Given where a record stands and a name: the text of the file beside it. Raises CannotTake."""


@dataclass(slots=True)
class CandleShelf:
    """All candle records by their id; each is read when the first session asks for it."""

    records: dict[str, Placed[CandleRecord]]
    beside: Beside
    _read: dict[str, Candles | CannotTake] = field(default_factory=dict)

    def candles(self, key: str) -> Candles:
        """Raises CannotTake, the same for each session that looks at faulty ones."""
        if key not in self._read:
            try:
                self._read[key] = self._candles(key)
            except CannotTake as error:
                self._read[key] = error
        found = self._read[key]
        if isinstance(found, CannotTake):
            raise found
        return found

    def _candles(self, key: str) -> Candles:
        placed = self.records.get(key)
        if placed is None:
            raise CannotTake(f"There are no candles “{key}”, in these files or taken over before.")
        record = placed.record
        if record.file is not None:
            text = self.beside(placed.where, record.file)
        else:
            text = record.csv if record.csv is not None else _as_csv(record.bars or [])
        try:
            return read_candles(text).candles
        except BadCandles as error:
            told = " ".join(str(fault) for fault in error.faults[:3])
            raise CannotTake(f"Its candles, {placed.where}, have faults. {told}") from error

    def row(self, key: str, owner: User) -> CandleSet:
        """A new set. Raises CannotTake."""
        candles, record = self.candles(key), self.records[key].record
        first_at, last_at = span_of(candles)
        return CandleSet(
            owner=owner,
            name=record.name or f"Candles {key}"[:200],
            count=len(candles),
            step_seconds=step_of(candles),
            first_at=first_at,
            last_at=last_at,
            data=pack(candles),
        )


def _as_csv(bars: list[dict[str, object]]) -> str:
    """Bars as rows, so that there is one way in which candles are read and their faults are told."""
    file = io.StringIO()
    writer = csv.writer(file)
    names = [name for name in _COLUMNS if name != "volume" or any("volume" in bar for bar in bars)]
    writer.writerow(names)
    for bar in bars:
        writer.writerow([bar.get(name, "") for name in names])
    return file.getvalue()


@lru_cache(maxsize=8)
def times_of(candles_id: UUID) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """When each bar of a stored set opened. A set never changes, so this may be kept."""
    return unpack(CandleSet.objects.values_list("data", flat=True).get(pk=candles_id)).time
