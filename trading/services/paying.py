"""Positions in markets that are resolved are paid out where no run does it: of runs that are over, by hand.

A run reads the resolution on its tape, and pays out itself; while one trades with a portfolio, nothing is
paid here. A position that was paid is gone, and whoever pays holds the portfolio's row: so each is paid once.
Live positions are redeemed at the exchange by whoever has the wallet: their owner is told, and books it.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.hinting import send_hint
from trading.domain.book import Books
from trading.domain.matching import Broker
from trading.domain.messages import Resolved
from trading.domain.orders import Event, EventKind
from trading.domain.vocabulary import Mode
from trading.models import Desk, Market, Portfolio, Position
from trading.queries.portfolios import books_of
from trading.queries.stakes import milliseconds
from trading.services.booking import book_events
from trading.services.desks import caught_up, keep_desk
from trading.services.live.redeeming import tell_owner
from trading.services.strategies import busy_with

TASK: Final = "trading.pay_out_market"


def hint(*, condition_id: str, **_: Any) -> None:
    """Heard when a market is resolved: let a worker pay. Never fails: the sweep pays what nobody did."""
    send_hint(TASK, condition_id, unsent="pay_out_hint_not_sent", market=condition_id)


def pay_out_market(condition_id: str) -> int:
    """Pay out everybody's positions in a market, if it is resolved; in how many portfolios."""
    return sum(map(bool, map(pay_out, _holders(condition_id))))


def pay_out_resolved() -> int:
    """The sweep: pay out what is held in any resolved market; in how many portfolios."""
    return sum(map(bool, map(pay_out, _holders())))


def _holders(condition_id: str = "") -> list[UUID]:
    held = Position.objects.filter(size__gt=0, portfolio__mode__in=[Mode.PAPER.value, Mode.LIVE.value])
    names = [condition_id] if condition_id else held.order_by().values("market").distinct()
    over = Market.objects.filter(condition_id__in=names).exclude(winner="").values("condition_id")
    rows = held.filter(market__in=over).order_by("portfolio_id")
    return list(rows.values_list("portfolio_id", flat=True).distinct())


@transaction.atomic
def pay_out(portfolio_id: UUID) -> int:
    """Pay out a paper portfolio's positions in resolved markets and end its orders there; how many.

    Nothing while a run trades with it. The owner of a live one is told instead. Safe to repeat.
    """
    portfolio = Portfolio.objects.select_for_update().get(pk=portfolio_id)
    if portfolio.mode == Mode.LIVE:
        tell_owner(portfolio)
    if portfolio.mode != Mode.PAPER or busy_with(portfolio) is not None:
        return 0
    over = _resolved_for(portfolio)
    if not over:
        return 0
    desk = Desk.objects.select_related("tape").filter(portfolio=portfolio).first()
    if desk is None:
        broker = Broker(books_of(portfolio), (), Books())
        broker.at = milliseconds(utc_now())
        events = _resolve(broker, over)
        book_events(portfolio, broker, events, by=f"resolved@{portfolio.revision}")
    else:
        trading = caught_up(portfolio, desk)
        events = trading.events
        events += _resolve(trading.broker, over)
        keep_desk(portfolio, trading)
    return sum(event.kind is EventKind.PAID_OUT for event in events)


def _resolve(broker: Broker, over: dict[str, str]) -> list[Event]:
    told = [Resolved(broker.at, market, winner) for market, winner in over.items()]
    return [event for each in told for event in broker.match(each)]


def _resolved_for(portfolio: Portfolio) -> dict[str, str]:
    """The winners of the resolved markets in which it holds something."""
    held = portfolio.positions.filter(size__gt=0).values("market")
    return dict(
        Market.objects.filter(condition_id__in=held).exclude(winner="").values_list("condition_id", "winner")
    )
