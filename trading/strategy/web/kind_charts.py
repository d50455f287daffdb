"""Charts of what is known of a corporation; each says the same in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format

from orchestrator.core.json import JsonObject
from trading.strategy.domain.kinds import DataKind, Kind

_COUNTED: Final = {
    DataKind.CORPORATION: "Members",
    DataKind.MEMBERS: "Members",
    DataKind.JOBS: "Jobs going on",
}
_WORTH: Final = {
    DataKind.WALLETS: "In all wallets",
    DataKind.JOURNAL: "Net of 30 days",
    DataKind.ORDERS: "In sell orders",
    DataKind.ASSETS: "Worth",
}


@dataclass(frozen=True, slots=True)
class Chart:
    """``rows`` are a label and the value of each of ``names`` as text."""

    key: str
    title: str
    column: str
    names: tuple[str, ...]
    data: JsonObject
    rows: list[tuple[str, list[str]]]
    nothing: str

    @property
    def is_shown(self) -> bool:
        return len(self.rows) > 1

    @property
    def data_id(self) -> str:
        return f"data-{self.key}"


def charts_of(kind: Kind, data: Mapping[str, Any], course: Sequence[tuple[datetime, float]]) -> list[Chart]:
    made = [_flow(data)] if kind.name == DataKind.JOURNAL else []
    if course and (name := _COUNTED.get(kind.name) or _WORTH.get(kind.name)):
        unit = "count" if kind.name in _COUNTED else "isk"
        labels = [date_format(timezone.localtime(at), "j M, H:i") for at, _ in course]
        title = "How it changed" if unit == "count" else "How it changed, ISK"
        nothing = "A curve shows as soon as it was looked at twice."
        made.append(
            _chart("course", title, "As of", unit, labels, {name: [value for _, value in course]}, nothing)
        )
    return made


def _flow(data: Mapping[str, Any]) -> Chart:
    days = data["days"]
    series = {
        "Income": [float(Decimal(day["income"])) for day in days],
        "Expenses": [float(Decimal(day["expense"])) for day in days],
    }
    nothing = "A curve shows as soon as two days have entries."
    return _chart("flow", "By day, ISK", "Day", "isk", [day["day"] for day in days], series, nothing)


def _chart(
    key: str,
    title: str,
    column: str,
    unit: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float]],
    nothing: str,
) -> Chart:
    tones = ("good", "bad") if len(series) > 1 else ("one",)
    drawn: JsonObject = {
        "kind": "lines",
        "unit": unit,
        "labels": [*labels],
        "series": [
            {"label": name, "tone": tone, "values": [*values]}
            for (name, values), tone in zip(series.items(), tones, strict=True)
        ],
    }
    told = [[_said(value, unit) for value in values] for values in zip(*series.values(), strict=True)]
    rows = list(zip(labels, told, strict=True))
    return Chart(key, title, column, tuple(series), drawn, rows, nothing)


def _said(value: float, unit: str) -> str:
    return f"{value:,.0f}".replace("-", "\N{MINUS SIGN}") + (" ISK" if unit == "isk" else "")
