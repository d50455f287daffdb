"""What the books of a live portfolio say is held against what the exchange says. Differences are told.

They are never booked by themselves: somebody who deposited, withdrew, redeemed or traded elsewhere does that.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError
from orchestrator.core.json import JsonObject
from trading.domain.markets import WalletPosition
from trading.domain.money import ZERO, exact
from trading.models import LiveAccount, Portfolio
from trading.polymarket.client import open_polymarket
from trading.queries.markets import pays_of
from trading.services.live.accounts import trading_for

EVERY: Final = timedelta(minutes=5)
_DUST: Final = Decimal("0.01")
"""What the exchange's own rounding may come to."""
_AT_A_TIME: Final = 20
log = structlog.get_logger(__name__)


def compare_due() -> int:
    """Compare the accounts that are due; how many."""
    due = LiveAccount.objects.filter(due_at__lte=utc_now()).order_by("due_at")
    found = list(due.values_list("pk", flat=True)[:_AT_A_TIME])
    for account_id in found:
        compare(account_id)
    return len(found)


def compare(account_id: UUID) -> None:
    """Ask the exchange what a wallet holds, and keep what differs. Safe to repeat."""
    account = LiveAccount.objects.select_related("portfolio").get(pk=account_id)
    try:
        with trading_for(account) as trading:
            balance = trading.balance(account.signature_type)
        held = asyncio.run(_positions(account.funder))
    except DomainError as error:
        log.warning("live_account_not_compared", account=str(account_id), error=str(error))
        now = utc_now()
        LiveAccount.objects.filter(pk=account_id).update(fault=str(error)[:500], due_at=now + EVERY)
        return
    _keep(account_id, balance, held)


@transaction.atomic
def _keep(account_id: UUID, balance: Decimal, held: tuple[WalletPosition, ...]) -> None:
    portfolio_id = LiveAccount.objects.values_list("portfolio_id", flat=True).get(pk=account_id)
    portfolio = Portfolio.objects.select_for_update().get(pk=portfolio_id)
    account = LiveAccount.objects.select_for_update().get(pk=account_id)
    account.differences = list(differences(portfolio, balance, held))
    account.compared_at = utc_now()
    account.due_at, account.fault = account.compared_at + EVERY, ""
    account.save(update_fields=["differences", "compared_at", "due_at", "fault"])


def differences(portfolio: Portfolio, balance: Decimal, held: tuple[WalletPosition, ...]) -> list[JsonObject]:
    """Cash first, then tokens; what is less than a cent apart is the same."""
    found: list[JsonObject] = []
    if abs(portfolio.cash - balance) >= _DUST:
        found.append(_difference("cash", "", portfolio.cash, balance))
    ours = {each.token: each.size for each in portfolio.positions.all() if each.size}
    theirs = {each.token: exact(each.size) for each in held if each.size}
    pays = pays_of(ours.keys() | theirs.keys())
    for token in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(token, ZERO), theirs.get(token, ZERO)
        kind = _kind(one, other, pays.get(token))
        if kind:
            found.append(_difference(kind, token, one, other))
    return found


def _kind(ours: Decimal, theirs: Decimal, each: Decimal | None) -> str:
    """What is to be told of a token, in a word; empty for nothing.

    ``each`` is what one of it pays. ``redeem``: it pays something, and the wallet still has it. ``redeemed``:
    the wallet has it no more, so that its pay-out may be booked. ``lost``: it is worth nothing, which may be
    booked at any time; what a wallet keeps of such tokens after that is no difference.
    """
    if each == ZERO:
        return "lost" if ours else ""
    if each and ours:
        return "redeem" if theirs >= _DUST else "redeemed"
    return "position" if abs(ours - theirs) >= _DUST else ""


def _difference(kind: str, token: str, ours: Decimal, theirs: Decimal) -> JsonObject:
    return {"kind": kind, "token": token, "ours": format(ours, "f"), "theirs": format(theirs, "f")}


async def _positions(wallet: str) -> tuple[WalletPosition, ...]:
    async with open_polymarket() as polymarket:
        return await polymarket.data.positions(wallet)
