"""How the success rate went, version by version and session by session, as charts and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from orchestrator.core.json import Json, JsonObject
from workspaces.models import PatternSession


@dataclass(frozen=True, slots=True)
class Trend:
    """``rows`` are label, what was reviewed, and the rate; the same as in ``data``, which browsers draw."""

    key: str
    title: str
    label: str
    rows: list[tuple[str, int, float]]
    nothing: str

    @property
    def is_shown(self) -> bool:
        """One point is no trend."""
        return len(self.rows) > 1

    @property
    def data_id(self) -> str:
        return f"data-{self.key}"

    @property
    def data(self) -> JsonObject:
        labels: list[Json] = [label for label, _, _ in self.rows]
        values: list[Json] = [rate for _, _, rate in self.rows]
        series: list[Json] = [{"label": "Right", "tone": "one", "values": values}]
        return {"kind": "lines", "unit": "share", "labels": labels, "series": series}


def trends_of(versions: Sequence[Mapping[str, Any]], sessions: Sequence[PatternSession]) -> list[Trend]:
    """``versions`` are rows of the statistics; both the oldest first."""
    rated = [row for row in versions if row["success_rate"] is not None]
    return [
        Trend(
            "by-version",
            "Success rate by version",
            "Version",
            [(row["version"], row["reviewed"], row["success_rate"]) for row in rated],
            "A trend shows as soon as two versions were reviewed.",
        ),
        Trend(
            "by-session",
            "Success rate by session",
            "Session",
            [(_named(each), each.reviewed_count, each.success_rate or 0.0) for each in sessions],
            "A trend shows as soon as two sessions were reviewed.",
        ),
    ]


def _named(session: PatternSession) -> str:
    return f"{date_format(timezone.localtime(session.created_at), 'j M')}, {session.version}"
