"""What a strategy's run amounts to: its equity curve, round trips, drawdown, and the ratios people ask for.

Money and shares of it are decimals; the Sharpe ratio is a float, as it has a square root. What is not
defined is None, never a number that is not one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from trading.domain.indicators import rounded
from trading.domain.ledger import Portfolio
from trading.domain.money import ZERO
from trading.domain.orders import Event, EventKind
from trading.domain.vocabulary import Side

YEAR_MS: Final = 31_557_600_000  # 365.25 days


class Point(NamedTuple):
    """Equity (cash, and positions at their marks) as of a moment of market time."""

    at: int
    equity: Decimal


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """From the first token held to none: what was paid and what came back, fees of both on their own."""

    token: str
    market: str
    opened_at: int
    closed_at: int
    size: Decimal  # tokens bought in all
    paid: Decimal
    received: Decimal
    fees: Decimal

    @property
    def profit(self) -> Decimal:
        return self.received - self.paid - self.fees


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall from a peak. ``share`` is of the peak; it ran from the peak to the ``trough_at``.
    ``recovered_at`` is None where the peak was not reached again."""

    amount: Decimal
    share: Decimal | None
    peak_at: int
    trough_at: int
    recovered_at: int | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """``hit_rate`` and ``profit_factor`` are of round trips; ``turnover`` is what was bought and sold by the
    capital; ``exposure`` the share of the time in which anything was held; ``sharpe`` as in ``sharpe``."""

    begin: Decimal
    end: Decimal
    profit: Decimal
    total_return: Decimal | None
    fees: Decimal
    fills: int
    round_trips: int
    hit_rate: Decimal | None
    profit_factor: Decimal | None
    drawdown: Drawdown | None
    longest_drawdown_ms: int
    turnover: Decimal | None
    exposure: Decimal | None
    sharpe: float | None


def mark(portfolio: Portfolio, marks: Mapping[str, Decimal], at: int) -> Point:
    return Point(at, portfolio.equity(marks))


def summarise(
    curve: Sequence[Point], events: Sequence[Event], *, capital: Decimal, period_ms: int
) -> Statistics | None:
    """None without a curve. ``capital`` is what was put in; ``period_ms`` that of the Sharpe ratio."""
    if not curve:
        return None
    trips = round_trips(events)
    filled = [event for event in events if event.kind is EventKind.FILLED]
    gains = sum((trip.profit for trip in trips if trip.profit > ZERO), ZERO)
    losses = -sum((trip.profit for trip in trips if trip.profit < ZERO), ZERO)
    profit = curve[-1].equity - curve[0].equity
    traded = sum((event.notional for event in filled), ZERO)
    return Statistics(
        begin=curve[0].equity,
        end=curve[-1].equity,
        profit=profit,
        total_return=_share(profit, curve[0].equity),
        fees=sum((event.fee for event in filled), ZERO),
        fills=len(filled),
        round_trips=len(trips),
        hit_rate=_share(Decimal(sum(1 for trip in trips if trip.profit > ZERO)), Decimal(len(trips))),
        profit_factor=_share(gains, losses),
        drawdown=drawdown(curve),
        longest_drawdown_ms=longest_drawdown(curve),
        turnover=_share(traded, capital),
        exposure=exposure(events, curve[0].at, curve[-1].at),
        sharpe=sharpe(curve, period_ms=period_ms),
    )


def round_trips(events: Iterable[Event]) -> list[RoundTrip]:
    """Those that are over, in the order in which they ended. A pay-out ends one."""
    open_trips: dict[str, RoundTrip] = {}
    held: dict[str, Decimal] = {}
    over = []
    for event in events:
        if event.kind not in (EventKind.FILLED, EventKind.PAID_OUT):
            continue
        token, bought = event.token, event.side is Side.BUY
        trip = open_trips.get(token) or _trip(event)
        held[token] = held.get(token, ZERO) + (event.size if bought else -event.size)
        trip = RoundTrip(
            token=token,
            market=trip.market,
            opened_at=trip.opened_at,
            closed_at=event.at,
            size=trip.size + (event.size if bought else ZERO),
            paid=trip.paid + (event.notional if bought else ZERO),
            received=trip.received + (ZERO if bought else event.notional),
            fees=trip.fees + event.fee,
        )
        if held[token]:
            open_trips[token] = trip
        else:
            open_trips.pop(token, None)
            over.append(trip)
    return over


