"""The wallet behind a live portfolio: its keys are stored encrypted, and opened where orders are signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import opened
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from trading.domain.vocabulary import FINAL_ORDERS, Mode
from trading.models import LiveAccount, Order, Portfolio
from trading.polymarket.signers import Keys, open_signer
from trading.polymarket.trading import Trading, open_trading
from trading.services.portfolios import find_portfolio

TIMEOUT_SECONDS: Final = 10.0
_WALLET: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_PRIVATE: Final = re.compile(r"(0x)?[0-9a-fA-F]{64}")
_SECRET: Final = re.compile(r"[\x21-\x7e]{8,500}")
_KINDS: Final = (0, 1, 2, 3)


@transaction.atomic
def set_account(
    user: User,
    portfolio_id: UUID,
    *,
    funder: str,
    signature_type: int,
    private_key: str,
    api_key: str,
    api_secret: str,
    api_passphrase: str,
) -> LiveAccount:
    """Store a wallet's keys, in place of those that were there. Raises NotFound, NotAllowed, WrongState,
    and InvalidInput, which never repeats what was given."""
    portfolio = _own(user, portfolio_id)
    given: dict[str, str | int] = {
        "funder": funder.strip(),
        "signature_type": signature_type,
        "private_key": private_key.strip(),
        "api_key": api_key.strip(),
        "api_secret": api_secret.strip(),
        "api_passphrase": api_passphrase.strip(),
    }
    _check(given)
    now = utc_now()
    fresh: dict[str, Any] = {
        **given,
        "last_four": str(given["api_key"])[-4:],
        "updated_by": user,
        "updated_at": now,
    }
    fresh |= {"due_at": now, "fault": "", "differences": [], "compared_at": None}
    account, created = LiveAccount.objects.update_or_create(portfolio=portfolio, defaults=fresh)
    after = {"funder": account.funder, "last_four": account.last_four}
    record_audit(user, "live_account.added" if created else "live_account.replaced", portfolio, after=after)
    return account


@transaction.atomic
def delete_account(user: User, portfolio_id: UUID) -> None:
    """Forget a wallet's keys. Raises NotFound, NotAllowed, and WrongState while its orders are followed."""
    portfolio = _own(user, portfolio_id)
    account = LiveAccount.objects.select_for_update().filter(portfolio=portfolio).first()
    if account is None:
        raise NotFound("This portfolio has no account at the exchange.")
    final = [each.value for each in FINAL_ORDERS]
    if Order.objects.filter(portfolio=portfolio).exclude(status__in=final).exists():
        raise WrongState("Orders of this account are open: cancel them first, or they could not be followed.")
    record_audit(
        user,
        "live_account.deleted",
        portfolio,
        before={"funder": account.funder, "last_four": account.last_four},
    )
    account.delete()


@contextmanager
def trading_for(account: LiveAccount) -> Iterator[Trading]:
    """The exchange, for an account. In workers only. Raises SigningMissing, BadKeys, CannotDecrypt."""
    keys = Keys(
        funder=account.funder,
        signature_type=account.signature_type,
        private_key=opened(account.private_key),
        api_key=opened(account.api_key),
        api_secret=opened(account.api_secret),
        api_passphrase=opened(account.api_passphrase),
    )
    url: str = settings.POLYMARKET_URLS["clob"]
    signer = open_signer(keys)
    with open_trading(signer, url, timeout_seconds=TIMEOUT_SECONDS) as trading:
        yield trading


def _own(user: User, portfolio_id: UUID) -> Portfolio:
    portfolio = find_portfolio(user, portfolio_id, lock=True)
    if portfolio.owner_id != user.pk or not user.may_build:
        raise NotAllowed("Only the owner connects a portfolio with an account.")
    if portfolio.mode != Mode.LIVE:
        raise WrongState("Only a live portfolio has an account at the exchange.")
    return portfolio


def _check(given: dict[str, str | int]) -> None:
    faults: dict[str, list[str]] = {}
    if not _WALLET.fullmatch(str(given["funder"])):
        faults["funder"] = ["An address: 0x and 40 hexadecimal digits."]
    if given["signature_type"] not in _KINDS:
        faults["signature_type"] = ["One of 0, 1, 2 and 3."]
    if not _PRIVATE.fullmatch(str(given["private_key"])):
        faults["private_key"] = ["64 hexadecimal digits, with or without 0x before them."]
    for name in ("api_key", "api_secret", "api_passphrase"):
        if not _SECRET.fullmatch(str(given[name])):
            faults[name] = ["8 to 500 characters, without blanks."]
    if faults:
        raise InvalidInput("These are not the keys of an account.", fields=faults)
