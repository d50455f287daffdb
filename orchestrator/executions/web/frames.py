"""Messages of the feed as they go out, each written once for all sockets that are to get the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from orchestrator.core import json
from orchestrator.core.json import JsonObject
from orchestrator.executions.queries.audience import BATCH, News


@dataclass(frozen=True, slots=True)
class Frame:
    """Events of one run up to ``seq``; ``count`` of them."""

    text: str
    count: int
    seq: int


class RunFrames:
    """What is new of one run, for followers that have got differently far."""

    def __init__(self, execution_id: UUID, news: News) -> None:
        self.audience = news.audience
        self._execution_id = str(execution_id)
        self._events = [json.Written(json.dumps(event)) for event in news.events]
        self._seqs: list[int] = [event["seq"] for event in news.events]
        self._frames: dict[int, Frame] = {}

    def after(self, seq: int) -> Frame | None:
        """The events after this one; None without any."""
        first = bisect_right(self._seqs, seq)
        if first == len(self._seqs):
            return None
        if first not in self._frames:
            events, last = self._events[first:], self._seqs[-1]
            message = {"execution": self._execution_id, "events": events, "seq": last}
            self._frames[first] = Frame(json.dumps(message).decode(), len(events), last)
        return self._frames[first]


class ChangedFrames:
    """Summaries of runs that changed, for people of whom each may see some of them."""

    def __init__(self, summaries: Mapping[UUID, JsonObject]) -> None:
        self._rows: Final = {
            run: json.Written(json.dumps(row)) for run, row in sorted(summaries.items(), reverse=True)
        }
        self._texts: dict[frozenset[UUID], str] = {}

    def of(self, seen: frozenset[UUID]) -> str:
        """The newest of those that are seen, as one message."""
        if seen not in self._texts:
            rows = [row for run, row in self._rows.items() if run in seen][:BATCH]
            self._texts[seen] = json.dumps({"changed": rows}).decode()
        return self._texts[seen]