def _trip(event: Event) -> RoundTrip:
    return RoundTrip(event.token, event.market, event.at, event.at, ZERO, ZERO, ZERO, ZERO)


def drawdown(curve: Sequence[Point]) -> Drawdown | None:
    """The deepest by amount, the first of equal ones; None where equity never fell."""
    deepest: Drawdown | None = None
    peak: Point | None = None
    for point in curve:
        if peak is None or point.equity >= peak.equity:
            if peak and deepest and deepest.recovered_at is None and deepest.peak_at == peak.at:
                deepest = Drawdown(deepest.amount, deepest.share, peak.at, deepest.trough_at, point.at)
            peak = point
        elif deepest is None or peak.equity - point.equity > deepest.amount:
            amount = peak.equity - point.equity
            deepest = Drawdown(amount, _share(amount, peak.equity), peak.at, point.at, None)
    return deepest


def longest_drawdown(curve: Sequence[Point]) -> int:
    """The longest time below a peak, in milliseconds, one that is not over up to the curve's end."""
    longest, peak, below = 0, None, False
    for point in curve:
        if peak is None or point.equity >= peak.equity:
            if peak is not None and below:
                longest = max(longest, point.at - peak.at)
            peak, below = point, False
        else:
            below = True
            longest = max(longest, point.at - peak.at)
    return longest


def exposure(events: Iterable[Event], begin: int, end: int) -> Decimal | None:
    """The share of the time from ``begin`` to ``end`` in which any token was held."""
    if end <= begin:
        return None
    held: dict[str, Decimal] = {}
    since: int | None = None
    total = 0
    for event in events:
        if event.kind not in (EventKind.FILLED, EventKind.PAID_OUT):
            continue
        left = held.get(event.token, ZERO) + (event.size if event.side is Side.BUY else -event.size)
        if left:
            held[event.token] = left
        else:
            held.pop(event.token, None)
        at = min(max(event.at, begin), end)
        if held and since is None:
            since = at
        elif not held and since is not None:
            total, since = total + at - since, None
    if since is not None:
        total += end - since
    return rounded(Decimal(total) / (end - begin))


def sharpe(curve: Sequence[Point], *, period_ms: int) -> float | None:
    """The mean of the periods' returns by their sample standard deviation, times the root of the number of
    periods in a year of 365.25 days; the riskless rate is taken as nothing.

    Equity is read at the ends of whole periods since the curve began, as it stood then. None with fewer than
    two returns, where they are all the same, or where equity was ever not above zero.
    """
    equities = [float(equity) for equity in _at_ends(curve, period_ms)]
    if len(equities) < 3 or min(equities) <= 0:
        return None
    returns = [after / before - 1 for before, after in pairwise(equities)]
    mean = math.fsum(returns) / len(returns)
    deviation = math.sqrt(math.fsum((each - mean) ** 2 for each in returns) / (len(returns) - 1))
    if deviation <= 1e-15:
        return None
    return mean / deviation * math.sqrt(YEAR_MS / period_ms)


def _at_ends(curve: Sequence[Point], period_ms: int) -> list[Decimal]:
    if period_ms <= 0:
        raise ValueError("A period is longer than nothing.")
    found: list[Decimal] = []
    moment, index = (curve[0].at if curve else 0), 0
    while curve and moment <= curve[-1].at:
        while index + 1 < len(curve) and curve[index + 1].at <= moment:
            index += 1
        found.append(curve[index].equity)
        moment += period_ms
    return found


def thin(curve: Sequence[Point], most: int) -> list[Point]:
    """At most ``most`` points (four or more) for a picture: of each stretch its lowest and its highest, and
    the two ends, so that no extreme is lost."""
    if most < 4:
        raise ValueError("A curve needs four points at least.")
    if len(curve) <= most:
        return list(curve)
    stretches = (most - 2) // 2
    inner = len(curve) - 2
    kept = [curve[0]]
    for number in range(stretches):
        begin, end = 1 + inner * number // stretches, 1 + inner * (number + 1) // stretches
        stretch = range(begin, end)
        low = min(stretch, key=lambda i: curve[i].equity)
        high = max(stretch, key=lambda i: curve[i].equity)
        kept += [curve[i] for i in sorted({low, high})]
    return [*kept, curve[-1]]


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return rounded(part / whole) if whole > ZERO else None
