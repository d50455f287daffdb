"""Whether an order is taken, and what it would take from the book at once."""

from __future__ import annotations

from decimal import Decimal

from trading.domain.book import OrderBook, Walk
from trading.domain.money import CENT_OF_A_CENT, ZERO, usdc, usdc_up
from trading.domain.orders import Instrument, OrderRequest, Reason, Refused, check_terms
from trading.domain.vocabulary import Side, TimeInForce

AT_ONCE = (TimeInForce.FOK, TimeInForce.FAK)


def examine(
    request: OrderRequest,
    instrument: Instrument,
    book: OrderBook | None,
    *,
    at: int,
    cash: Decimal,
    tokens: Decimal,
) -> Walk:
    """What the order takes from the book now. ``cash`` and ``tokens`` are what is free. Raises Refused."""
    if instrument.closed:
        raise Refused(Reason.MARKET_CLOSED, f"Market {instrument.market} takes no orders: it is closed.")
    check_terms(request, instrument, at)
    if book is None or not book.valid:
        why = "no book has come yet" if book is None else book.void or "it is crossed"
        raise Refused(Reason.VOID_BOOK, f"The book of token {request.token} cannot be traded on: {why}.")
    walk = book.walk(request.side, size=request.size, amount=request.amount, limit=request.price)
    if request.time_in_force in AT_ONCE:
        _check_liquidity(request, walk, instrument)
    if request.side is Side.SELL:
        _check_tokens(request, tokens)
    else:
        _check_cash(request, walk, instrument, cash)
    return walk


def what_lacks(request: OrderRequest, walk: Walk) -> str:
    """A sentence on what of the order is not to be had at once; empty when all is.

    A rest of an amount that cannot pay for a millionth of a token is none.
    """
    within = "" if request.price is None else f" at {request.price} or better"
    if request.amount is None:
        if walk.size == request.size:
            return ""
        return f"Of {request.size} tokens, {walk.size} are to be had{within}."
    if walk.levels and request.amount - walk.notional < walk.levels[-1].price * CENT_OF_A_CENT:
        return ""
    return f"Of {request.amount} USDC, {usdc(walk.notional)} can be spent{within}."


def _check_liquidity(request: OrderRequest, walk: Walk, instrument: Instrument) -> None:
    lacking = what_lacks(request, walk)
    if not walk.size:
        raise Refused(Reason.NO_LIQUIDITY, f"Nothing stands against this order. {lacking}")
    if request.amount is not None and walk.size < instrument.minimum_size:
        raise Refused(
            Reason.BELOW_MINIMUM,
            f"{request.amount} USDC buy {walk.size} tokens here, which is below this market's minimum of "
            f"{instrument.minimum_size}.",
        )
    if lacking and request.time_in_force is TimeInForce.FOK:
        raise Refused(Reason.NOT_FILLABLE, f"The order is for all or nothing. {lacking}")


def _check_tokens(request: OrderRequest, tokens: Decimal) -> None:
    if request.size is not None and request.size > tokens:
        raise Refused(
            Reason.INSUFFICIENT_TOKENS,
            f"{request.size} tokens are to be sold, and {tokens} are held and not on offer already. To bet "
            "against an outcome, buy the other one.",
        )


def _check_cash(request: OrderRequest, walk: Walk, instrument: Instrument, cash: Decimal) -> None:
    fees = instrument.fees
    if request.time_in_force in AT_ONCE or request.price is None or request.size is None:
        fee = sum((fees.fee(price, size, taker=True) for price, size in walk.levels), ZERO)
        needed = usdc_up(walk.notional) + fee
    else:
        needed = usdc_up(request.size * (request.price + fees.per_token(request.price, taker=True)))
    if needed > cash:
        raise Refused(
            Reason.INSUFFICIENT_CASH, f"The order needs {needed} USDC with fees, and {cash} are free."
        )
