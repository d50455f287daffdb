"""Live positions in resolved markets: told, redeemed at the exchange by their owner, and booked once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.core.errors import NotAllowed, WrongState
from tests.trading.live.counterparty import Counterparty
from tests.trading.live.scene import TOKEN, WALLET, Scene, facts
from trading import tasks
from trading.domain.messages import SPLIT
from trading.models import Alert, LedgerEntry, LiveAccount, Market
from trading.queries.stakes import at_stake
from trading.services.live import comparing
from trading.services.live.redeeming import book_payout
from trading.services.markets import note_winner
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(scene: Scene, exchange: Counterparty) -> Scene:
    """Ten tokens were bought at a half, and the wallet says so, too."""
    exchange.fills = Decimal(10)
    scene.place()
    exchange.settle("CONFIRMED")
    scene.age(seconds=1)
    scene.look()
    exchange.balance = 995_000_000
    exchange.positions = [
        {"proxyWallet": WALLET, "asset": TOKEN, "conditionId": f"0x{TOKEN}", "size": 10, "avgPrice": 0.5}
    ]
    return scene


def compared() -> list[str]:
    account = LiveAccount.objects.get()
    comparing.compare(account.pk)
    account.refresh_from_db()
    assert account.fault == ""
    return [each["kind"] for each in account.differences]


def test_what_won_is_redeemed_at_the_exchange_and_then_booked(holder: Scene, exchange: Counterparty) -> None:
    assert compared() == []
    with pytest.raises(WrongState, match="not resolved"):
        book_payout(holder.ann, holder.portfolio.pk, TOKEN)
    note_winner(f"0x{TOKEN}", TOKEN)
    tasks.settle()
    holder.portfolio.refresh_from_db()
    assert holder.portfolio.cash == 995, "nothing is booked by itself"
    assert compared() == ["redeem"]
    with pytest.raises(WrongState, match="Redeem them"):
        book_payout(holder.ann, holder.portfolio.pk, TOKEN)
    exchange.positions, exchange.balance = [], 1_005_000_000
    assert compared() == ["cash", "redeemed"]
    book_payout(holder.ann, holder.portfolio.pk, TOKEN)
    holder.portfolio.refresh_from_db()
    assert facts(holder.portfolio.cash, holder.portfolio.realised_pnl) == (1_005, 5)
    assert verify_portfolio(holder.portfolio) == []
    assert compared() == []
    with pytest.raises(WrongState, match="Nothing is held"):
        book_payout(holder.ann, holder.portfolio.pk, TOKEN)
    assert LedgerEntry.objects.filter(kind="payout").count() == 1


def test_what_lost_is_booked_though_the_wallet_keeps_it_and_no_longer_counts_against_the_cap(
    holder: Scene,
) -> None:
    Market.objects.update(winner="the other one")
    assert compared() == ["lost"]
    assert at_stake(holder.workflow.pk) == 5
    book_payout(holder.ann, holder.portfolio.pk, TOKEN)
    holder.portfolio.refresh_from_db()
    assert facts(holder.portfolio.cash, holder.portfolio.realised_pnl) == (995, -5)
    assert at_stake(holder.workflow.pk) == 0
    assert verify_portfolio(holder.portfolio) == []
    assert compared() == [], "worthless tokens in the wallet are no difference"


def test_where_the_outcomes_share_half_is_redeemed_and_booked(holder: Scene, exchange: Counterparty) -> None:
    Market.objects.update(winner=SPLIT)
    tasks.settle()
    assert "10 tokens are of a market whose outcomes share. They pay 5 USDC" in Alert.objects.get().text
    assert compared() == ["redeem"]
    exchange.positions, exchange.balance = [], 1_000_000_000
    assert compared() == ["cash", "redeemed"]
    book_payout(holder.ann, holder.portfolio.pk, TOKEN)
    holder.portfolio.refresh_from_db()
    assert facts(holder.portfolio.cash, holder.portfolio.realised_pnl) == (1_000, 0)
    assert verify_portfolio(holder.portfolio) == []
    assert compared() == []


def test_nothing_is_booked_while_a_trade_may_still_fail(scene: Scene, exchange: Counterparty) -> None:
    exchange.fills = Decimal(10)
    scene.place()
    scene.look()
    Market.objects.update(winner="the other one")
    with pytest.raises(WrongState, match="not final"):
        book_payout(scene.ann, scene.portfolio.pk, TOKEN)


def test_only_the_owner_books_and_strangers_do_not_see_it(holder: Scene) -> None:
    with pytest.raises(NotAllowed):
        book_payout(holder.admin, holder.portfolio.pk, TOKEN)


def test_the_owner_is_told_once_what_there_is_to_redeem(holder: Scene) -> None:
    note_winner(f"0x{TOKEN}", TOKEN)
    tasks.pay_out_market(f"0x{TOKEN}")
    tasks.settle()
    alert = Alert.objects.get()
    assert facts(alert.run, alert.level) == (holder.run, "warning")
    assert "10 tokens have won and pay 10 USDC" in alert.text


def test_the_page_says_what_to_do_and_books_it(holder: Scene, exchange: Counterparty, client: Client) -> None:
    client.force_login(holder.ann, backend="orchestrator.accounts.backends.AnyCaseBackend")
    page = reverse("trading:account", args=[holder.portfolio.pk])
    note_winner(f"0x{TOKEN}", TOKEN)
    compared()
    assert "Redeem it at Polymarket" in client.get(page).content.decode()
    exchange.positions = []
    compared()
    assert "Book the pay-out" in client.get(page).content.decode()
    booked = client.post(reverse("trading:book-payout", args=[holder.portfolio.pk]), {"token": TOKEN})
    assert (booked.status_code, booked.headers["location"]) == (302, page)
    holder.portfolio.refresh_from_db()
    assert holder.portfolio.cash == 1_005
