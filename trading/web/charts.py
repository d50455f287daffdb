"""What the charts of trading's pages draw; each says the same in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from orchestrator.core.json import Json, JsonObject
from trading.queries.portfolio_pages import Point
from trading.queries.tape_pages import Price, Shape


@dataclass(frozen=True, slots=True)
class Chart:
    """``rows`` are label and value as text; ``data`` is what a browser draws of them."""

    key: str
    title: str
    column: str
    values: str
    data: JsonObject
    rows: list[tuple[str, str]]
    nothing: str

    @property
    def is_shown(self) -> bool:
        return len(self.rows) > 1

    @property
    def data_id(self) -> str:
        return f"data-{self.key}"


def rates_chart(shape: Shape) -> Chart:
    rows = [(each.at, each.rate, f"{each.rate:,.1f}") for each in shape.bars]
    return _chart("rates", "Messages a second", "Rate", "count", rows, "No message came yet.", kind="stack")


def prices_chart(name: str, prices: Sequence[Price]) -> Chart:
    rows = [(each.at, float(each.price), f"{each.price:f}") for each in prices]
    title, nothing = f"What “{name}” was traded at, USDC", "No trade is on this tape."
    return _chart("prices", title, "Price", "price", rows, nothing)


def equity_chart(points: Sequence[Point]) -> Chart:
    rows = [(each.at, float(each.equity), f"{each.equity:,.2f}") for each in points]
    nothing = "A curve shows as soon as something was booked."
    return _chart("equity", "Equity, USDC", "Equity", "usdc", rows, nothing)


def _chart(
    key: str,
    title: str,
    values: str,
    unit: str,
    rows: Sequence[tuple[datetime, float, str]],
    nothing: str,
    *,
    kind: str = "lines",
) -> Chart:
    """Figures are floats here only, for the eye; the table has them exact."""
    span = rows[-1][0] - rows[0][0] if rows else timedelta()
    labels: list[Json] = [_moment(at, span) for at, _, _ in rows]
    numbers: list[Json] = [round(value, 6) for _, value, _ in rows]
    series: list[Json] = [{"label": values, "tone": "one", "values": numbers}]
    data: JsonObject = {"kind": kind, "unit": unit, "labels": labels, "series": series}
    told = [(str(label), text) for label, (_, _, text) in zip(labels, rows, strict=True)]
    return Chart(key, title, "Time", values, data, told, nothing)


def _moment(at: datetime, span: timedelta) -> str:
    here = timezone.localtime(at)
    if span < timedelta(hours=1):
        return date_format(here, "H:i:s")
    return date_format(here, "H:i" if span < timedelta(days=1) else "j M, H:i")
