"""Orders are held against limits, as the portfolio stands, before they are placed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from orchestrator.core.errors import WrongState
from trading.domain.money import ZERO
from trading.domain.risk import Ask, Decision, Exposure, Limits, decide
from trading.domain.vocabulary import Side
from trading.models import Order
from trading.services.sessions import Work, begun_run, working_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a row would order; ``price`` is what is expected to be paid or got."""

    token: str
    side: Side
    size: Decimal
    price: Decimal


def assess(execution_id: UUID, wanted: list[Wanted], limits: Limits) -> list[Decision]:
    """What may be ordered of each, in their order, each with those before it counted in. Changes nothing.

    Raises WrongState for a run that no stream has begun.
    """
    begun = begun_run(execution_id)
    if begun is None:
        raise WrongState("No stream of markets began this run, so there is no portfolio to look at.")
    found = []
    with working_on(begun[0]) as work:
        portfolio = _as_it_stands(work, limits)
        tokens: dict[str, Decimal] = {}
        markets: dict[str, Decimal] = {}
        spent, orders = ZERO, 0
        for each in wanted:
            seen = _exposure(work, each.token, portfolio)
            market = _market(work, each.token)
            seen = replace(
                seen,
                offered=seen.offered + tokens.get(each.token, ZERO),
                open_notional=seen.open_notional + spent,
                market=seen.market + markets.get(market, ZERO),
                total=seen.total + spent,
                orders_in_window=seen.orders_in_window + orders,
            )
            decision = decide(_ask(work, each), seen, limits)
            found.append(decision)
            if decision.size:
                orders += 1
                if each.side is Side.BUY:
                    notional = decision.size * each.price
                    spent += notional
                    tokens[each.token] = tokens.get(each.token, ZERO) + decision.size
                    markets[market] = markets.get(market, ZERO) + notional
    return found


def _ask(work: Work, wanted: Wanted) -> Ask:
    instrument = work.replay.broker.instruments.get(wanted.token)
    least = instrument.minimum_size if instrument else ZERO
    return Ask(side=wanted.side, size=wanted.size, price=wanted.price, minimum_size=least)


def _market(work: Work, token: str) -> str:
    instrument = work.replay.broker.instruments.get(token)
    return instrument.market if instrument else ""


def _as_it_stands(work: Work, limits: Limits) -> Exposure:
    """What is the same for all tokens."""
    broker = work.replay.broker
    day = work.run.statistics.get("day")
    equity = broker.portfolio.equity(broker.books.marks())
    orders = Order.objects.filter(run=work.run, window=max(work.run.window - 1, 0))
    return Exposure(
        open_notional=broker.open.reserved,
        total=broker.portfolio.cost + broker.open.reserved,
        daily_profit=equity - Decimal(day[1]) if day else ZERO,
        orders_in_window=orders.exclude(status="rejected").count() if limits.max_orders is not None else 0,
    )


def _exposure(work: Work, token: str, standing: Exposure) -> Exposure:
    broker = work.replay.broker
    market = _market(work, token)
    opened = [each for each in broker.open.all() if each.side is Side.BUY]
    held = sum((each.cost for each in broker.portfolio.positions.values() if each.market == market), ZERO)
    book = broker.books.by_token.get(token)
    return replace(
        standing,
        position=broker.portfolio.held(token),
        offered=sum((each.remaining for each in opened if each.request.token == token), ZERO),
        market=held + sum((each.reserved for each in opened if each.market == market), ZERO),
        reference_price=book.mid if book is not None else None,
    )
