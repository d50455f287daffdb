"""The demo's part of corporation strategy: a generated corporation, lent to somebody who reads."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from orchestrator.accounts.models import User
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.generating import generate_corporation

_READER: Final = "vic"


@transaction.atomic
def load(owner: User) -> str:
    """What was made, in a sentence; empty if there is a corporation already."""
    if not owner.may_build or Corporation.objects.exists():
        return ""
    corporation = generate_corporation(owner)
    if User.objects.filter(username=_READER, is_active=True).exists():
        lend_corporation(owner, corporation.pk, username=_READER, access=Access.READER)
    return f"“{corporation.name}” has thirty days of generated data."
