"""Live positions in resolved markets: their owner redeems them at the exchange, and books what they paid.

Nothing is booked by itself: what pays out is the exchange's contract, and whoever has the wallet asks it to.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotAllowed, WrongState
from orchestrator.core.ids import new_id
from trading.domain import ledger
from trading.domain.money import ONE, usdc_down
from trading.domain.vocabulary import FINAL_ORDERS, Mode
from trading.models import Alert, Fill, LiveAccount, Order, Portfolio, Position, StrategyRun
from trading.queries.markets import pays_of
from trading.queries.portfolios import books_of
from trading.queries.stakes import milliseconds
from trading.services.live.booking import reckon_reserves, store_entry
from trading.services.portfolios import find_portfolio


@transaction.atomic
def book_payout(user: User, portfolio_id: UUID, token: str) -> Portfolio:
    """Book that a position came to its end: 1 USDC for each token that won, nothing for those that lost, half
    where the outcomes shared.

    What pays is booked once the wallet was seen without it. Raises NotFound, NotAllowed, and WrongState while
    it is not known, or not final, what there is to be paid, or if nothing is held any more.
    """
    portfolio = find_portfolio(user, portfolio_id, lock=True)
    if portfolio.owner_id != user.pk or not user.may_build:
        raise NotAllowed("Only the owner books pay-outs of a portfolio.")
    if portfolio.mode != Mode.LIVE:
        raise WrongState("Positions on paper are paid out by themselves.")
    position = books_of(portfolio).positions.get(token)
    if position is None or not position.size:
        raise WrongState("Nothing is held of this outcome: its pay-out is booked, or there never was one.")
    each = pays_of([token]).get(token)
    if each is None:
        raise WrongState("This market is not resolved yet.")
    account = LiveAccount.objects.select_for_update().filter(portfolio=portfolio).first()
    _check_final(portfolio, token)
    if each:
        _check_redeemed(account, token)
    entry = ledger.payout(
        position,
        each=each,
        at=milliseconds(utc_now()),
        reference=f"redeemed@{portfolio.revision}:{token}"[:200],
    )
    store_entry(portfolio, books_of(portfolio).book(entry), entry, token, memo="Redeemed" if each else "Lost")
    reckon_reserves(portfolio)
    if account is not None:
        account.differences = [known for known in account.differences if known.get("token") != token]
        account.due_at = utc_now()
        account.save(update_fields=["differences", "due_at"])
    paid = str(entry.postings[0].amount)
    record_audit(user, "portfolio.paid_out", portfolio, after={"token": token, "paid": paid})
    return portfolio


def tell_owner(portfolio: Portfolio) -> None:
    """Tell what there is to redeem, as an alert of the run that traded it last. Each position once."""
    held = portfolio.positions.filter(size__gt=0)
    pays = pays_of(held.values_list("token", flat=True))
    for position in held.filter(token__in=list(pays)):
        run = (
            StrategyRun.objects.filter(portfolio=portfolio, orders__token=position.token)
            .order_by("-id")
            .first()
        )
        reference = f"resolved:{position.token}"[:200]
        if run is None or Alert.objects.filter(run=run, reference=reference).exists():
            continue
        level, text = _told(position, each=pays[position.token])
        row = Alert(id=new_id(), run=run, reference=reference, level=level, text=text, happened_at=utc_now())
        Alert.objects.bulk_create([row], ignore_conflicts=True)


def _told(position: Position, *, each: Decimal) -> tuple[str, str]:
    size = format(position.size.normalize(), "f")
    if each:
        how = "have won and pay" if each == ONE else "are of a market whose outcomes share. They pay"
        paid = format(usdc_down(position.size * each).normalize(), "f")
        asks = "Redeem them at Polymarket, then book the pay-out under Account."
        text = f"{size} tokens {how} {paid} USDC. {asks}"
        return "warning", text
    return "info", f"{size} tokens have lost and are worth nothing. Book that under Account."


def _check_final(portfolio: Portfolio, token: str) -> None:
    orders = Order.objects.filter(portfolio=portfolio, token=token)
    unsettled = Fill.objects.filter(order__in=orders, is_final=False)
    if orders.exclude(status__in=[each.value for each in FINAL_ORDERS]).exists() or unsettled.exists():
        raise WrongState(
            "Orders or trades of this outcome are not final yet. They are looked at every few seconds."
        )


def _check_redeemed(account: LiveAccount | None, token: str) -> None:
    if account is None or account.compared_at is None:
        raise WrongState("The wallet was not compared yet, so nobody knows whether this was redeemed.")
    kinds = {each.get("kind") for each in account.differences if each.get("token") == token}
    if "redeemed" not in kinds:
        raise WrongState(
            "The wallet still held these tokens when it was compared last. Redeem them at Polymarket; it is "
            "compared every five minutes."
        )
