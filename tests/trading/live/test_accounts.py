"""Keys of accounts: stored encrypted, never told, opened only to sign; wallets held against the books."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from orchestrator.accounts.models import AuditRecord, Role
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from tests.factories import make_user
from tests.trading.live.counterparty import Counterparty
from tests.trading.live.scene import SECRETS, TOKEN, WALLET, Scene, connect
from trading.domain.vocabulary import Mode
from trading.models import LiveAccount
from trading.polymarket import signers
from trading.services.live import accounts, comparing
from trading.services.portfolios import create_portfolio

pytestmark = pytest.mark.django_db


def test_keys_are_encrypted_in_the_table_and_shown_nowhere(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM trading_liveaccount")
        stored = str(cursor.fetchall())
    pages, api = Client(), APIClient()
    pages.force_login(scene.ann)
    api.force_authenticate(scene.ann)
    pk = scene.portfolio.pk
    shown = [
        pages.get(reverse("trading:account", args=[pk])).content.decode(),
        pages.post(reverse("trading:account", args=[pk]), {**SECRETS, "funder": "wrong"}).content.decode(),
        api.get(reverse("api:live-account", args=[pk])).content.decode(),
        api.put(reverse("api:live-account", args=[pk]), {**SECRETS, "funder": "0x"}).content.decode(),
        repr(LiveAccount.objects.get()),
        str(list(AuditRecord.objects.values())),
        caplog.text,
    ]
    for secret in SECRETS.values():
        assert secret not in stored
        assert not any(secret in each for each in shown)
    assert "beef" in shown[0], "the last four of the API key are told"


def test_only_the_owner_of_a_live_portfolio_connects_it() -> None:
    ann, admin = make_user("ann"), make_user("root", role=Role.ADMIN)
    live = create_portfolio(ann, name="Live", mode=Mode.LIVE, cash=Decimal(0))
    paper = create_portfolio(ann, name="Paper")
    with pytest.raises(NotAllowed):
        accounts.set_account(admin, live.pk, funder=WALLET, signature_type=0, **SECRETS)
    with pytest.raises(WrongState):
        accounts.set_account(ann, paper.pk, funder=WALLET, signature_type=0, **SECRETS)
    connect(live)
    assert not LiveAccount.objects.visible_to(admin).exists(), "not even an admin sees it"


@pytest.mark.parametrize("name", ["private_key", "api_key", "api_secret", "api_passphrase"])
def test_what_cannot_be_a_key_is_refused_without_being_repeated(name: str) -> None:
    ann = make_user("ann")
    live = create_portfolio(ann, name="Live", mode=Mode.LIVE, cash=Decimal(0))
    with pytest.raises(InvalidInput) as refused:
        accounts.set_account(ann, live.pk, funder=WALLET, signature_type=0, **{**SECRETS, name: "oh no"})
    assert list(refused.value.fields) == [name]
    assert "oh no" not in str(refused.value.fields)


def test_keys_stay_while_orders_of_theirs_are_open(scene: Scene) -> None:
    scene.place()
    with pytest.raises(WrongState, match="open"):
        accounts.delete_account(scene.ann, scene.portfolio.pk)


def test_what_the_wallet_holds_otherwise_is_told_and_not_booked(scene: Scene, exchange: Counterparty) -> None:
    account = LiveAccount.objects.get()
    comparing.compare(account.pk)
    account.refresh_from_db()
    assert (account.differences, account.fault) == ([], "")
    exchange.balance = 990_000_000
    held = {"proxyWallet": WALLET, "asset": TOKEN, "conditionId": "0x1", "size": 12.5, "avgPrice": 0.5}
    exchange.positions = [held, {**held, "asset": "2", "size": 0.004}]
    assert comparing.compare_due() == 0
    comparing.compare(account.pk)
    account.refresh_from_db()
    assert account.differences == [
        {"kind": "cash", "token": "", "ours": "1000.000000", "theirs": "990"},
        {"kind": "position", "token": TOKEN, "ours": "0", "theirs": "12.5"},
    ]
    scene.portfolio.refresh_from_db()
    assert scene.portfolio.cash == 1_000


def test_a_wallet_that_cannot_be_asked_says_why(scene: Scene, exchange: Counterparty) -> None:
    account = LiveAccount.objects.get()
    exchange.balance = -5
    comparing.compare(account.pk)
    account.refresh_from_db()
    assert account.fault
    assert account.compared_at is None


def test_a_worker_without_the_library_sends_nothing(
    scene: Scene, exchange: Counterparty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "open_signer", signers.open_signer)
    monkeypatch.setitem(sys.modules, "trading.polymarket.signing", None)
    [order] = scene.place()
    assert (order.status, order.reason_code, exchange.posts) == ("rejected", "no_signing", [])
    assert "EXTRAS=live" in order.reason
